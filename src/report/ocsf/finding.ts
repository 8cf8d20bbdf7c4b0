import { packageVersion } from "../../kernel/package-root.js";
import { parseTime } from "../../kernel/time.js";
import type { Entity, Finding, Severity } from "../../model/finding.js";
import { isAddress } from "../../model/look-for.js";
import { explainText } from "../explain.js";
import { splitPath } from "../path.js";
import { evidenceKey, type ReportInput } from "../port.js";
import { clip, visible } from "../text.js";

/** https://schema.ocsf.io/1.3.0/classes/detection_finding */
export const OCSF_VERSION = "1.3.0";
const CLASS = 2004;
const CREATE = 1;

const SEVERITY: Readonly<Record<Severity, { id: number; name: string }>> = {
  informational: { id: 1, name: "Informational" },
  low: { id: 2, name: "Low" },
  medium: { id: 3, name: "Medium" },
  high: { id: 4, name: "High" },
  critical: { id: 5, name: "Critical" },
};

/** Detectors that compare with somebody's rules or lists; all others judge behaviour. */
const RULE_DETECTORS: ReadonlySet<string> = new Set(["sigma", "infrastructure-contact"]);
const TECHNIQUE = /^(T\d{4})(?:\.\d{3})?$/;
/** As in the report. */
const MOST_LINES = 20;
const LONGEST = 4000;

/** Every finding as an OCSF Detection Finding, one a line. */
export function renderOcsf(input: ReportInput): string {
  return input.findings.map((finding) => `${JSON.stringify(detectionFinding(finding, input))}\n`).join("");
}

function detectionFinding(finding: Finding, input: ReportInput) {
  const { assessment } = input;
  const severity = SEVERITY[finding.severity];
  const confidence = confidenceOf(finding.score);
  const created = time(assessment.generated_at) ?? time(finding.last_seen) ?? 0;
  const [start, end] = [time(finding.first_seen), time(finding.last_seen)];
  const explanation = text(explainText(finding.explanation, input.messages));
  return {
    activity_id: CREATE,
    activity_name: "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: CLASS,
    class_name: "Detection Finding",
    type_uid: CLASS * 100 + CREATE,
    type_name: "Detection Finding: Create",
    time: created,
    ...(start !== undefined && { start_time: start }),
    ...(end !== undefined && { end_time: end }),
    severity_id: severity.id,
    severity: severity.name,
    status_id: 1,
    status: "New",
    ...confidence,
    message: text(finding.title),
    metadata: {
      version: OCSF_VERSION,
      uid: finding.id,
      product: { name: "Longwatch", vendor_name: "Longwatch", version: packageVersion },
      labels: [`tlp:${finding.tlp}`, ...(assessment.synthetic ? ["synthetic"] : [])],
    },
    finding_info: {
      uid: finding.id,
      title: text(finding.title),
      desc: [explanation, ...finding.caveats.map(text)].join("\n"),
      created_time: created,
      ...(start !== undefined && { first_seen_time: start }),
      ...(end !== undefined && { last_seen_time: end }),
      analytic: {
        name: text(finding.detector),
        uid: text(finding.detector),
        ...(RULE_DETECTORS.has(finding.detector)
          ? { type_id: 1, type: "Rule" }
          : { type_id: 2, type: "Behavioral" }),
      },
      attacks: finding.attack.flatMap(attackOf),
    },
    evidences: [...finding.entities.map(entityEvidence), ...lineEvidences(finding, input)],
    resources: resourcesOf(finding),
  };
}

/** STIX 2.1, appendix A, has the same three words for 1 to 29, 30 to 69 and 70 to 100. A score is no probability. */
function confidenceOf(score: number) {
  const percent = Math.round(100 * score);
  const [id, word] = percent >= 70 ? [3, "High"] : percent >= 30 ? [2, "Medium"] : [1, "Low"];
  return { confidence_id: id, confidence: word, confidence_score: percent };
}

/** The names of techniques are MITRE's; consumers join by the id. ATT&CK 18, as in the layer of Navigator. */
function attackOf(id: string) {
  const technique = TECHNIQUE.exec(id)?.[1];
  if (technique === undefined) return [];
  return [
    { version: "18", technique: { uid: technique }, ...(technique !== id && { sub_technique: { uid: id } }) },
  ];
}

/** What the finding is about: servers as destination, hosts as source; what OCSF has no place for as data. */
function entityEvidence({ kind, value, realm, role }: Entity) {
  const shown = text(value);
  const data = { kind, value: shown, ...(role !== undefined && { role: text(role) }) };
  if (shown === "") return { data };
  switch (kind) {
    case "host":
      return {
        src_endpoint: { ...endpoint(shown), ...(realm !== undefined && { zone: text(realm) }) },
        data,
      };
    case "address":
    case "domain":
      return { dst_endpoint: endpoint(shown), data };
    case "account":
      return { actor: { user: { name: shown } }, data };
    // A `process` must have an id, which findings do not keep: what they name is its program.
    case "process":
    case "file":
      return role === "hash" ? { data } : { file: fileOf(value, shown), data };
    default:
      return { data };
  }
}

function endpoint(value: string) {
  return isAddress(value) && !value.includes("%") ? { ip: value } : { hostname: value };
}

/** Parted before characters that could act are spelled out, with a backslash. */
function fileOf(path: string, shown: string) {
  const name = text(splitPath(path).name);
  return { name: name === "" ? shown : name, ...(name !== shown && { path: shown }), type_id: 0 };
}

/** Lines of logs word for word where they are at hand. What is cut is counted. */
function lineEvidences({ evidence }: Finding, input: ReportInput) {
  const shown = evidence.slice(0, MOST_LINES).map(({ table, source_id, line, time: when, summary }) => {
    const known = input.evidence.get(evidenceKey(source_id, line));
    const read = known !== undefined && "text" in known ? known : undefined;
    return {
      data: {
        table: text(table),
        source_id: text(source_id),
        line,
        time: text(when),
        summary: text(summary),
        ...(read !== undefined && { path: text(read.path), raw: text(read.text) }),
      },
    };
  });
  const rest = evidence.length - shown.length;
  return rest > 0 ? [...shown, { data: { left_out: rest } }] : shown;
}

/** Whom it concerns: the organisation, and its hosts. */
function resourcesOf({ org_id, entities }: Finding) {
  const victims = entities.filter(({ kind, role }) => kind === "host" && role === "victim");
  return [
    ...(org_id === null ? [] : [{ type: "organization", uid: text(org_id) }]),
    ...victims.map(({ value }) => ({ type: "host", name: text(value) })),
  ];
}

/** Milliseconds since 1970 (`timestamp_t`). */
function time(value: string): number | undefined {
  const parsed = parseTime(value);
  return Number.isFinite(parsed) ? Math.round(parsed) : undefined;
}

function text(value: string): string {
  return visible(clip(value, LONGEST));
}
