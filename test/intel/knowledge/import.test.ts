import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildBase,
  importDocuments,
  knowledgeJson,
  parseImport,
  parseKnowledge,
  rivalHypotheses,
} from "../../../src/intel/knowledge/index.js";
import { LongwatchError } from "../../../src/kernel/errors.js";
import { errorOf } from "../support.js";

type Json = Record<string, unknown>;
const OPTIONS = { attackVersion: undefined, grade: undefined };

function read(
  documents: Readonly<Record<string, unknown>>,
  options: Partial<Parameters<typeof importDocuments>[1]> = {},
) {
  const parsed = Object.entries(documents).map(([file, document]) =>
    parseImport(JSON.stringify(document), file),
  );
  return importDocuments(parsed, { ...OPTIONS, ...options });
}

/** What was imported, written and read again, as a knowledge base. */
function baseOf(result: ReturnType<typeof importDocuments>) {
  return buildBase([
    ...result.entries.map((entry) => parseKnowledge(knowledgeJson(entry), `out/${entry.id}.json`)),
    ...result.successors.map((file, at) => parseKnowledge(knowledgeJson(file), `out/successors-${at}.json`)),
  ]);
}

const attack = (id: string, url = `https://attack.mitre.org/x/${id}`): Json => ({
  created_by_ref: "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5",
  external_references: [{ source_name: "mitre-attack", external_id: id, url }],
  x_mitre_version: "1.0",
  modified: "2025-04-16T00:00:00.000Z",
});
const pattern = (key: string, id: string, more: Json = {}): Json => ({
  type: "attack-pattern",
  id: `attack-pattern--${key}`,
  name: id,
  ...attack(id),
  ...more,
});
let links = 0;
const link = (type: string, from: string, to: string, more: Json = {}): Json => ({
  type: "relationship",
  id: `relationship--${links++}`,
  relationship_type: type,
  source_ref: from,
  target_ref: to,
  modified: "2025-05-05T00:00:00.000Z",
  ...more,
});
const group = (key: string, name: string, more: Json = {}): Json => ({
  type: "intrusion-set",
  id: `intrusion-set--${key}`,
  name,
  ...more,
});
const bundle = (...objects: Json[]): Json => ({ type: "bundle", id: "bundle--1", objects });

describe("an import of ATT&CK", () => {
  const document = bundle(
    { type: "x-mitre-collection", id: "x-mitre-collection--1", x_mitre_version: "18.1" },
    group("a", "Synthetic Fox", {
      ...attack("G9001"),
      aliases: ["Synthetic Fox", "SYN-1"],
      description:
        "A [Synthetic Fox](https://attack.mitre.org/groups/G9001) does nothing.(Citation: Report 2024)",
      external_references: [
        { source_name: "mitre-attack", external_id: "G9001", url: "https://attack.mitre.org/groups/G9001" },
        { source_name: "SYN-1", description: "(Citation: Report 2024)" },
        {
          source_name: "Report 2024",
          url: "https://example.org/r",
          description: "Author. (2024, November 8). A report. Retrieved May 1, 2025.",
        },
      ],
    }),
    group("gone", "Old Fox", { ...attack("G9002"), revoked: true }),
    group("out", "Taken Out", { ...attack("G9003"), x_mitre_deprecated: true }),
    pattern("new", "T1574.001"),
    pattern("old", "T1574.002", { revoked: true }),
    pattern("older", "T1073", { revoked: true }),
    pattern("circle", "T1999", { revoked: true }),
    pattern("dropped", "T1053.004", { x_mitre_deprecated: true }),
    { type: "malware", id: "malware--1", name: "SYNLOAD", ...attack("S9001") },
    {
      type: "campaign",
      id: "campaign--1",
      name: "Synthetic Campaign",
      ...attack("C9001"),
      first_seen: "2023-09-01T04:00:00.000Z",
      last_seen: "2023-10-01T04:00:00.000Z",
    },
    link("revoked-by", "attack-pattern--older", "attack-pattern--old"),
    link("revoked-by", "attack-pattern--old", "attack-pattern--new"),
    link("revoked-by", "attack-pattern--circle", "attack-pattern--circle"),
    link("revoked-by", "intrusion-set--gone", "intrusion-set--a"),
    link("uses", "intrusion-set--a", "attack-pattern--older"),
    link("uses", "intrusion-set--a", "attack-pattern--new"),
    link("uses", "intrusion-set--a", "attack-pattern--circle"),
    link("uses", "intrusion-set--a", "attack-pattern--dropped"),
    link("uses", "intrusion-set--gone", "malware--1"),
    link("attributed-to", "campaign--1", "intrusion-set--gone"),
    link("detects", "x--1", "attack-pattern--new"),
  );
  const result = read({ "attack.json": document });
  const [fox] = result.entries;

  it("follows revocations to their end, of techniques and of groups", () => {
    expect(fox?.techniques).toMatchObject([
      { technique: "T1574.001", attack: "18.1", reported_as: "T1073", date: "2025-05-05" },
    ]);
    expect(fox?.relations).toMatchObject([{ relation: "uses", to: "attack-s9001" }]);
    expect(result.entries.map(({ id }) => id)).toEqual(["attack-g9001", "attack-s9001", "attack-c9001"]);
    expect(result.entries[2]).toMatchObject({
      activity: [{ from: "2023-09-01", to: "2023-10-01" }],
      relations: [{ relation: "attributed_to", to: "attack-g9001" }],
    });
    expect(result.successors[0]?.successors.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "T1574.002 T1574.001",
      "T1073 T1574.001",
    ]);
  });

  it("keeps who calls it what, with the reports that ATT&CK cites", () => {
    expect(fox?.names).toMatchObject([{ name: "Synthetic Fox" }, { name: "SYN-1", cites: ["c1"] }]);
    expect(fox?.sources).toMatchObject({
      origin: { publisher: "MITRE ATT&CK", reliability: "B", url: "https://attack.mitre.org/groups/G9001" },
      c1: { url: "https://example.org/r", date: "2024-11-08", reliability: "F" },
    });
    expect(fox?.descriptions).toMatchObject([{ text: "A Synthetic Fox does nothing.", cites: ["c1"] }]);
  });

  it("counts what it does not take over", () => {
    const reasons = result.leftOut.map(({ reason, count }) => `${count} ${reason}`);
    expect(reasons).toEqual([
      "2 intrusion-set that is revoked or deprecated",
      '2 relationships "uses" to something that is revoked or not in the file',
      '1 relationships "detects" of something that is no entry',
    ]);
  });

  it("takes the version from the file, from its name, or from the user", () => {
    const without = bundle(...(document.objects as Json[]).slice(1));
    const version = (file: string, attackVersion?: string) =>
      read({ [file]: without }, { attackVersion }).entries[0]?.techniques[0]?.attack;
    expect(version("enterprise-attack-17.0.json")).toBe("17.0");
    expect(version("x.json")).toBeUndefined();
    expect(version("x.json", "9.0")).toBe("9.0");
  });

  it("is one view with an entry of ours that has the same id", () => {
    const base = baseOf(result);
    expect(base.problems).toEqual([]);
    expect(rivalHypotheses(base)).toMatchObject([{ id: "attack-g9001", tools: new Set(["attack-s9001"]) }]);
  });
});

describe("an import of another STIX bundle", () => {
  const result = read({
    "report.json": bundle(
      { type: "identity", id: "identity--1", name: "A CERT" },
      { type: "identity", id: "identity--2", name: "Ministries", sectors: ["Government", "no such sector"] },
      { type: "location", id: "location--1", name: "Cambodia", country: "kh", region: "south-eastern-asia" },
      group("b", "Fox", {
        created_by_ref: "identity--1",
        confidence: 85,
        object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
      }),
      pattern("x", "T1574.002", { x_mitre_version: undefined }),
      { type: "attack-pattern", id: "attack-pattern--own", name: "no id" },
      { type: "tool", id: "tool--1", name: "scan", spec_version: "2.1" },
      { type: "indicator", id: "indicator--1", name: "i" },
      link("uses", "intrusion-set--b", "attack-pattern--x", { confidence: 30 }),
      link("uses", "intrusion-set--b", "attack-pattern--own"),
      link("uses", "intrusion-set--b", "tool--1", { revoked: true }),
      link("targets", "intrusion-set--b", "identity--2"),
      link("targets", "intrusion-set--b", "location--1"),
      link("attributed-to", "intrusion-set--b", "identity--1"),
      link("related-to", "intrusion-set--b", "tool--1"),
    ),
  });
  const [fox] = result.entries;

  it("takes grades from STIX's confidence, and the marking", () => {
    expect(result.files).toEqual([{ path: "report.json", format: "stix" }]);
    expect(fox).toMatchObject({
      title: "Fox",
      sources: { origin: { publisher: "A CERT", reliability: "F", tlp: "amber" } },
      names: [{ name: "Fox", information: 1 }],
      techniques: [{ technique: "T1574.002", information: 4 }],
      victims: [{ sector: "government" }, { region: "south-eastern-asia", country: "KH" }],
      relations: [{ relation: "attributed_to", to_name: "A CERT" }],
    });
    expect(fox?.techniques[0]).not.toHaveProperty("attack");
  });

  it("says what was left out", () => {
    expect(result.leftOut.map(({ reason }) => reason)).toEqual([
      "objects of type indicator are not read",
      "techniques without an ATT&CK id",
      "relationships that are revoked or deprecated",
      'relationships "related-to" to tool are not read',
    ]);
    expect(baseOf(result).problems).toEqual([]);
  });

  it("takes the user's grade instead of F6", () => {
    const plain = bundle(group("c", "Fox"));
    expect(read({ "r.json": plain }).entries[0]).toMatchObject({ names: [{ information: 6 }] });
    expect(
      read({ "r.json": plain }, { grade: { reliability: "C", information: 3 } }).entries[0],
    ).toMatchObject({
      sources: { origin: { reliability: "C" } },
      names: [{ information: 3 }],
    });
  });
});

describe("a bundle of somebody who refers to ATT&CK", () => {
  const RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
  const vendor = { created_by_ref: "identity--v", object_marking_refs: [] as string[] };
  const document = bundle(
    { type: "identity", id: "identity--v", name: "Vendor" },
    group("v", "Fox", { ...attack("G9001"), ...vendor, x_mitre_version: undefined }),
    pattern("m", "T1105"),
    pattern("v", "T1003", { ...vendor, revoked: true }),
    link("revoked-by", "attack-pattern--v", "attack-pattern--m"),
    link("uses", "intrusion-set--v", "attack-pattern--m", { object_marking_refs: [RED] }),
  );
  const result = read({ "vendor.json": document });

  it("is not taken for ATT&CK, and revokes nothing in its name", () => {
    expect(result.entries).toMatchObject([
      {
        id: "stix-fox-v",
        imported: { format: "stix" },
        sources: { origin: { publisher: "Vendor", reliability: "F" } },
        identifiers: [{ system: "attack", value: "G9001", information: 6 }, { system: "stix" }],
      },
    ]);
    expect(result.entries[0]?.sources.origin).not.toHaveProperty("url");
    expect(result.successors).toEqual([]);
  });

  it("is shared as narrowly as the relationships that it is made of", () => {
    expect(result.entries[0]?.sources.origin?.tlp).toBe("red");
  });
});

describe("several versions of one object", () => {
  const at = (modified: string): Json => ({ modified });
  const result = read({
    "r.json": bundle(
      group("a", "Old", at("2024-01-01T00:00:00Z")),
      group("a", "New", at("2024-01-01T00:00:00.500Z")),
      group("a", "Oldest", at("2020-01-01T00:00:00Z")),
      { type: "intrusion-set", name: "nobody can refer to it" },
      { type: "tool", id: "tool--1", name: "t" },
      link("uses", "intrusion-set--a", "tool--1", { id: "relationship--x" }),
      link("uses", "intrusion-set--a", "tool--1", {
        id: "relationship--x",
        revoked: true,
        modified: "2025-06-01T00:00:00.000Z",
      }),
    ),
  });

  it("are one: the newest counts, and the others are named", () => {
    expect(result.entries.map(({ title }) => title)).toEqual(["New", "t"]);
    expect(result.entries[0]?.relations).toEqual([]);
    expect(result.leftOut).toEqual([
      { reason: "older versions of objects", count: 3, example: "Old" },
      { reason: "objects without an id", count: 1, example: "nobody can refer to it" },
      { reason: "relationships that are revoked or deprecated", count: 1, example: "relationship--x" },
    ]);
  });
});

describe("an import of MISP galaxies", () => {
  const actors = {
    name: "Threat Actor",
    type: "threat-actor",
    version: 3,
    values: [
      {
        value: "Fox",
        uuid: "11111111-0000-0000-0000-000000000000",
        meta: {
          synonyms: ["FOX 3"],
          refs: ["https://example.org/a", "javascript:alert(1)"],
          "cfr-suspected-victims": ["Germany"],
        },
        related: [
          {
            "dest-uuid": "22222222-0000-0000-0000-000000000000",
            type: "similar",
            tags: [
              'estimative-language:likelihood-probability="likely"',
              'admiralty-scale:information-credibility="4"',
            ],
          },
          { "dest-uuid": "33333333-0000-0000-0000-000000000000", type: "uses" },
          { "dest-uuid": "99999999-0000-0000-0000-000000000000", type: "similar" },
        ],
      },
      { value: "Wolf", uuid: "22222222-0000-0000-0000-000000000000" },
    ],
  };
  const techniques = {
    name: "Attack Pattern",
    type: "mitre-attack-pattern",
    values: [
      {
        value: "DLL - T1574.001",
        uuid: "33333333-0000-0000-0000-000000000000",
        meta: { external_id: "T1574.001" },
      },
    ],
  };
  const tools = {
    name: "Tool",
    type: "tool",
    values: [
      {
        value: "foxload",
        uuid: "44444444-0000-0000-0000-000000000000",
        related: [{ "dest-uuid": "11111111-0000-0000-0000-000000000000", type: "used-by" }],
      },
    ],
  };

  it("resolves relations between the files of one import", () => {
    const result = read({ "a.json": actors, "p.json": techniques, "t.json": tools });
    expect(result.entries[0]).toMatchObject({
      id: "misp-fox-11111111",
      kind: "cluster",
      names: [{ name: "Fox" }, { name: "FOX 3", cites: ["c1"] }],
      victims: [{ text: "Germany" }],
      techniques: [{ technique: "T1574.001" }],
      relations: [
        {
          relation: "overlaps",
          to: "misp-wolf-22222222",
          information: 4,
          note: "likelihood in the galaxy: likely",
        },
        { relation: "uses", to: "misp-foxload-44444444" },
      ],
    });
    expect(result.leftOut).toEqual([
      { reason: "relations to a cluster of a galaxy that was not among the files", count: 1, example: "Fox" },
    ]);
    expect(baseOf(result).problems).toEqual([]);
  });

  it("counts galaxies that say nothing of actors or tools", () => {
    const result = read({ "a.json": actors, "c.json": { ...techniques, type: "country" } });
    expect(result.leftOut[0]).toMatchObject({
      reason: 'clusters of galaxy "country" are not read',
      count: 1,
    });
  });
});

describe("hostile and broken files", () => {
  it("are errors of ours, with the line where JSON breaks", () => {
    expect(errorOf(() => parseImport('{\n"a": 1,\n}', "x.json"))).toMatchObject({
      code: "LW_KNOWLEDGE",
      line: 3,
    });
    expect(errorOf(() => read({ "x.json": { hello: 1 } })).message).toMatch(/neither a STIX bundle/);
    expect(errorOf(() => read({ "x.json": [1] })).code).toBe("LW_KNOWLEDGE");
  });

  it("cannot keep it busy with references, and what is too much of one kind is counted", () => {
    const many = Array.from({ length: 60_000 }, (_, at) => `n${at}`);
    const result = read({
      "x.json": bundle(
        group("a", "Fox", {
          aliases: many,
          external_references: many.map((name) => ({
            source_name: name,
            description: `(Citation: ${name})`,
          })),
        }),
        { type: "location", id: "location--1" },
        link("targets", "intrusion-set--a", "location--1"),
      ),
    });
    expect(result.entries[0]?.names).toHaveLength(5_000);
    expect(result.leftOut).toMatchObject([
      { reason: 'relationships "targets" to location are not read', count: 1 },
      { reason: "statements beyond the 5,000 of one kind that an entry may have", count: 55_001 },
    ]);
  }, 10_000);

  it("cannot name files, steer a terminal, or make one entry out of two", () => {
    const names = [
      "../../../etc/passwd",
      "\u001b[2J\u202egpj.exe",
      "",
      "x".repeat(10_000),
      "__proto__",
      "constructor",
      "\ud800",
    ];
    const objects = names.map((name, at) => group(`${at}`.repeat(8), name, { aliases: ["\u0007", name] }));
    const result = read({ "x\u001b.json": bundle(...objects, group("00000000", "again")) });
    expect(result.entries).toHaveLength(names.length);
    for (const entry of result.entries) {
      expect(entry.id).toMatch(/^stix-[a-z0-9-]+$/);
      expect(entry.id.length).toBeLessThan(80);
      expect(JSON.stringify(entry)).not.toMatch(/\\u001b|\u202e|\\u0007/);
    }
    expect(baseOf(result).problems).toEqual([]);
  });

  it("never give an entry that the reader would refuse", () => {
    const word = fc.constantFrom(
      "type",
      "id",
      "name",
      "values",
      "value",
      "uuid",
      "meta",
      "synonyms",
      "related",
      "aliases",
      "objects",
      "external_references",
      "source_name",
      "external_id",
      "modified",
      "confidence",
      "sectors",
      "relationship_type",
      "source_ref",
      "target_ref",
    );
    const leaf = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.constantFrom(
        "intrusion-set",
        "malware",
        "relationship",
        "uses",
        "targets",
        "a--1",
        "mitre-attack",
        "T1105",
        "G0001",
        "2025-02-31T00:00:00Z",
      ),
    );
    const json = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(word, tie("any"), { maxKeys: 5 }),
      ),
    })).any;
    const object = fc.record(
      {
        type: fc.constantFrom(
          "intrusion-set",
          "tool",
          "campaign",
          "relationship",
          "attack-pattern",
          "location",
        ),
        id: fc.constantFrom("a--1", "b--2", "c--3", "d--4"),
        name: leaf,
        relationship_type: fc.constantFrom("uses", "targets", "attributed-to", "revoked-by"),
        source_ref: fc.constantFrom("a--1", "b--2"),
        target_ref: fc.constantFrom("c--3", "b--2", "d--4"),
        more: json,
        aliases: json,
        external_references: json,
        sectors: json,
        first_seen: leaf,
        last_seen: leaf,
        confidence: leaf,
        modified: leaf,
      },
      { requiredKeys: ["type", "id"] },
    );
    const cluster = fc.record({ value: leaf, uuid: leaf, meta: json, related: json }, { requiredKeys: [] });
    const document = fc.oneof(
      fc.array(object, { maxLength: 8 }).map((objects) => ({ type: "bundle", objects })),
      fc.array(cluster, { maxLength: 4 }).map((values) => ({ name: "g", type: "threat-actor", values })),
      json,
    );
    fc.assert(
      fc.property(document, (value) => {
        let result: ReturnType<typeof importDocuments>;
        try {
          result = read({ "x.json": value });
        } catch (error) {
          expect(error).toBeInstanceOf(LongwatchError);
          return;
        }
        expect(baseOf(result).problems).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });
});
