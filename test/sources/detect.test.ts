import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LongwatchError } from "../../src/kernel/errors.js";
import { detectFormat } from "../../src/sources/detect-format.js";
import { SOURCES } from "../../src/sources/registry.js";
import { contentOf, corpusFolder, NO_MAPPINGS, probeOf } from "./runner.js";
import { connLog } from "./zeek-samples.js";

const detect = (content: Buffer | string, path = "file.log") =>
  detectFormat(probeOf(path, Buffer.from(content)), NO_MAPPINGS);

const messageFor = (content: Buffer | string, path?: string) => {
  const detected = detect(content, path);
  if ("message" in detected) return detected.message;
  return `read as ${"reader" in detected ? detected.reader.format : detected.records.format}`;
};

test("the registry names each source once and says what it reads", () => {
  expect(SOURCES.map(({ id }) => id).sort()).toEqual([
    "csv",
    "evtx",
    "linux",
    "mail",
    "netflow",
    "suricata",
    "weblog",
    "windows-json",
    "zeek",
  ]);
  for (const source of SOURCES) expect(source.formats.length).toBeGreaterThan(0);
});

describe("what no reader takes", () => {
  test("text: the message has every reader's reason", () => {
    const detected = detect("Dear all,\nplease find attached\n");
    expect("refusals" in detected ? detected.refusals.map(({ source }) => source) : []).toEqual(
      SOURCES.map(({ id }) => id),
    );
    expect(messageFor("Dear all,\n")).toMatch(
      /^no reader recognises it \(evtx: .+; zeek: .+; suricata: .+; windows-json: .+; linux: .+; csv: .+; netflow: .+; weblog: .+\)$/,
    );
  });

  test.each<[string, string | Buffer, RegExp]>([
    ["an empty file", "", /^the file is empty$/],
    ["blank lines", "\n \n\t\n", /nothing but blank lines/],
    ["a JSON array", '[{"ts": 1}]\n', /a JSON array, not one JSON object a line/],
    [
      "JSON of something else",
      '{"hello": "world"}\n',
      /neither _path nor the fields of a Zeek log.*no event_type and timestamp/,
    ],
    ["another # comment", "# just a note\nvalue\n", /no reader recognises it/],
    [
      "gzip in gzip",
      Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 0]),
      /gzip inside another compression; decompress it once by hand/,
    ],
    ["zstd in zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]), /zstd inside/],
    [
      "pcap",
      Buffer.from("d4c3b2a1020004000000000000000000", "hex"),
      /packet capture \(pcap\); make logs of it: zeek -r FILE/,
    ],
    ["pcapng", Buffer.from("0a0d0d0a1c0000004d3c2b1a", "hex"), /pcapng/],
    ["ELF", Buffer.from("7f454c4602010100", "hex"), /a program \(ELF\)/],
    ["zip", Buffer.from("504b03041400000008", "hex"), /a zip archive; unpack it/],
    [
      "tar",
      Buffer.concat([Buffer.alloc(257, 0x61), Buffer.from("ustar\0"), Buffer.alloc(250)]),
      /a tar archive/,
    ],
    ["UTF-16", Buffer.from("\ufeff#separator \\x09\n", "utf16le"), /UTF-16.*iconv/],
    [
      "noise",
      Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 37) % 32)),
      /binary data of an unknown kind/,
    ],
  ])("%s", (_, content, message) => {
    expect(messageFor(content)).toMatch(message);
  });

  test("a text that begins like a program's two letters is no program", () => {
    expect(messageFor("MZ is two letters\n")).toMatch(/no reader recognises it/);
  });

  test("an event log of Windows is read record by record", () => {
    expect(messageFor(`ElfFile\0${"\0".repeat(200)}`, "Security.evtx")).toBe("read as evtx");
  });

  test.each(["0ca50100000000000200", "0ca50200000000000200", "a50c0001000000000002"])(
    "a binary nfcapd file (%s) says which command converts it",
    (hex) => {
      try {
        detect(Buffer.from(hex, "hex"), "nfcapd.202310010000");
        expect.unreachable("it must be refused");
      } catch (error) {
        expect(error).toBeInstanceOf(LongwatchError);
        expect((error as LongwatchError).code).toBe("LW_INPUT_UNREADABLE");
        expect((error as LongwatchError).message).toContain("nfdump -r FILE -o csv > FILE.csv");
      }
    },
  );
});

describe("what is recognised", () => {
  test.each<[string, string, string, string]>([
    ["Zeek text", connLog({}), "x.txt", "zeek-tsv conn"],
    [
      "Zeek text without records",
      "#separator \\x09\n#path\tdns\n#fields\tts\n#close\t1\n",
      "x",
      "zeek-tsv dns",
    ],
    [
      "Zeek text without a #path",
      "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tproto\tconn_state\n",
      "x",
      "zeek-tsv conn",
    ],
    [
      "JSON of scripts loaded",
      '{"name":"/opt/zeek/a.zeek"}\n',
      "loaded_scripts.log",
      "zeek-json loaded_scripts",
    ],
    [
      "JSON with a time in words",
      '{"ts":"2023-10-01T00:00:00Z","uid":"C","id.orig_h":"::1","query":"a"}\n',
      "y",
      "zeek-json dns",
    ],
    [
      "a summary of trace-summary",
      "\n>== Total === 2024-04-21-00-00-06 - 2024-04-21-00-56-41\n   - x\n",
      "z",
      "zeek-summary conn-summary",
    ],
    ["JSON whose first line is torn", 'orn": 1}\n{"_path":"conn","ts":1}\n', "z", "zeek-json conn"],
    ["EVE", '{"timestamp":"2023-10-01T00:00:00.0+0000","event_type":"stats"}\n', "z", "eve-json eve"],
    ["nfdump", "ts,te,td,sa,da,sp,dp,pr\n", "z", "nfdump-csv nfdump"],
    ["Argus", "StartTime\tDur\tProto\tSrcAddr\tSport\tDir\tDstAddr\n", "z", "argus-csv argus"],
  ])("%s", (_, content, path, expected) => {
    const detected = detect(content, path);
    expect("reader" in detected ? `${detected.reader.format} ${detected.reader.log}` : detected).toBe(
      expected,
    );
  });

  test("a last line without its end: whole JSON is taken, text waits", () => {
    const reader = (content: string) => {
      const detected = detect(content);
      if (!("reader" in detected)) throw new Error("it is not read line by line");
      return detected.reader;
    };
    const json = '{"_path":"conn","ts":1}';
    expect(reader(`${json}\n`).wholeWithoutNewline(json)).toBe(true);
    expect(reader(`${json}\n`).wholeWithoutNewline(json.slice(0, -1))).toBe(false);
    expect(reader(connLog({})).wholeWithoutNewline("1\t2\t3")).toBe(false);
  });
});

const corpus = corpusFolder();
const nfcapd = "folder" in corpus ? join(corpus.folder, "netflow/test1-malicious.nfdump") : "";
test.skipIf(!existsSync(nfcapd))("a real nfdump file is refused with the command", () => {
  expect(() => detect(contentOf(nfcapd), nfcapd)).toThrow(/nfdump -r FILE/);
});
