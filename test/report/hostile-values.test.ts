import { parse as parseCsv } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { visible } from "../../src/kernel/visible.js";
import type { AssessedInfrastructure } from "../../src/model/assessment.js";
import { renderMisp } from "../../src/report/misp/event.js";
import { renderNavigator } from "../../src/report/navigator/layer.js";
import { renderOcsf } from "../../src/report/ocsf/finding.js";
import type { ReportInput } from "../../src/report/port.js";
import { renderSigma } from "../../src/report/sigma/rules.js";
import { renderStix } from "../../src/report/stix/bundle.js";
import { renderSuricata } from "../../src/report/suricata/rules.js";
import { organisationsCsv } from "../../src/report/tabular/csv.js";
import { indicatorsCsv } from "../../src/report/tabular/indicators.js";
import { assessmentJson, findingsJsonl } from "../../src/report/tabular/json.js";
import { renderZeekIntel } from "../../src/report/zeek-intel/zeek-intel.js";
import { withConfirmed } from "./confirmed.js";

type Kind = AssessedInfrastructure["kind"];

/** Zeek's `get_unescaped_string`, through which every field goes. */
const zeekUnescaped = (text: string) =>
  text.replace(/\\x([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** As Zeek's reader of ASCII does it: lines of `#` are skipped but for `#fields`, whose names say how many fields between tabs a row has. */
function zeekRows(text: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  let names: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#fields\t")) names = line.split("\t").slice(1);
    if (line === "" || line.startsWith("#")) continue;
    const fields = line.split("\t");
    expect(fields).toHaveLength(names.length);
    rows.push(Object.fromEntries(names.map((name, at) => [name, zeekUnescaped(fields[at] ?? "")])));
  }
  return rows;
}

/** As Suricata reads a file: at most 8,191 bytes at once (`fgets` with DETECT_MAX_RULE_SIZE), and what begins with `#` is skipped. */
function suricataRules(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line) => line.match(/.{1,8191}/gsu) ?? [])
    .filter((part) => !/^[#; \r]/.test(part));
}

/** Bytes of a `content`: as they are, or hexadecimal between bars. */
function contentText(content: string): string {
  const bytes = content
    .split("|")
    .map((part, at) => (at % 2 === 0 ? Buffer.from(part) : Buffer.from(part.replaceAll(" ", ""), "hex")));
  return Buffer.concat(bytes).toString();
}

function suricataValue(rule: string): string {
  const content = /; content:"([^"]*)";/.exec(rule)?.[1];
  if (content === undefined) return /<> \[([^\]]+)\] any \(/.exec(rule)?.[1] ?? rule;
  const text = contentText(content);
  return rule.includes("cert_fingerprint") ? text.replaceAll(":", "") : text;
}

interface SigmaRule {
  description: string;
  detection: Record<string, string | Record<string, unknown[]>>;
}

/** By both versions of YAML: most of Sigma's tools read it with a library for 1.1, to which `1:20` and `0777` are numbers. */
function sigmaRules(text: string): SigmaRule[] {
  const [newer, older] = (["1.2", "1.1"] as const).map((version) =>
    parseAllDocuments(text, { version }).flatMap((document): SigmaRule[] => {
      expect(document.errors).toEqual([]);
      return document.contents === null ? [] : [document.toJS()];
    }),
  );
  expect(older?.map(({ detection }) => detection)).toEqual(newer?.map(({ detection }) => detection));
  return newer ?? [];
}

/** A value of Sigma without wildcards is its characters, with `\` before those that would be some. */
function sigmaValues({ detection }: SigmaRule): string[] {
  return Object.values(detection).flatMap((selection) =>
    typeof selection === "string"
      ? []
      : Object.values(selection).flatMap((values) =>
          values.map((value) => {
            expect(value).toBeTypeOf("string");
            expect(value).not.toMatch(/(?<!\\)[*?]/);
            return String(value)
              .replace(/\\([*?\\])/g, "$1")
              .replace(/\/128$/, "");
          }),
        ),
  );
}

interface Stix {
  type: string;
  [property: string]: unknown;
}
const stixObjects = (input: ReportInput) => (JSON.parse(renderStix(input)) as { objects: Stix[] }).objects;

/** The literal of a pattern of one comparison (STIX 2.1, 9.5). */
function stixValue(pattern: string): string {
  const literal = /^\[[a-z0-9-]+:[a-zA-Z0-9.'-]+ (?:=|ISSUBSET) '((?:[^'\\]|\\['\\])*)'\]$/.exec(
    pattern,
  )?.[1];
  if (literal === undefined) throw new Error(`no pattern of one comparison: ${pattern}`);
  return literal.replace(/\\(['\\])/g, "$1");
}

const csvRows = (text: string) => parseCsv(text, { columns: true }) as Record<string, string>[];

/** Of each export, the values of indicators that a program which is not ours reads from it. */
const READERS: Readonly<Record<string, (input: ReportInput) => string[]>> = {
  csv: (input) => csvRows(indicatorsCsv(input)).map(({ value = "" }) => value),
  misp: (input) => {
    const { Event: event } = JSON.parse(renderMisp(input)) as { Event: { Attribute: { value: string }[] } };
    return event.Attribute.map(({ value }) => value);
  },
  sigma: (input) => sigmaRules(renderSigma(input)).flatMap(sigmaValues),
  stix: (input) =>
    stixObjects(input).flatMap(({ type, pattern }) =>
      type === "indicator" ? [stixValue(String(pattern))] : [],
    ),
  suricata: (input) => suricataRules(renderSuricata(input)).map(suricataValue),
  "zeek-intel": (input) => zeekRows(renderZeekIntel(input)).map(({ indicator = "" }) => indicator),
};

const LONGEST_LABEL = "a".repeat(63);
/** 253 characters: what the DNS can have at most, written with dots. */
const LONGEST_NAME = `${`${LONGEST_LABEL}.`.repeat(3)}${"a".repeat(53)}.example`;

/** What is in the case, and how every export writes it; undefined: no export may hold it. */
const VALUES: readonly (readonly [Kind, string, string | undefined])[] = [
  ["domain", "_dmarc.back_up.bad.example", "_dmarc.back_up.bad.example"],
  ["domain", "BackUp.Bad.Example", "backup.bad.example"],
  ["domain", "xn--bcher-kva.example", "xn--bcher-kva.example"],
  ["domain", "1.20.example", "1.20.example"],
  ["domain", "no.example", "no.example"],
  ["domain", LONGEST_NAME, LONGEST_NAME],
  ["domain", `a${LONGEST_NAME}`, undefined],
  ["domain", `${LONGEST_LABEL}a.example`, undefined],
  // To a program that lowers the case of Unicode, the sign of Kelvin is a `k`, and this the name of somebody else.
  ["domain", "bac\u212aup.example", undefined],
  ["domain", "backup[.]bad[.]example", undefined],
  ["domain", "hxxps://backup.bad.example/x", undefined],
  ["domain", "*.bad.example", undefined],
  ["domain", "backup.bad.example\n", undefined],
  ["domain", "backup\tbad.example", undefined],
  ["domain", 'x";sid:1;).example', undefined],
  ["domain", "x' OR 'a.example", undefined],
  ["domain", "=cmd|' /C calc'!A0.example", undefined],
  ["domain", "bad\u202eelpmaxe.example", undefined],
  ["domain", "198.51.100.7", undefined],
  ["address", "198.51.100.7", "198.51.100.7"],
  ["address", "2001:DB8:0:0::1", "2001:db8::1"],
  ["address", "3fff:1:2:3:4:5:6:7", "3fff:1:2:3:4:5:6:7"],
  ["address", "::ffff:198.51.100.7", "198.51.100.7"],
  ["address", "2001:db8::1%eth0", undefined],
  ["address", "[2001:db8::1]", undefined],
  ["address", "198[.]51[.]100[.]7", undefined],
  ["address", "198.51.100.7:443", undefined],
  // C's inet_aton reads these as addresses, some as others than people do.
  ["address", "3325256711", undefined],
  ["address", "0xc6.0x33.0x64.0x7", undefined],
  ["address", "0306.063.0144.07", undefined],
  ["address", "198.51.25607", undefined],
  ["network", "203.0.113.7/24", "203.0.113.0/24"],
  ["network", "2001:DB8:0:0::1/48", "2001:db8::/48"],
  ["network", "::ffff:203.0.113.0/120", undefined],
  ["network", "203.0.113.0/33", undefined],
  ["network", "203/8", undefined],
  ["network", "2001:db8::1%1/64", undefined],
  ["certificate", "AB".repeat(20), "ab".repeat(20)],
  ["certificate", "1234567890".repeat(4), "1234567890".repeat(4)],
  ["certificate", `${"1".repeat(30)}e123456789`, `${"1".repeat(30)}e123456789`],
  ["certificate", "01234567".repeat(5), "01234567".repeat(5)],
  ["certificate", `AB:${"AB".repeat(19)}`, undefined],
];

const CONTROL = "control.bad.example";

test.each(VALUES)(
  "%s %j is in every export, as it is written everywhere, or in none",
  (kind, value, written) => {
    const input = withConfirmed([
      [CONTROL, "domain"],
      [value, kind],
    ]);
    const expected = [CONTROL, ...(written === undefined ? [] : [written])].sort();
    for (const [format, read] of Object.entries(READERS))
      expect([format, [...new Set(read(input))].sort()]).toEqual([format, expected]);
  },
);

test("what no rule can hold is counted at the head of each file of rules", () => {
  const input = withConfirmed([
    [CONTROL, "domain"],
    ["bac\u212aup.example", "domain"],
    ["3325256711", "address"],
  ]);
  for (const render of [renderSigma, renderSuricata, renderZeekIntel])
    expect(render(input)).toContain(
      "\n# 2 confirmed but in no rule: 2 no plain name, public address or hash\n",
    );
});

/** Text of a case, a list or a log, for the places where people read it. */
const TEXTS: readonly string[] = [
  'quo"te, com,ma',
  "line\r\nalert ip any any -> any any (sid:1;)\n#fields\tindicator\n---\ntitle: x",
  "tab\tIntel::ADDR",
  "semi;=1+1;colon",
  "=cmd|' /C calc'!A0",
  "+1",
  "-1",
  "@SUM(A1)",
  "'",
  "&anchor *alias !!tag %directive",
  "- item: [x, {y: z}] # comment",
  "yes",
  "null",
  "0x1F",
  "1:20",
  "2001-01-01",
  "\u1780\u17d2\u1798\u17c2\u179a Министерство 國防部",
  "\u202egpj.exe\u2066",
  "nul\u0000\u0007\u001b[2J\u0085\u2028",
  "\ud800 lone, none \uffff\ufffe\ufdd0\u{1ffff}",
  "\\x09Intel::ADDR\\x0a \\u202e \\n back\\slash\\",
  "hxxps://bad[.]example/x?a=1&b=<c>",
  `${"x".repeat(9_000)}alert ip any any -> any any (msg:"x"; sid:1;)`,
  "`".repeat(5),
  "'; DROP TABLE x",
];

const FEW = [
  ["control.bad.example", "domain"],
  ["198.51.100.7", "address"],
  ["ab".repeat(20), "certificate"],
] as const;

function poisoned(text: string): ReportInput {
  const input = withConfirmed(FEW);
  input.assessment.case = text;
  for (const item of input.assessment.infrastructure) Object.assign(item, { why: [text], role: text });
  for (const organisation of input.assessment.organisations)
    Object.assign(organisation, { name: text, subsector: text, why: [text] });
  for (const finding of input.findings)
    Object.assign(finding, { title: text, detector: text, caveats: [text] });
  return input;
}

/** Drives a terminal, turns text around, ends a line for some and not for others, or makes a reader of YAML or XML refuse the file. */
const ACTS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u;

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe.each(TEXTS)("text %j", (text) => {
  const input = poisoned(text);

  test("adds no indicator and takes none away", () => {
    for (const [format, read] of Object.entries(READERS))
      expect([format, [...new Set(read(input))].sort()]).toEqual([
        format,
        FEW.map(([value]) => value).sort(),
      ]);
  });

  test("is read back from Sigma's rules, Zeek's file, CSV and JSON as it is shown, whole or cut with a count", () => {
    const shown = visible(text);
    const isShown = (found: string | undefined) =>
      text.length > 200
        ? expect(found).toMatch(/… \([\d,]+ more characters\)/)
        : expect(found).toContain(shown);
    for (const { description } of sigmaRules(renderSigma(input))) isShown(description);
    for (const row of zeekRows(renderZeekIntel(input))) isShown(row["meta.source"]);
    isShown((JSON.parse(renderNavigator(input)) as { name: string }).name);
    for (const line of renderOcsf(input).trimEnd().split("\n"))
      expect((JSON.parse(line) as { message: string }).message).toContain(shown.slice(0, 2_000));
    const cells = [...csvRows(indicatorsCsv(input)), ...csvRows(organisationsCsv(input.assessment))];
    for (const { why } of cells) expect(why?.replace(/(^|;)'(?=\s*[=+\-@])/g, "$1")).toBe(shown);
  });

  test("is in the model's own files as it was read, and acts in none of them", () => {
    const [findings, assessment] = [findingsJsonl(input.findings), assessmentJson(input.assessment)];
    expect(
      findings
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(input.findings);
    expect(JSON.parse(assessment)).toEqual(input.assessment);
    for (const line of [...findings.split("\n"), ...assessment.split("\n")]) expect(line).not.toMatch(ACTS);
  });

  test("acts in no file", () => {
    const lines = [renderSigma, renderSuricata, renderZeekIntel].flatMap((render) =>
      render(input).split("\n"),
    );
    const cells = `${indicatorsCsv(input)}${organisationsCsv(input.assessment)}`.split("\r\n");
    const values = [renderMisp, renderNavigator, renderStix].flatMap((render) =>
      textsOf(JSON.parse(render(input))),
    );
    const told = [
      ...lines,
      ...cells,
      ...values,
      ...renderOcsf(input)
        .split("\n")
        .flatMap((line) => textsOf(JSON.parse(line || "null"))),
    ];
    for (const each of told) expect(each.replace(/[\n\t]/g, "")).not.toMatch(ACTS);
  });
});

/** As analysts read them: what would act is spelled out, and is no separator. */
const PATHS: readonly (readonly [string, string, string])[] = [
  ["C:\\Users\\a\\invoice\u202efdp.exe", "C:\\Users\\a", "invoice\\u202efdp.exe"],
  ["C:\\Users\\a\tb\\x'y\".exe", "C:\\Users\\a\\tb", "x'y\".exe"],
  ["C:/Windows\\Temp/x.exe", "C:/Windows\\Temp", "x.exe"],
  ["/tmp/a\\b.sh", "/tmp", "a\\b.sh"],
  ["/init", "", "init"],
  ["ភាសា.exe", "", "ភាសា.exe"],
  ["\\\\server\\share\\=1+1.exe", "\\\\server\\share", "=1+1.exe"],
];

test.each(PATHS)("the file %j has its name and folder in STIX and OCSF", (path, folder, name) => {
  const input = withConfirmed(FEW);
  for (const finding of input.findings)
    Object.assign(finding, { severity: "high", entities: [{ kind: "process", value: path }] });
  const objects = stixObjects(input);
  const folders = new Map(
    objects.flatMap(({ type, id, path: at }) => (type === "directory" ? [[id, at]] : [])),
  );
  const files = objects.filter(({ type }) => type === "file");
  expect(files.map((file) => [folders.get(file.parent_directory_ref) ?? "", file.name])).toEqual([
    [folder, name],
  ]);
  const [line = ""] = renderOcsf(input).split("\n");
  const { evidences } = JSON.parse(line) as { evidences: { file?: { name: string; path?: string } }[] };
  const [file] = evidences.flatMap((each) => each.file ?? []);
  expect([file?.name, file?.path ?? name]).toEqual([name, visible(path)]);
});

test.each(["12345", "0x7f.1", "fe80::1%eth0", "a\nb"])("the host %j is no address to OCSF", (value) => {
  const input = withConfirmed(FEW);
  for (const finding of input.findings) Object.assign(finding, { entities: [{ kind: "host", value }] });
  const [line = ""] = renderOcsf(input).split("\n");
  const { evidences } = JSON.parse(line) as { evidences: { src_endpoint?: Record<string, string> }[] };
  expect(evidences[0]?.src_endpoint).toEqual({ hostname: visible(value) });
});

test("a spreadsheet that parts fields at semicolons runs nothing either", () => {
  for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", " =1"]) {
    const [, line = ""] = organisationsCsv(poisoned(`x;${formula};y`).assessment).split("\r\n");
    for (const cell of line.split(";")) expect(cell).not.toMatch(/^\s*["]?\s*[=+\-@]/);
  }
});
