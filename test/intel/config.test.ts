import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configJsonSchema } from "../../src/intel/config-keys.js";
import { matchesGlob } from "../../src/intel/glob.js";
import {
  buildAllowList,
  buildDirectory,
  checkDetectors,
  findConfig,
  initTemplate,
  isExcluded,
  loadConfig,
  loadWatchlists,
  sensorFor,
} from "../../src/intel/index.js";
import { LongwatchError } from "../../src/kernel/errors.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import type { CsvMapping } from "../../src/sources/port.js";
import { errorOf, folderWith } from "./support.js";

const load = (text: string, files: Record<string, string> = {}) =>
  loadConfig(join(folderWith({ ...files, "longwatch.yaml": text }), "longwatch.yaml"));
const examples = join(packageRoot, "examples");

describe("configuration", () => {
  it("is all defaults without a file or with an empty one", () => {
    for (const config of [loadConfig(undefined), load(""), load("# nothing\n")]) {
      expect(config.case).toEqual({ name: "Longwatch case", tlp: "amber", synthetic: false });
      expect(config.watchlists).toEqual([]);
      expect(buildDirectory(config).organisations.size).toBe(0);
      expect(loadWatchlists(config)).toEqual({ indicators: [], lists: [], warnings: [] });
      expect(sensorFor(config, "a/conn.log")).toBeUndefined();
    }
  });

  it("says where an unknown key stands and which was meant", () => {
    const error = errorOf(() =>
      load(
        "case:\n  name: x\n  synthetik: true\norganizations: x.csv\nsensors:\n  - id: a\n    path: x\n    relm: b\n",
      ),
    );
    expect(error).toMatchObject({ code: "LW_CONFIG", line: 3, exitCode: 2 });
    expect(error.file).toMatch(/longwatch\.yaml$/);
    expect(error.message).toBe(
      [
        "3 problems; correct them and run again:",
        '  line 3: unknown key "synthetik" in case (did you mean "synthetic"?)',
        '  line 4: unknown key "organizations" (did you mean "organisations"?)',
        '  line 8: unknown key "relm" in sensors[0] (did you mean "realm"?)',
      ].join("\n"),
    );
  });

  it.each([
    ["case:\n  tlp: pink\n", 2, /case\.tlp must be one of clear, green, amber, amber\+strict, red/],
    ["case: 5\n", 1, /case must be of type object/],
    ["- a\n", 1, /the file must be of type object/],
    ["\n\norganisations: missing.csv\n", 3, /"missing.csv" does not exist/],
    ["organisations: .\n", 1, /is not a file/],
    ["watchlists:\n  - path: gone.csv\n", 2, /"gone.csv" does not exist/],
    ["watchlists:\n  - confidence: 0.5\n", 2, /watchlists\[0\]\.path is missing/],
    [
      "watchlists:\n  - path: longwatch.yaml\n    pth: x\n",
      3,
      /unknown key "pth" in watchlists\[0\] \(did you mean "path"\?\)/,
    ],
    ["watchlists:\n  - path: longwatch.yaml\n    confidence: 50\n", 3, /watchlists\[0\]\.confidence/],
    ["sensors:\n  - id: a\n", 2, /sensors\[0\]\.path/],
    ["sensors:\n  - {id: a, path: x}\n  - {id: a, path: y}\n", 3, /the sensor "a" stands twice/],
    [
      "sensors:\n  - {id: a, path: x, internal: [10.0.0.0/40]}\n",
      2,
      /"10.0.0.0\/40" is not an address or CIDR/,
    ],
    ["sensors:\n  - {id: a, path: x, realm: '*'}\n", 2, /a sensor sees one realm/],
    ["internal_networks:\n  - 192.0.2.0/24\n  - nonsense\n", 3, /"nonsense" is not an address or CIDR/],
    ["external_networks: [10.0.0.0/40]\n", 1, /"10.0.0.0\/40" is not an address or CIDR/],
    ["internal_networks: [0.0.0.0/0]\n", 1, /every address there is/],
    ["allow:\n  domains:\n    - com\n", 3, /public suffix/],
    ["allow:\n  domains: [a b]\n", 2, /is not a domain/],
    ["detectors:\n  x:\n    parameters: {a: b}\n", 3, /detectors\.x\.parameters\.a must be of type number/],
    [
      "csv:\n  - name: fw\n    columns: {time: T, src_ip: S, dst_ip: D, dstport: P}\n",
      3,
      /unknown key "dstport" in csv\[0\].columns \(did you mean "dst_port"\?\)/,
    ],
    ["csv:\n  - name: fw\n    columns: {time: T, src_ip: S}\n", 3, /csv\[0\]\.columns\.dst_ip is missing/],
    [
      "csv:\n  - name: fw\n    columns: {time: T, src_ip: S, dst_ip: D}\n    utc_offset: Asia/Phnom_Penh\n",
      4,
      /an offset such as \+07:00/,
    ],
    ["case:\n  name: a\n  name: b\n", 3, /is not valid YAML/],
    ["case: [\n", 2, /is not valid YAML/],
    ["case: {name: a}\n---\ncase: {name: b}\n", 2, /is not valid YAML/],
  ])("refuses %j", (text, line, message) => {
    const error = errorOf(() => load(text));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ code: "LW_CONFIG", line });
  });

  it("does not fall for alias bombs, endless nesting or strange keys", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghij"[index]}`).join(",")}]`)
      .join("\n")}`;
    for (const text of [
      bomb,
      "[".repeat(100_000),
      "__proto__: {tlp: red}\n",
      "? [1, 2]\n: x\n",
      "constructor: 1\n",
    ]) {
      expect(errorOf(() => load(text)).code).toBe("LW_CONFIG");
    }
    expect(errorOf(() => loadConfig(join(folderWith({}), "longwatch.yaml")))).toMatchObject({
      code: "LW_CONFIG",
      exitCode: 2,
    });
  });

  it("throws nothing but its own error on a damaged file", () => {
    const seed = readFileSync(join(examples, "longwatch.yaml"), "utf8");
    const folder = folderWith({});
    const path = join(folder, "longwatch.yaml");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(seed.length), fc.nat(6), fc.string({ maxLength: 4 })), {
          minLength: 1,
          maxLength: 5,
        }),
        (edits) => {
          const text = edits.reduce(
            (before, [at, cut, put]) => before.slice(0, at) + put + before.slice(at + cut),
            seed,
          );
          writeFileSync(path, text);
          try {
            loadConfig(path);
          } catch (error) {
            expect(error).toBeInstanceOf(LongwatchError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("warns of sensors that share a realm by silence", () => {
    expect(load("sensors: [{id: a, path: a}, {id: b, path: b}]\n").warnings[0]).toMatch(
      /"a", "b" name no realm/,
    );
    expect(load("sensors: [{id: a, path: a}]\n").warnings).toEqual([]);
  });

  it("warns of inventory realms that no sensor has", () => {
    const files = {
      "o.csv":
        "cidr,realm,org_id,org,sector,subsector,valid_from,valid_to,source\n10.0.0.0/8,north,o,O,energy,,,,s\n192.0.2.0/24,,o,O,energy,,,,s\n",
    };
    expect(
      buildDirectory(load("organisations: o.csv\nsensors: [{id: a, path: a, realm: nrth}]\n", files))
        .warnings[0],
    ).toMatch(/no configured sensor has the realm "north" \(did you mean "nrth"\?\)/);
    expect(
      buildDirectory(load("organisations: o.csv\nsensors: [{id: a, path: a, realm: north}]\n", files))
        .warnings,
    ).toEqual([]);
    expect(buildDirectory(load("organisations: o.csv\n", files)).warnings[0]).toMatch(
      /sensors have "default"/,
    );
  });

  it("holds detectors against those that there are", () => {
    const config = load(
      "detectors:\n  long-conection:\n    enabled: false\n  first-contact:\n    parameters:\n      hostz: 3\n",
    );
    const manifest = {
      id: "long-connection",
      title: "",
      description: "",
      needs: [],
      uses: [],
      attack: [],
      parameters: {},
      after: [],
    };
    const first = {
      ...manifest,
      id: "first-contact",
      parameters: { hosts: { default: 1, unit: "", meaning: "" } },
    };
    const error = errorOf(() => checkDetectors(config, [manifest, first]));
    expect(error.message).toContain(
      'line 2: there is no detector "long-conection" (did you mean "long-connection"?)',
    );
    expect(error.message).toContain('line 6: first-contact has no parameter "hostz" (did you mean "hosts"?)');
  });

  it("marks lists as the configuration says, and never freer", () => {
    const files = {
      "a.txt": "192.0.2.1\n",
      "b.json": JSON.stringify({
        type: "bundle",
        objects: [
          {
            type: "indicator",
            pattern: "[ipv4-addr:value = '192.0.2.2']",
            object_marking_refs: ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
          },
        ],
      }),
    };
    const config = load(
      "case: {tlp: green}\nwatchlists: [a.txt, {path: b.json, tlp: amber, confidence: 0.7, owner: us, sharing_group: g}]\n",
      files,
    );
    const { indicators, lists } = loadWatchlists(config);
    expect(indicators[0]).toMatchObject({
      value: "192.0.2.1",
      tlp: "green",
      source: "a.txt",
      confidence: 0.5,
    });
    expect(indicators[1]).toMatchObject({
      value: "192.0.2.2",
      tlp: "amber",
      confidence: 0.7,
      owner: "us",
      sharingGroup: "g",
    });
    expect(lists.map(({ format, kept }) => [format, kept])).toEqual([
      ["list", 1],
      ["stix", 1],
    ]);
  });

  it("counts contacts at any time where validity is open, and warns where a feed dates by publication", () => {
    const created = "2024-01-15T00:00:00Z";
    const object = {
      type: "indicator",
      pattern: "[ipv4-addr:value = '192.0.2.2']",
      created,
      valid_from: created,
    };
    const files = { "b.json": JSON.stringify({ type: "bundle", objects: [object] }) };
    const given = loadWatchlists(load("watchlists: [b.json]\n", files));
    expect(given.indicators[0]?.validFrom).toBe(Date.parse(created));
    expect(given.warnings[0]).toMatch(/1 indicators are valid from the moment they were created/);
    const open = loadWatchlists(load("watchlists: [{path: b.json, validity: open}]\n", files));
    expect(open.indicators[0]?.validFrom).toBe(Number.NEGATIVE_INFINITY);
    expect(open.warnings).toEqual([]);
  });

  it("allows a domain with all below it, addresses and ranges", () => {
    const allow = buildAllowList(
      load(
        "allow:\n  domains: [Updates.Example.com., '*.cdn.example']\n  networks: [192.0.2.53, 198.51.100.0/24, '2001:db8::/32']\n",
      ),
    );
    for (const name of ["updates.example.com", "a.b.UPDATES.example.com", "cdn.example", "x.cdn.example."])
      expect(allow.domain(name), name).toBe(true);
    for (const name of ["example.com", "notupdates.example.com", "updates.example.com.evil.example", ""])
      expect(allow.domain(name), name).toBe(false);
    for (const ip of ["192.0.2.53", "::ffff:192.0.2.53", "198.51.100.255", "2001:db8::5"])
      expect(allow.address(ip), ip).toBe(true);
    for (const ip of ["192.0.2.54", "198.51.101.0", "x"]) expect(allow.address(ip), ip).toBe(false);
  });
});

describe("sensors", () => {
  const config = load(
    "sensors:\n  - {id: a, path: ['a/**/*.log', 'first'], realm: x, tlp: red}\n  - {id: b, path: '**/b?/conn*'}\ningest: {exclude: ['**/*.tmp', old]}\n",
  );
  it.each([
    ["a/conn.log", "a"],
    ["a/2023/09/conn.log", "a"],
    ["a/conn.log.gz", undefined],
    ["first/any/thing", "a"],
    ["firstly/x", undefined],
    ["x/y/b1/conn.log", "b"],
    ["b1/conn.00.log", "b"],
    ["b/conn.log", undefined],
    ["./a/conn.log", "a"],
    ["a\\2023\\conn.log", "a"],
  ])("%s was seen by %s", (path, id) => expect(sensorFor(config, path)?.id).toBe(id));

  it("leaves out what is excluded", () => {
    expect(["x/y.tmp", "old/2020/conn.log", "new/conn.log"].map((path) => isExcluded(config, path))).toEqual([
      true,
      true,
      false,
    ]);
    expect(sensorFor(config, "a/conn.log")).toMatchObject({ realm: "x", tlp: "red" });
    expect(sensorFor(config, "b1/conn.log")).toMatchObject({ realm: "default", tlp: "amber" });
  });

  it("matches globs as a search over all readings does", () => {
    const slow = (pattern: string[], path: string[]): boolean => {
      const [head, ...rest] = pattern;
      if (head === undefined) return path.length === 0;
      if (head === "**") return slow(rest, path) || (path.length > 0 && slow(pattern, path.slice(1)));
      return path.length > 0 && name(head, path[0] ?? "") && slow(rest, path.slice(1));
    };
    const name = (pattern: string, text: string): boolean =>
      pattern === ""
        ? text === ""
        : pattern[0] === "*"
          ? name(pattern.slice(1), text) || (text !== "" && name(pattern, text.slice(1)))
          : text !== "" &&
            (pattern[0] === "?" || pattern[0] === text[0]) &&
            name(pattern.slice(1), text.slice(1));
    const segment = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), minLength: 1, maxLength: 4 });
    const path = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(segment, fc.constant("**")), { minLength: 1, maxLength: 4 }),
        path,
        (pattern, parts) => {
          // Two stars inside a longer name are one; as a whole segment they are folders.
          const expected = slow(pattern, parts) || slow([...pattern, "**"], parts);
          expect(matchesGlob(pattern.join("/"), parts.join("/"))).toBe(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("takes no special meaning from braces and brackets, and no time over hostile patterns", () => {
    expect(matchesGlob("we{1,2}ird[x]*.log", "we{1,2}ird[x]1.log")).toBe(true);
    expect(matchesGlob("we{1,2}ird*.log", "we1ird.log")).toBe(false);
    expect(matchesGlob(`${"*a".repeat(400)}b`, "a".repeat(5_000))).toBe(false);
    expect(matchesGlob(`${"**/a/".repeat(200)}b`, "a/".repeat(500))).toBe(false);
  });
});

describe("what ships", () => {
  it("the JSON Schema in docs is the one of the code (LONGWATCH_UPDATE_SCHEMAS=1 writes it anew)", () => {
    const file = join(packageRoot, "docs/schemas/longwatch-yaml.schema.json");
    if (process.env.LONGWATCH_UPDATE_SCHEMAS)
      writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(configJsonSchema());
  });

  it("the examples load without a warning and fit the schema", () => {
    const validate = new Ajv2020({ strict: false }).compile(configJsonSchema());
    for (const file of ["longwatch.yaml", "csv-mapping/longwatch.yaml"]) {
      const path = join(examples, file);
      expect(validate(parse(readFileSync(path, "utf8"))), JSON.stringify(validate.errors)).toBe(true);
      const config = loadConfig(path);
      expect([...config.warnings, ...buildDirectory(config).warnings]).toEqual([]);
      expect(
        loadWatchlists(config).warnings.filter((warning) => !warning.includes("reduced to its host")),
      ).toEqual([]);
      const mappings: readonly CsvMapping[] = config.csv;
      expect(mappings).toHaveLength(file === "longwatch.yaml" ? 0 : 1);
    }
    expect(validate({ organizations: "x" })).toBe(false);
    const config = loadConfig(join(examples, "longwatch.yaml"));
    const directory = buildDirectory(config);
    expect(directory.resolve("head-office", "10.1.81.3", 0)?.orgId).toBe("nec");
    expect(directory.resolve("branch", "10.1.81.3", 0)?.orgId).toBe("hrc");
    expect(directory.asset("branch", "::ffff:10.1.9.7")?.role).toBe("file_server");
    expect(directory.assets).toHaveLength(5);
    expect(directory.history("any", "203.0.113.5").map(({ organisation }) => organisation.orgId)).toEqual([
      "ftc",
      "stc",
    ]);
    expect(loadWatchlists(config).indicators).toHaveLength(11);
    expect(findConfig(examples)).toBe(join(examples, "longwatch.yaml"));
  });

  it("the example's header names every mapped column", () => {
    const [mapping] = loadConfig(join(examples, "csv-mapping/longwatch.yaml")).csv;
    const header =
      readFileSync(join(examples, "csv-mapping/firewall.csv"), "utf8").split("\n")[0]?.split(",") ?? [];
    for (const column of Object.values(mapping?.columns ?? {})) expect(header).toContain(column);
  });

  it("the template loads as it is, and with everything in it turned on", () => {
    expect(load(initTemplate).case.name).toBe("My case");
    const on = initTemplate.replace(/^#(?=[a-z_]+:| {2})/gm, "");
    const files = Object.fromEntries(
      ["organisations.csv", "assets.csv", "watchlist.csv"].map((name) => [
        name,
        readFileSync(join(examples, name), "utf8"),
      ]),
    );
    const config = load(on, {
      ...files,
      "sigma-rules": "",
      "our-log-sources.yaml": "",
      "hijacklibs/a.yml": "Name: a.dll",
      "attack/a.yaml": "",
    });
    expect(config.sensors).toHaveLength(2);
    expect(config.sigmaRules).toHaveLength(1);
    expect(config.sigmaLogSources).toHaveLength(1);
    expect(config.hijackLibs).toMatch(/hijacklibs$/);
    expect(config.knowledge).toHaveLength(1);
    expect(config.csv).toHaveLength(1);
    expect(config.exclude).toHaveLength(2);
    expect([...config.detectors.keys()]).toEqual(["long-connection"]);
    const keys = Object.keys(parse(on) as Record<string, unknown>);
    expect(keys).toEqual(Object.keys(configJsonSchema().properties as Record<string, unknown>));
    expect(loadWatchlists(config).indicators.length).toBeGreaterThan(0);
  });
});
