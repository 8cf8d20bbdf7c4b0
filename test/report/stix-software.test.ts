import { expect, test } from "vitest";
import { ATTRIBUTION_MESSAGES, attributeSubjects } from "../../src/assess/index.js";
import type { NamedSoftware } from "../../src/model/attribution.js";
import type { Finding } from "../../src/model/finding.js";
import type { ReportInput } from "../../src/report/port.js";
import { renderStix } from "../../src/report/stix/bundle.js";
import { artefact, CROWD, cluster, credence, only, rivals, subject } from "../assess/attribution/support.js";
import { finding } from "../assess/support.js";
import { checkBundle } from "../support/stix.js";
import { makeInput } from "./fixture.js";

const TOOLS = [
  { id: "foxrat", title: "FoxRat", names: ["FoxRat"], identifiers: ["S9999"], type: "malware" as const },
];
const FOX = cluster("fox", {
  techniques: ["T1197"],
  tools: new Map([["foxrat", credence()]]),
  artefacts: [
    artefact("file-name", "foxupd.exe", { tool: "foxrat" }),
    artefact("file-name", "setup.exe", { tool: "foxrat", specificity: "common" }),
    artefact("domain", "fox.example", { tool: "foxrat" }),
  ],
});

const file = (value: string, more: Partial<Finding> = {}) =>
  finding("dll-sideload", { entities: [{ kind: "file", value, role: "written" }], ...more });
const judged = (findings: Finding[]) =>
  only(attributeSubjects([subject(findings)], rivals([...CROWD, FOX], TOOLS)));
const software = (findings: Finding[]): (NamedSoftware | undefined)[] =>
  judged(findings).evidence.flatMap((each) => each.software ?? []);

test("a program is named by a trace of its own and by rules, not by techniques, servers, common names or weak findings", () => {
  const named = [{ id: "foxrat", name: "FoxRat", attack: "S9999", type: "malware" }];
  expect(software([file("C:\\Users\\Public\\foxupd.exe")])).toEqual(named);
  const rule = finding("sigma", { facts: { rule_title: "FoxRat Execution" } });
  expect(software([rule])).toEqual(named);
  expect(software([file("foxupd.exe", { severity: "low" })])).toEqual([]);
  expect(software([file("C:\\setup.exe")])).toEqual([]);
  expect(software([finding("beaconing", { attack: ["T1197"] })])).toEqual([]);
  const server = { kind: "domain" as const, value: "fox.example", role: "server" };
  expect(software([finding("infrastructure-contact", { entities: [server] })])).toEqual([]);
});

const objectsOf = (input: ReportInput) => checkBundle(renderStix(input));

/** A case in which the first finding is a detector's that names programs. */
function naming(given: Partial<Finding>) {
  const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
  const [first] = input.findings;
  if (first === undefined) throw new Error("the fixture has no finding");
  Object.assign(first, { severity: "high", ...given });
  const objects = objectsOf(input);
  const programs = objects.filter(({ type }) => type === "malware" || type === "tool");
  const to = (type: string, id: string | undefined) =>
    objects.filter(
      (each) => each.type === "relationship" && each.target_ref === id && each.relationship_type === type,
    );
  return { input, objects, programs, to };
}

test("programs that a rule's tags name are tools and malware, tied to the incident and its campaign, by the words of that rule", () => {
  const facts = { rule_title: 'Psexec "x"', software: ["S0029", "S0154", "S9999"] };
  const { input, objects, programs, to } = naming({ detector: "sigma", facts });
  expect(programs.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    "malware Cobalt Strike",
    "tool PsExec",
  ]);
  const [tool] = programs.filter(({ type }) => type === "tool");
  expect(tool).toMatchObject({
    tool_types: ["unknown"],
    external_references: [{ source_name: "mitre-attack", external_id: "S0029" }],
  });
  const own = input.assessment.incidents.filter(({ findings }) =>
    findings.includes(input.findings[0]?.id ?? ""),
  );
  expect(own.length).toBeGreaterThan(0);
  expect(to("related-to", tool?.id)).toHaveLength(own.length);
  const campaigns = input.assessment.campaigns.filter(({ incidents }) =>
    own.some(({ id }) => incidents.includes(id)),
  );
  expect(to("uses", tool?.id)).toHaveLength(campaigns.length);
  const [note] = objects.filter(({ abstract }) => abstract === "PsExec may have been used");
  expect(note).toMatchObject({ confidence: 15, content: 'The Sigma rule "Psexec "x"" names it by a tag.' });
  const [report] = objects.filter(({ type }) => type === "report");
  expect(report?.description).toContain("S9999, of which no source says whether it is malware");
});

test("programs of commands, and those that a list ties to its servers, say whose words they are", () => {
  const command = naming({
    detector: "staging-and-exfiltration",
    title: "sent away",
    facts: { software: ["S1040", "tool:WinRAR"] },
  });
  expect(command.programs.map(({ name, external_references }) => [name, external_references])).toEqual(
    expect.arrayContaining([
      ["Rclone", [{ source_name: "mitre-attack", external_id: "S1040" }]],
      ["WinRAR", undefined],
    ]),
  );
  expect(command.objects.filter(({ content }) => content === "A command names it: sent away.")).toHaveLength(
    2,
  );
  const red = naming({ detector: "sigma", tlp: "red", facts: { rule_title: "x", software: ["S0029"] } });
  expect(red.programs[0]?.object_marking_refs).toEqual([
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
  ]);
  const listed = naming({
    detector: "infrastructure-contact",
    facts: {
      sources: ["CERT: note"],
      software: ["malware:PUBLOAD - S1228", "malware:pubload - S1228", "tool:rclone"],
    },
  });
  // One program, whoever writes its name how.
  expect(listed.programs.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    "malware PUBLOAD",
    "tool Rclone",
  ]);
  expect(
    listed.objects.filter(({ content }) => content === "A list of servers names it: CERT: note."),
  ).toHaveLength(2);
  expect(naming({ detector: "sigma", severity: "low", facts: { software: ["S0029"] } }).programs).toEqual([]);
});

test.each(["S0029\n", "tool:", "exe:x", "S29", "tool:\u202e\u0000", "constructor", "malware:__proto__"])(
  "%j names no program but as it is shown",
  (named) => {
    const { programs } = naming({ detector: "sigma", facts: { rule_title: "x", software: [named] } });
    for (const { name } of programs) expect(["\\u202e\\x00", "__proto__"]).toContain(name);
  },
);

test("what a list calls by the name of a program that left a trace is that program", () => {
  const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
  const [incident] = input.assessment.incidents;
  const [first] = input.findings;
  if (incident === undefined || first === undefined) throw new Error("the fixture has no incident");
  Object.assign(first, { severity: "high", facts: { software: ["malware:foxrat", "S9999"] } });
  const { evidence, ...rest } = judged([file("C:\\foxupd.exe")]);
  const shown = evidence.map((each) => ({ ...each, findings: [first.id] }));
  const attribution = [{ ...rest, evidence: shown, subject: incident.id }];
  const messages = { ...input.messages, ...ATTRIBUTION_MESSAGES };
  const objects = objectsOf({ ...input, messages, assessment: { ...input.assessment, attribution } });
  expect(objects.filter(({ type }) => type === "malware").map(({ name }) => name)).toEqual(["FoxRat"]);
});

test("it is malware in the bundle, with its id in ATT&CK, and the same each time", () => {
  const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
  const [incident] = input.assessment.incidents;
  if (incident === undefined) throw new Error("the fixture has no incident");
  const attribution = [{ ...judged([file("C:\\foxupd.exe")]), subject: incident.id }];
  const messages = { ...input.messages, ...ATTRIBUTION_MESSAGES };
  const text = renderStix({ ...input, messages, assessment: { ...input.assessment, attribution } });
  const { objects } = JSON.parse(text) as { objects: Record<string, unknown>[] };
  const [malware, ...others] = objects.filter(({ type }) => type === "malware" || type === "tool");
  expect(others).toEqual([]);
  expect(malware).toMatchObject({ type: "malware", name: "FoxRat", is_family: true });
  expect(malware?.external_references).toContainEqual({ source_name: "mitre-attack", external_id: "S9999" });
  const tie = objects.find(({ target_ref }) => target_ref === malware?.id);
  expect(tie).toMatchObject({ relationship_type: "related-to", confidence: 50 });
  expect(String(tie?.description)).toContain("foxupd.exe");
});
