import { describe, expect, test } from "vitest";
import { visibleText } from "../../src/kernel/visible.js";
import type { Attribution } from "../../src/model/attribution.js";
import { TLP_LEVELS } from "../../src/model/finding.js";
import type { ReportInput } from "../../src/report/port.js";
import { renderStix } from "../../src/report/stix/bundle.js";
import { objectId, observableId } from "../../src/report/stix/ids.js";
import { TLP_MARKING, tlpMarking } from "../../src/report/stix/marking.js";
import { patternText } from "../../src/report/stix/observables.js";
import { artefact, CROWD, cluster, judgeOne, server, technique } from "../assess/attribution/support.js";
import { checkBundle, expectValid, hasValidator, type Stix, whySkipped } from "../support/stix.js";
import { makeInput } from "./fixture.js";

function objectsOf(input: ReportInput): Stix[] {
  return (JSON.parse(renderStix(input)) as { objects: Stix[] }).objects;
}

const input = makeInput();
const objects = objectsOf(input);
const ofType = (type: string) => objects.filter((each) => each.type === type);

describe("ids", () => {
  test("of observables are those that another implementation of UUIDv5 gives (Python's uuid5 of the canonical JSON)", () => {
    expect(observableId("ipv4-addr", { value: "198.51.100.3" })).toBe(
      "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
    );
    expect(observableId("domain-name", { value: "example.com" })).toBe(
      "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7",
    );
  });

  test("of our objects come from what they are about", () => {
    expect(objectId("note", "a", "bc")).toMatch(
      /^note--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    );
    expect(objectId("note", "a", "bc")).not.toBe(objectId("note", "ab", "c"));
    expect(objectId("note", "a")).toBe(objectId("note", "a"));
  });
});

describe("a bundle", () => {
  test("is equal for equal cases, whenever it is made", () => {
    const later = makeInput();
    later.assessment.generated_at = "2031-01-01T00:00:00Z";
    expect(renderStix(later)).toBe(renderStix(makeInput()));
  });

  test("has each object once, every object that one refers to, and relationships that STIX has", () => {
    expect(checkBundle(renderStix(input), TLP_LEVELS.indexOf("amber"))).toHaveLength(objects.length);
  });

  test.each([
    ["an object twice", (all: Stix[]) => all.push({ ...(all[5] as Stix) })],
    [
      "a reference to nothing",
      (all: Stix[]) =>
        all.splice(
          all.findIndex(({ type }) => type === "campaign"),
          1,
        ),
    ],
    [
      "a freer marking",
      (all: Stix[]) => {
        Object.assign(all.at(-1) ?? {}, { object_marking_refs: [TLP_MARKING.clear] });
        all.unshift(tlpMarking("clear") as unknown as Stix);
      },
    ],
    [
      "a relationship that STIX has not",
      (all: Stix[]) =>
        Object.assign(all.find(({ relationship_type }) => relationship_type === "uses") ?? {}, {
          relationship_type: "targets",
        }),
    ],
    [
      "a program of nobody",
      (all: Stix[]) => all.push({ ...(all[5] as Stix), type: "tool", id: objectId("tool", "x"), name: "x" }),
    ],
  ])("with %s does not pass", (_, spoil) => {
    const spoiled = JSON.parse(renderStix(input)) as { objects: Stix[] };
    spoil(spoiled.objects);
    expect(() => checkBundle(JSON.stringify(spoiled), TLP_LEVELS.indexOf("amber"))).toThrow();
  });

  test("has who, by what, where and what is judged of it", () => {
    const inContact = input.assessment.organisations.filter(({ status }) =>
      ["compromised", "suspected", "contacted"].includes(status),
    );
    const organisations = ofType("identity").filter(
      ({ identity_class }) => identity_class === "organization",
    );
    expect(organisations.map(({ name }) => name).sort()).toEqual(inContact.map(({ name }) => name).sort());
    expect(ofType("infrastructure")).toHaveLength(input.assessment.infrastructure.length);
    expect(ofType("campaign")).toHaveLength(input.assessment.campaigns.length);
    expect(ofType("grouping")).toHaveLength(input.assessment.incidents.length);
    expect(ofType("intrusion-set")).toEqual([]);
    expect(ofType("report")).toHaveLength(1);
    const judged = ofType("note").filter(({ abstract }) => String(abstract).startsWith("Key judgement"));
    expect(judged).toHaveLength(input.assessment.judgements.length);
  });

  test("has an indicator for what is confirmed or suspected, and none for siblings", () => {
    const watched = input.assessment.infrastructure.filter(({ basis }) => basis !== "related");
    expect(
      ofType("indicator")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(watched.map(({ value }) => value).sort());
    expect(ofType("indicator").map(({ pattern }) => pattern)).toContain(
      "[domain-name:value = 'api.palmvault.example']",
    );
  });

  test("has sectors of the vocabulary as sectors, and others in words", () => {
    const [defence] = ofType("identity").filter(({ description }) => String(description).includes("defence"));
    expect(defence?.sectors).toBeUndefined();
    expect(ofType("identity").some(({ sectors }) => String(sectors) === "energy")).toBe(true);
  });

  test("is marked object by object, with the strictest marking of what an object rests on", () => {
    const strict = makeInput();
    for (const finding of strict.findings) finding.tlp = "red";
    const marked = objectsOf(strict).filter(({ type }) => type === "observed-data");
    expect(marked.length).toBeGreaterThan(0);
    for (const { object_marking_refs } of marked)
      expect(object_marking_refs).toEqual(["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]);
    const names = objectsOf(strict).flatMap(({ type, name }) =>
      type === "marking-definition" ? [name] : [],
    );
    expect(names.sort()).toEqual(["TLP:AMBER", "TLP:RED"]);
  });

  test("says that it is synthetic on every object of ours", () => {
    for (const object of objects)
      if (object.created_by_ref !== undefined) expect(object.labels).toEqual(["synthetic"]);
  });

  test("names an intrusion set only where the assessment says that it is consistent with one", () => {
    const subject = input.assessment.campaigns[0]?.id ?? "";
    const fox = cluster("fox", { title: "Fox", artefacts: [artefact("domain", "fox.example")] });
    const found = judgeOne([server("fox.example"), technique("T1197")], [...CROWD, fox]);
    expect(found).toMatchObject({ verdict: "consistent_with", cluster: "fox" });
    const attributed = (verdict: Attribution["verdict"]) => {
      const other = makeInput();
      other.assessment.attribution = [{ ...found, subject, subject_kind: "campaign", verdict }];
      return objectsOf(other).filter(({ type }) => type === "intrusion-set");
    };
    expect(attributed("consistent_with").map(({ name }) => name)).toEqual(["Fox"]);
    expect(attributed("insufficient_evidence")).toEqual([]);
    expect(attributed("unknown_cluster")).toEqual([]);
  });

  test("of a case without anything is a report that says so", () => {
    const empty = makeInput({ organisations: 0, touched: 0, findings: 0 });
    empty.assessment.infrastructure = [];
    empty.assessment.telemetry.first = null;
    empty.assessment.telemetry.last = null;
    const types = objectsOf(empty).map(({ type }) => type);
    expect(types).toContain("report");
    expect(types).not.toContain("indicator");
  });
});

const HOSTILE = [
  "it's",
  "back\\slash'] OR [x:y = '",
  "nul\u0000\u202e",
  'quo"te',
  "line\r\nend",
  "\ud800",
  "é.example",
];

/** Hostile text where logs can put it. */
function poisoned(text: string): ReportInput {
  const made = makeInput({ organisations: 3, touched: 2, weeks: 3, findings: 3, linesPerFinding: 2 });
  for (const finding of made.findings) {
    finding.title = text;
    finding.first_seen = text;
    finding.attack = [text, "T1071"];
    finding.entities.push(
      { kind: "file", value: `C:\\${text}\\${text}`, role: "program" },
      { kind: "account", value: text },
      { kind: "domain", value: text, role: "server" },
    );
  }
  const [item] = made.assessment.infrastructure;
  if (item !== undefined) Object.assign(item, { value: text, why: [text] });
  for (const organisation of made.assessment.organisations)
    Object.assign(organisation, { name: text, sector: text, subsector: text });
  made.assessment.case = text;
  return made;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe("hostile text", () => {
  test.each(HOSTILE)("%j comes into no pattern, and nothing of it acts", (text) => {
    const bundle = objectsOf(poisoned(text));
    for (const { type, pattern } of bundle)
      if (type === "indicator")
        expect(pattern).toMatch(/^\[[a-z0-9-]+:[a-zA-Z0-9.'-]+ (=|ISSUBSET) '[a-z0-9.:/_-]+'\]$/);
    for (const part of textsOf(bundle)) expect(visibleText(part)).toBe(part);
  });

  test("quotes and backslashes in a pattern are written with a backslash (section 9.5)", () => {
    expect(patternText("a'b\\c")).toBe("'a\\'b\\\\c'");
  });
});

describe.skipIf(!hasValidator)(`OASIS' validator${whySkipped}`, () => {
  test("finds no error and no warning that is not meant", () => {
    expectValid([makeInput(), ...HOSTILE.map(poisoned)].map(renderStix));
  }, 120_000);
});

test("techniques have the name that ATT&CK gives them, and their id where it is not known", () => {
  const base = makeInput({ findings: 6 });
  const attack = ["T1071.001", "T9999"];
  const assessment = {
    ...base.assessment,
    incidents: base.assessment.incidents.map((incident) => ({ ...incident, techniques: attack })),
    campaigns: base.assessment.campaigns.map((campaign) => ({ ...campaign, techniques: attack })),
  };
  const { objects } = JSON.parse(renderStix({ ...base, assessment })) as {
    objects: { type: string; name: string }[];
  };
  const names = objects.filter(({ type }) => type === "attack-pattern").map(({ name }) => name);
  expect(new Set(names)).toEqual(new Set(["Web Protocols", "T9999"]));
});
