import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/dll-sideload/index.js";
import type { HijackCatalogue } from "../../../src/model/dll-hijack.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, later, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

const CATALOGUE: HijackCatalogue = {
  entries: [
    {
      library: "helper.dll",
      expected: ["%PROGRAMFILES%\\Vendor\\Tool %VERSION%"],
      programs: [{ name: "tool.exe", home: "%PROGRAMFILES%\\Vendor\\Tool %VERSION%" }],
    },
  ],
  unreadable: 0,
};

interface LoadOptions {
  signer?: string;
  signed?: "true" | "false" | "";
  original?: string;
  host?: string;
  time?: string;
  process?: string;
  realm?: string;
}

/** Sysmon 7; not signed unless a signer is given. */
const load = (program: string, module: string, options: LoadOptions = {}): MadeEvent => {
  const {
    signer = "",
    signed = signer === "" ? "false" : "true",
    original = "-",
    process = "{P-1}",
  } = options;
  return {
    id: 7,
    host: options.host ?? "WS-01",
    time: options.time ?? later(60),
    realm: options.realm ?? "default",
    data: {
      Image: program,
      ImageLoaded: module,
      ProcessGuid: process,
      Signed: signed,
      Signature: signer,
      SignatureStatus: signer === "" ? "Unavailable" : "Valid",
      OriginalFileName: original,
      Hashes: "MD5=00,SHA256=AB".padEnd(74, "0"),
    },
  };
};
const self = (program: string, signer: string, options: LoadOptions = {}): MadeEvent =>
  load(program, program, { ...options, signer });
const wrote = (path: string, options: { time?: string; host?: string; by?: string } = {}): MadeEvent => ({
  id: 11,
  host: options.host ?? "WS-01",
  time: options.time ?? later(30),
  data: { Image: options.by ?? "C:\\Windows\\explorer.exe", TargetFilename: path, ProcessGuid: "{P-0}" },
});
const started = (program: string, data: Record<string, string> = {}): MadeEvent => ({
  id: 1,
  time: later(59),
  data: { Image: program, CommandLine: program, ProcessGuid: "{P-1}", User: "CORP\\anna", ...data },
});

describe.each(ENGINES)("dll-sideload: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());
  const run = async (events: readonly MadeEvent[], choice: Parameters<WindowsWorld["run"]>[1] = {}) => {
    await world.store(events);
    return (await world.run(detector, { catalogue: CATALOGUE, ...choice })).findings;
  };

  it("a known pair in a public folder, dropped, loaded and calling home is high, and says where that stands", async () => {
    const folder = "C:\\Users\\Public\\Libraries";
    const [finding, ...others] = await run(
      [
        wrote(`${folder}\\helper.dll`),
        started(`${folder}\\tool.exe`, { ParentImage: "C:\\Windows\\System32\\svchost.exe" }),
        self(`${folder}\\tool.exe`, "Vendor Inc."),
        load(`${folder}\\tool.exe`, `${folder}\\helper.dll`),
        {
          id: 3,
          time: later(70),
          data: {
            ProcessGuid: "{P-1}",
            Initiated: "true",
            DestinationIp: "198.51.100.7",
            DestinationPort: "443",
          },
        },
      ],
      { organisations: { ministry: "default" } },
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      title: "tool.exe loaded helper.dll from a place it does not belong: WS-01",
      severity: "high",
      org_id: "ministry",
      attack: ["T1574.001"],
      facts: { known: "pair", signature: "unsigned", seconds_from_drop: 30, acts: ["opened connections"] },
    });
    expect(finding?.entities).toContainEqual({
      kind: "account",
      value: "CORP\\anna",
      realm: "default",
      role: "user",
    });
    expect(finding?.evidence.map(({ line }) => line)).toEqual([1, 4, 2, 5]);
  });

  it("the same pair at home, also in another version, is nothing", async () => {
    const folder = "D:\\Program Files (x86)\\Vendor\\Tool 4.2";
    expect(
      await run([
        self(`${folder}\\tool.exe`, "Vendor Inc."),
        load(`${folder}\\tool.exe`, `${folder}\\helper.dll`),
      ]),
    ).toEqual([]);
  });

  it("a renamed program is known by the name in its version information", async () => {
    const found = await run([
      started("C:\\ProgramData\\report.exe", { OriginalFileName: "Tool.exe", Company: "Vendor" }),
      load("C:\\ProgramData\\report.exe", "C:\\ProgramData\\helper.dll"),
    ]);
    expect(found[0]).toMatchObject({ severity: "high", facts: { known: "pair" } });
    expect(found[0]?.components).toContainEqual(expect.objectContaining({ name: "renamed", value: 1 }));
  });

  it("without a catalogue: a signed program and its unsigned neighbour, just dropped, is medium; installed software is at most low", async () => {
    const drop = "C:\\Users\\anna\\AppData\\Roaming\\Intel";
    const app = "C:\\Users\\anna\\AppData\\Local\\Programs\\editor";
    const found = await run(
      [
        wrote(`${drop}\\player.exe`),
        wrote(`${drop}\\player_x.dll`),
        started(`${drop}\\player.exe`),
        self(`${drop}\\player.exe`, "Player Corp."),
        load(`${drop}\\player.exe`, `${drop}\\player_x.dll`),
        {
          id: 13,
          time: later(80),
          data: {
            EventType: "SetValue",
            ProcessGuid: "{P-1}",
            TargetObject: "HKU\\S-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\player",
            Details: drop,
          },
        },
        ...Array.from({ length: 20 }, (_, at) =>
          wrote(`${app}\\part${at}.dll`, { by: "C:\\Users\\anna\\setup.exe" }),
        ),
        self(`${app}\\editor.exe`, "Editor Ltd.", { process: "{P-2}" }),
        load(`${app}\\editor.exe`, `${app}\\part1.dll`, { process: "{P-2}" }),
      ],
      { catalogue: { entries: [], unreadable: 0 } },
    );
    expect(told(found)).toEqual([
      "medium: player.exe loaded player_x.dll from a place it does not belong: WS-01",
    ]);
    expect(found[0]?.facts.acts).toEqual(["wrote an autostart value"]);
  });

  it("a library signed by the program's own signer or by Microsoft is in order, one signed by a stranger is not", async () => {
    const folder = "C:\\Users\\Public\\app";
    const program = `${folder}\\app.exe`;
    const found = await run([
      wrote(`${folder}\\other.dll`),
      self(program, "App GmbH"),
      load(program, `${folder}\\own.dll`, { signer: "App GmbH" }),
      load(program, `${folder}\\vcruntime140.dll`, { signer: "Microsoft Corporation" }),
      load(program, `${folder}\\other.dll`, { signer: "Stolen Certificate Ltd." }),
    ]);
    expect(told(found)).toEqual(["low: app.exe loaded other.dll from a place it does not belong: WS-01"]);
  });

  it("an unsigned program brings what it likes, and a self-load is no side-load", async () => {
    const folder = "C:\\Users\\Public\\app";
    expect(
      await run([
        wrote(`${folder}\\app.dll`),
        load(`${folder}\\app.exe`, `${folder}\\app.exe`),
        load(`${folder}\\app.exe`, `${folder}\\app.dll`),
      ]),
    ).toEqual([]);
  });

  it("a phantom library in a process of Windows is medium; Oracle's own oci.dll in Oracle's program is nothing", async () => {
    const found = await run([
      load("C:\\Windows\\System32\\msdtc.exe", "C:\\Windows\\System32\\oci.dll"),
      self("C:\\Program Files\\Oracle\\bin\\sqlplus.exe", "Oracle", { process: "{P-2}" }),
      load("C:\\Program Files\\Oracle\\bin\\sqlplus.exe", "C:\\Program Files\\Oracle\\bin\\oci.dll", {
        process: "{P-2}",
      }),
    ]);
    expect(told(found)).toEqual(["medium: msdtc.exe loaded oci.dll from a place it does not belong: WS-01"]);
  });

  it("a name of Windows' own libraries elsewhere is told, its copy in Program Files at most as low", async () => {
    const found = await run([
      load("C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\System32\\version.dll", {
        signer: "Microsoft Windows",
      }),
      self("C:\\ProgramData\\Update\\setup.exe", "Vendor Inc."),
      wrote("C:\\ProgramData\\Update\\version.dll"),
      load("C:\\ProgramData\\Update\\setup.exe", "C:\\ProgramData\\Update\\version.dll"),
      self("C:\\Program Files\\Game\\game.exe", "Game Co.", { process: "{P-2}" }),
      load("C:\\Program Files\\Game\\game.exe", "C:\\Program Files\\Game\\version.dll", { process: "{P-2}" }),
    ]);
    expect(found.map(({ severity, facts }) => [severity, facts.module])).toEqual([
      ["high", "C:\\ProgramData\\Update\\version.dll"],
      ["low", "C:\\Program Files\\Game\\version.dll"],
    ]);
  });

  it("an empty Signed is unknown and not unsigned: it weighs less, and the finding says so", async () => {
    const folder = "C:\\Users\\Public";
    const found = await run([load(`${folder}\\tool.exe`, `${folder}\\helper.dll`, { signed: "" })]);
    expect(found[0]?.severity).toBe("medium");
    expect(found[0]?.caveats.join(" ")).toMatch(/unknown, not unsigned/);
  });

  it("a library that half of the hosts load is rarer than none: rarity falls", async () => {
    const folder = "C:\\ProgramData\\Fleet";
    const events = Array.from({ length: 10 }, (_, at) => [
      load("C:\\Windows\\explorer.exe", "C:\\Windows\\System32\\ntdll.dll", {
        signer: "Microsoft Windows",
        host: `WS-${at}`,
      }),
      ...(at < 9 ? [load(`${folder}\\tool.exe`, `${folder}\\helper.dll`, { host: `WS-${at}` })] : []),
    ]).flat();
    const [finding] = await run(events);
    const rare = finding?.components.find(({ name }) => name === "rare");
    expect(rare?.value).toBeLessThan(0.1);
    expect(finding?.facts.hosts).toBe(9);
  });

  it("a configuration written beside a program of Windows that was copied away is told, one beside ordinary software is not", async () => {
    const folder = "C:\\Users\\anna\\AppData\\Local\\Temp\\x";
    const found = await run([
      wrote(`${folder}\\FileHistory.exe.config`),
      started(`${folder}\\FileHistory.exe`, {
        Company: "Microsoft Corporation",
        OriginalFileName: "FileHistory.exe",
      }),
      self(`${folder}\\FileHistory.exe`, "Microsoft Windows"),
      wrote("C:\\Users\\anna\\AppData\\Local\\Programs\\app\\app.exe.config"),
      started("C:\\Users\\anna\\AppData\\Local\\Programs\\app\\app.exe", {
        ProcessGuid: "{P-2}",
        Company: "App GmbH",
      }),
    ]);
    expect(found.map(({ attack, facts, severity }) => [attack, facts.module, severity])).toEqual([
      [["T1574.014"], `${folder}\\FileHistory.exe.config`, "medium"],
    ]);
  });

  it("hosts of two organisations in one realm have findings of their own, and so have hosts that are nobody's", async () => {
    const folder = "C:\\Users\\Public\\Libraries";
    const names = ["A-1", "B-1", "A-2", "C-1"];
    const found = await run(
      names.map((host) => load(`${folder}\\tool.exe`, `${folder}\\helper.dll`, { host })),
      await commonRealm("default", names),
    );
    const entities = ({ entities: all }: (typeof found)[number]) =>
      all.filter(({ kind }) => kind === "host" || kind === "address").map(({ value }) => value);
    expect(found.map((each) => [each.org_id, each.facts.loads, ...entities(each)]).sort()).toEqual([
      [null, 1, "C-1"],
      ["one", 2, "A-1", "A-2", "10.1.0.1", "10.1.0.3"],
      ["two", 1, "B-1", "10.2.0.2"],
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  });

  it("without loads and files it has not tested anything", async () => {
    await world.store([started("C:\\Windows\\System32\\cmd.exe")]);
    expect((await world.run(detector)).notTested).toMatch(/Sysmon 7/);
  });
});
