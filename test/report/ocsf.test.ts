import { describe, expect, test } from "vitest";
import { z } from "zod";
import { renderOcsf } from "../../src/report/ocsf/finding.js";
import { evidenceKey, type ReportInput } from "../../src/report/port.js";
import { makeInput } from "./fixture.js";

const label = z.string().min(1);
const milliseconds = z.int().min(0);
const endpoint = z.union([
  z.strictObject({ ip: z.union([z.ipv4(), z.ipv6()]), zone: z.string().optional() }),
  z.strictObject({ hostname: label, zone: z.string().optional() }),
]);
const captions = <Id extends number>(
  pairs: readonly (readonly [Id, string])[],
  id: unknown,
  caption: unknown,
) => pairs.some(([known, word]) => known === id && word === caption);

/** Objects that say more than `data`, of which `evidences` wants at least one (or `data`). */
const evidence = z
  .strictObject({
    src_endpoint: endpoint.optional(),
    dst_endpoint: endpoint.optional(),
    actor: z.strictObject({ user: z.strictObject({ name: label }) }).optional(),
    file: z.strictObject({ name: label, path: label.optional(), type_id: z.literal(0) }).optional(),
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .refine((each) => Object.keys(each).length > 0, "at_least_one");

/**
 * The class `detection_finding` of OCSF, written by hand after its definitions as of 1.3 (events/findings/detection_finding.json, finding.json, base_event.json and the
 * dictionary): what is required there is required here, enumerations have their values, and nothing else is let through.
 */
const detectionFinding = z
  .strictObject({
    activity_id: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(99)]),
    activity_name: label,
    category_uid: z.literal(2),
    category_name: z.literal("Findings"),
    class_uid: z.literal(2004),
    class_name: z.literal("Detection Finding"),
    type_uid: z.int(),
    type_name: label,
    time: milliseconds,
    start_time: milliseconds.optional(),
    end_time: milliseconds.optional(),
    severity_id: z.int().min(0).max(6),
    severity: label,
    status_id: z.literal(1),
    status: z.literal("New"),
    confidence_id: z.int().min(0).max(3),
    confidence: label,
    confidence_score: z.int().min(0).max(100),
    message: z.string(),
    metadata: z.strictObject({
      version: z.literal("1.3.0"),
      uid: label,
      product: z.strictObject({ name: label, vendor_name: label, version: label }),
      labels: z.array(label),
    }),
    finding_info: z.strictObject({
      uid: label,
      title: z.string(),
      desc: label,
      created_time: milliseconds,
      first_seen_time: milliseconds.optional(),
      last_seen_time: milliseconds.optional(),
      analytic: z.strictObject({
        name: label,
        uid: label,
        type_id: z.union([z.literal(1), z.literal(2)]),
        type: z.enum(["Rule", "Behavioral"]),
      }),
      attacks: z.array(
        z.strictObject({
          version: z.literal("18"),
          technique: z.strictObject({ uid: z.string().regex(/^T\d{4}$/) }),
          sub_technique: z.strictObject({ uid: z.string().regex(/^T\d{4}\.\d{3}$/) }).optional(),
        }),
      ),
    }),
    evidences: z.array(evidence),
    resources: z.array(
      z
        .strictObject({ type: label, uid: label.optional(), name: label.optional() })
        .refine(({ uid, name }) => uid !== undefined || name !== undefined, "at_least_one"),
    ),
  })
  .refine(({ class_uid, activity_id, type_uid }) => type_uid === class_uid * 100 + activity_id, "type_uid")
  .refine(
    ({ severity_id, severity }) =>
      captions(
        [
          [1, "Informational"],
          [2, "Low"],
          [3, "Medium"],
          [4, "High"],
          [5, "Critical"],
        ],
        severity_id,
        severity,
      ),
    "severity",
  )
  .refine(
    ({ confidence_id, confidence }) =>
      captions(
        [
          [1, "Low"],
          [2, "Medium"],
          [3, "High"],
        ],
        confidence_id,
        confidence,
      ),
    "confidence",
  );

function linesOf(input: ReportInput) {
  const text = renderOcsf(input);
  if (text !== "") expect(text.endsWith("\n")).toBe(true);
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => detectionFinding.parse(JSON.parse(line)));
}

describe("OCSF detection findings", () => {
  test("one a line, each as the schema wants it", () => {
    const input = makeInput();
    const lines = linesOf(input);
    expect(lines.map(({ finding_info }) => finding_info.uid)).toEqual(input.findings.map(({ id }) => id));
    const first = input.findings[0];
    const [line] = lines;
    expect(line?.start_time).toBe(Date.parse(first?.first_seen ?? ""));
    expect(line?.metadata.labels).toEqual(["tlp:amber", "synthetic"]);
    expect(line?.finding_info.attacks).toEqual([
      { version: "18", technique: { uid: "T1567" }, sub_technique: { uid: "T1567.002" } },
      { version: "18", technique: { uid: "T1036" } },
    ]);
    expect(line?.confidence_score).toBe(Math.round(100 * (first?.score ?? 0)));
    expect(new Set(lines.map(({ severity_id }) => severity_id))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  test("has the lines of logs word for word, and counts what it leaves out", () => {
    const input = makeInput({ findings: 1, linesPerFinding: 25 });
    const [finding] = input.findings;
    const [line] = linesOf(input);
    const key = finding?.evidence[0];
    const known = input.evidence.get(evidenceKey(key?.source_id ?? "", key?.line ?? 0));
    if (known === undefined || !("text" in known)) throw new Error("fixture");
    const raws = line?.evidences.map(({ data }) => data?.raw);
    expect(raws).toContain(known.text.replaceAll("\t", "\\t"));
    expect(line?.evidences.at(-1)?.data).toEqual({ left_out: 5 });
  });

  test("nothing found is nothing written", () => {
    expect(renderOcsf({ ...makeInput({ findings: 0 }), findings: [] })).toBe("");
  });

  test.each(["a\nb", "x".repeat(100_000), "nul\u0000\u202e", "\ud800", "", '"}\n{"x":1'])(
    "%j makes no line and no attribute of its own",
    (text) => {
      const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 3 });
      const findings = input.findings.map((finding) => ({
        ...finding,
        title: text,
        attack: [text, "T1036"],
        caveats: [text],
        first_seen: text,
        entities: (["host", "account", "process", "file", "domain", "service"] as const).map((kind) => ({
          ...{ kind, value: text, role: text },
        })),
        evidence: finding.evidence.map((each) => ({ ...each, summary: text, time: text })),
      }));
      const lines = linesOf({ ...input, findings });
      expect(lines).toHaveLength(3);
      for (const { finding_info } of lines) expect(finding_info.attacks).toHaveLength(1);
    },
  );
});
