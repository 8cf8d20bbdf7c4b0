import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DETECTORS } from "../../src/detect/registry.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import type { Finding } from "../../src/model/finding.js";
import { renderMisp } from "../../src/report/misp/event.js";
import type { ReportInput } from "../../src/report/port.js";
import { TECHNIQUE_NAMES } from "../../src/report/technique-names.js";
import { readList } from "../intel/support.js";
import { withConfirmed } from "./confirmed.js";
import { makeInput } from "./fixture.js";

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const number = z.string().regex(/^\d+$/);
const plainText = z
  .string()
  .max(256)
  .regex(/^[^\r\n]*$/);
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const tag = z.strictObject({ name: z.string().min(1), colour: z.string(), exportable: z.boolean() });
const organisation = z.strictObject({ id: number, name: z.string().min(1), uuid });

/** Types of section 2.3.2 with the categories in which MISP allows them, as far as Longwatch writes them. */
const CATEGORIES = {
  hostname: "Network activity",
  "ip-dst": "Network activity",
  "x509-fingerprint-md5": "Network activity",
  "x509-fingerprint-sha1": "Network activity",
  "x509-fingerprint-sha256": "Network activity",
  "ja3-fingerprint-md5": "Network activity",
  other: "Network activity",
} as const;

const attributeFields = {
  uuid,
  type: z.enum(Object.keys(CATEGORIES) as [keyof typeof CATEGORIES]),
  category: z.enum(Object.values(CATEGORIES) as ["Network activity"]),
  value: z.string().min(1),
  to_ids: z.boolean(),
  distribution: z.enum(["0", "1", "2", "3", "4", "5"]),
  sharing_group_id: z.literal("0"),
  timestamp: number,
  comment: z.string(),
  deleted: z.boolean(),
  disable_correlation: z.boolean(),
};

/** What the MISP core format (draft 18) and MISP's own JSON schema (format/2.4) say must be there, each in its form. */
const eventSchema = z.strictObject({
  Event: z.strictObject({
    id: number,
    uuid,
    info: plainText,
    date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
    threat_level_id: z.enum(["1", "2", "3", "4"]),
    analysis: z.enum(["0", "1", "2"]),
    distribution: z.enum(["0", "1", "2", "3", "4"]),
    sharing_group_id: z.literal("0"),
    published: z.boolean(),
    publish_timestamp: number,
    timestamp: number,
    org_id: number,
    orgc_id: number,
    locked: z.boolean(),
    proposal_email_lock: z.boolean(),
    disable_correlation: z.boolean(),
    extends_uuid: z.string(),
    attribute_count: number,
    Org: organisation,
    Orgc: organisation,
    Attribute: z.array(
      z.strictObject({
        ...attributeFields,
        id: number,
        event_id: number,
        object_id: z.literal("0"),
        object_relation: z.null(),
        first_seen: time.nullable(),
        last_seen: time.nullable(),
        Tag: z.array(tag),
        Galaxy: z.array(z.never()),
        ShadowAttribute: z.array(z.never()),
        Sighting: z.array(
          z.strictObject({
            uuid,
            attribute_id: number,
            event_id: number,
            org_id: number,
            date_sighting: number,
            source: z.string(),
            type: z.enum(["0", "1", "2"]),
          }),
        ),
      }),
    ),
    ShadowAttribute: z.array(z.never()),
    RelatedEvent: z.array(z.never()),
    Galaxy: z.array(z.never()),
    Object: z.array(
      z.strictObject({
        id: number,
        event_id: number,
        uuid,
        name: z.string(),
        "meta-category": z.string(),
        description: z.string(),
        template_uuid: z.string(),
        template_version: number,
        timestamp: number,
        distribution: z.literal("5"),
        sharing_group_id: z.literal("0"),
        comment: z.string(),
        deleted: z.boolean(),
        ObjectReference: z.array(z.never()),
        Attribute: z.array(z.strictObject({ ...attributeFields, object_relation: z.string() })),
      }),
    ),
    EventReport: z.array(
      z.strictObject({
        id: number,
        event_id: number,
        uuid,
        name: z.string(),
        content: z.string(),
        distribution: z.literal("5"),
        sharing_group_id: z.literal("0"),
        timestamp: number,
        deleted: z.boolean(),
      }),
    ),
    Tag: z.array(tag),
  }),
});

const eventOf = (input: ReportInput) => eventSchema.parse(JSON.parse(renderMisp(input))).Event;

const VALUES = [
  ["backup.bad.example", "domain"],
  ["198.51.100.7", "address"],
  ["2001:db8::1", "address"],
  ["203.0.113.0/24", "network"],
  ["12".repeat(16), "certificate"],
  ["ab".repeat(20), "certificate"],
  ["cd".repeat(32), "certificate"],
  ["ef".repeat(16), "fingerprint"],
  ["t13d1516h2_8daaf6152771_b186095e22b6", "fingerprint"],
] as const;

describe("the MISP event", () => {
  test("has all that the core format wants, and the same uuids each time", () => {
    const input = makeInput();
    const event = eventOf(input);
    expect(event.attribute_count).toBe(String(event.Attribute.length));
    expect(event.Attribute).toHaveLength(input.assessment.infrastructure.length);
    expect(renderMisp(makeInput())).toBe(renderMisp(input));
    const ids = event.Attribute.map((each) => each.uuid);
    expect(new Set(ids).size).toBe(ids.length);
    expect(event.Tag.map(({ name }) => name)).toEqual([
      "tlp:amber",
      'misp-galaxy:mitre-attack-pattern="Exfiltration to Cloud Storage - T1567.002"',
    ]);
    expect(event.threat_level_id).toBe("1");
    expect(event.info).toMatch(/^SYNTHETIC DATA: /);
    expect(event.EventReport[0]?.content).toContain(input.assessment.judgements[0]?.statement);
  });

  test("is for detection only where infrastructure is confirmed and nobody else's", () => {
    const input = makeInput();
    const flags = new Map(eventOf(input).Attribute.map(({ value, to_ids }) => [value, to_ids]));
    for (const { value, basis } of input.assessment.infrastructure)
      expect([value, flags.get(value)]).toEqual([value, basis === "confirmed"]);
    for (const item of input.assessment.infrastructure) item.shared = true;
    expect(eventOf(input).Attribute.filter(({ to_ids }) => to_ids)).toEqual([]);
  });

  test("names with their addresses are objects, which nothing detects by", () => {
    const input = makeInput();
    for (const link of input.assessment.links) link.relation = "name of";
    const { Object: objects } = eventOf(input);
    expect(objects.length).toBeGreaterThan(0);
    for (const { name, Attribute } of objects) {
      expect(name).toBe("domain-ip");
      expect(Attribute.map(({ object_relation, to_ids }) => [object_relation, to_ids])).toEqual([
        ["hostname", false],
        ["ip", false],
      ]);
    }
  });

  test("is read back by our own reader of MISP: the same infrastructure, marking, and times", () => {
    const input = withConfirmed(VALUES);
    const { format, indicators, warnings, refused } = readList(renderMisp(input), "misp-event.json");
    expect(format).toBe("misp");
    expect(refused).toEqual(readList("").refused);
    expect(indicators.map(({ kind, value }) => `${kind} ${value}`).sort()).toEqual(
      [
        "domain backup.bad.example",
        "address 198.51.100.7",
        "address 2001:db8::1",
        "network 203.0.113.0/24",
        `certificate ${"12".repeat(16)}`,
        `certificate ${"ab".repeat(20)}`,
        `certificate ${"cd".repeat(32)}`,
        `ja3 ${"ef".repeat(16)}`,
      ].sort(),
    );
    const [item] = input.assessment.infrastructure;
    for (const indicator of indicators) {
      expect(indicator.tlp).toBe("amber");
      expect(indicator.confidence).toBe(0.5);
      expect(indicator.validFrom).toBe(Date.parse(item?.first_seen ?? ""));
    }
    // JA4 has no type of its own, and times bound what counts, which the reader says.
    expect(warnings.join("\n")).toMatch(/1 attributes of type "other" are not used/);
    expect(warnings.join("\n")).toMatch(/have first_seen or last_seen/);
  });

  test("a stricter indicator carries its own marking", () => {
    const input = withConfirmed(VALUES.slice(0, 1));
    const [item] = input.assessment.infrastructure;
    const [finding] = input.findings;
    if (item === undefined || finding === undefined) throw new Error("fixture");
    finding.tlp = "red";
    item.findings = [finding.id];
    expect(eventOf(input).Attribute[0]?.Tag.map(({ name }) => name)).toEqual(["tlp:red"]);
  });

  test("programs that a command names are tags of the galaxies; what a rule or a list calls so is said with whose words they are", () => {
    const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
    const [sent, rule, list, weak] = input.findings;
    const give = (finding: Finding | undefined, given: Partial<Finding>) =>
      Object.assign(finding ?? expect.fail(), { severity: "high", ...given });
    give(rule, { detector: "sigma", facts: { rule_title: "Psexec", software: ["S0029", "S9999"] } });
    const commands = { detector: "staging-and-exfiltration", title: "sent away" };
    give(sent, { ...commands, facts: { software: ["S1040", "tool:WinRAR"] } });
    const listed = { sources: ["CERT: note"], software: ["malware:PUBLOAD - S1228", "tool:rclone"] };
    give(list, { detector: "infrastructure-contact", facts: listed });
    give(weak, { severity: "low", facts: { software: ["S0002"] } });
    const { Tag, EventReport } = eventOf(input);
    expect(Tag.map(({ name }) => name).filter((name) => /malware|tool/.test(name))).toEqual([
      'misp-galaxy:mitre-tool="Rclone - S1040"',
    ]);
    expect(EventReport.map(({ id, name }) => [id, name])).toEqual([
      ["1", "Key judgements"],
      ["2", "Programs that may have been used"],
    ]);
    expect(EventReport[1]?.content.split("\n")).toEqual([
      "```",
      "Rclone (tool, S1040)",
      "   A command names it: sent away. Confidence is moderate.",
      "   A list of servers names it: CERT: note. Confidence is low.",
      "WinRAR (tool)",
      "   A command names it: sent away. Confidence is moderate.",
      "PsExec (tool, S0029)",
      '   The Sigma rule "Psexec" names it by a tag. Confidence is low.',
      "S9999 (no source says whether it is malware, S9999)",
      '   The Sigma rule "Psexec" names it by a tag. Confidence is low.',
      "PUBLOAD (malware, S1228)",
      "   A list of servers names it: CERT: note. Confidence is low.",
      "```",
    ]);
  });

  test.each(["a\nb", "`".repeat(9), "x".repeat(5_000), "nul\u0000\u202e", "\ud800", "10.0.0.1", "=1+1"])(
    "%j makes no attribute and no line of its own",
    (text) => {
      const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
      input.assessment.case = text;
      for (const item of input.assessment.infrastructure)
        Object.assign(item, { why: [text], first_seen: text });
      for (const judgement of input.assessment.judgements) judgement.statement = text;
      for (const finding of input.findings)
        Object.assign(finding, { attack: [text], title: text, facts: { software: [`tool:${text}`] } });
      Object.assign(input.assessment.infrastructure[0] ?? {}, { value: text });
      const event = eventOf(input);
      expect(event.Attribute).toHaveLength(input.assessment.infrastructure.length - 1);
      expect(event.Tag).toHaveLength(1);
      expect(event.EventReport).toHaveLength(2);
      for (const { content } of event.EventReport)
        expect(content.split("\n").filter((line) => line.includes("```"))).toHaveLength(2);
    },
  );

  test("every technique that a detector can give has a name", () => {
    const named = DETECTORS.flatMap(({ manifest }) => manifest.attack);
    expect(named.length).toBeGreaterThan(50);
    // What registry-anomaly gives stands in its list.
    const locations = readFileSync(join(packageRoot, "src/detect/registry-anomaly/locations.yaml"), "utf8");
    for (const [, id = ""] of locations.matchAll(/attack: (T[\d.]+)/g)) named.push(id);
    expect(named.filter((id) => !Object.hasOwn(TECHNIQUE_NAMES, id))).toEqual([]);
  });
});
