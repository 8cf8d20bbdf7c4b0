import { expect, test } from "vitest";
import { ATTRIBUTION_MESSAGES, attributeSubjects } from "../../src/assess/index.js";
import type { NamedSoftware } from "../../src/model/attribution.js";
import type { Finding } from "../../src/model/finding.js";
import { renderStix } from "../../src/report/stix/bundle.js";
import { artefact, CROWD, cluster, credence, only, rivals, subject } from "../assess/attribution/support.js";
import { finding } from "../assess/support.js";
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
