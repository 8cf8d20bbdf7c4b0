import type { Assessment } from "../../model/assessment.js";
import type { ExplanationArg, Finding } from "../../model/finding.js";
import type { EvidenceText, ReportInput } from "../port.js";
import { evidenceKey } from "../port.js";
import type { Audience } from "./audience.js";
import { namedBy, scrubbed, scrubbedComponents } from "./scrub.js";

/**
 * Findings as the reader may see them. The reader's own: whole, without others' names. About servers outside and of nobody in particular: without
 * log lines, texts by their types. Of others: that the detector found something, how grave, when, and which server outside; nothing else, for
 * titles, facts and caveats are free text.
 */
export function redactFindings(
  { findings, assessment }: Pick<ReportInput, "findings" | "assessment">,
  audience: Audience,
): Finding[] {
  const titles = detectorTitles(assessment);
  return findings.map((finding) => {
    if (audience.isReaders(finding.org_id)) return ownFinding(finding, audience);
    if (isAboutServer(finding, audience)) return sharedFinding(finding, audience);
    return othersFinding(finding, audience, titles.get(finding.detector) ?? finding.detector);
  });
}

export function detectorTitles({ detectors }: Assessment): ReadonlyMap<string, string> {
  return new Map(detectors.map(({ id, title }) => [id, title]));
}

function isAboutServer({ org_id, entities }: Finding, { infrastructure }: Audience): boolean {
  return (
    org_id === null &&
    entities.some(({ role, value }) => role === "server" && infrastructure.has(value)) &&
    !entities.some(({ kind }) => kind === "account" || kind === "process" || kind === "file")
  );
}

function ownFinding(finding: Finding, audience: Audience): Finding {
  const components = scrubbedComponents(finding.components, audience, namedBy(finding));
  return { ...scrubbed(finding, audience), id: finding.id, components };
}

function sharedFinding({ parts: _, ...finding }: Finding, audience: Audience): Finding {
  const named = namedBy(finding);
  return {
    ...finding,
    id: audience.id(finding.id),
    title: audience.sentence(finding.title, named),
    components: scrubbedComponents(finding.components, audience, named),
    entities: finding.entities.map((entity) => audience.entity(entity)),
    evidence: [],
    explanation: {
      key: finding.explanation.key,
      args: finding.explanation.args.map((arg) => redactArgument(arg, audience)),
    },
    caveats: finding.caveats.map((caveat) => audience.sentence(caveat, named)),
    facts: {},
  };
}

function othersFinding(finding: Finding, audience: Audience, title: string): Finding {
  const org = finding.org_id ?? "nobody";
  return {
    id: audience.id(finding.id),
    detector: finding.detector,
    title,
    severity: finding.severity,
    score: finding.score,
    components: finding.components.map(({ name, value, weight }) => ({ name, value, weight, meaning: "" })),
    first_seen: finding.first_seen,
    last_seen: finding.last_seen,
    org_id: finding.org_id === null ? null : audience.org(finding.org_id),
    entities: finding.entities.map((entity) => audience.entity(entity)),
    attack: finding.attack,
    evidence: [],
    explanation: {
      key: "redacted.finding",
      args: [
        { type: "organisation", value: audience.org(org), org: audience.org(org) },
        { type: "time", value: finding.first_seen },
        { type: "time", value: finding.last_seen },
      ],
    },
    caveats: [],
    facts: {},
    tlp: finding.tlp,
  };
}

/** One typed argument: measures stay, names are replaced by what they name, and texts are searched. */
export function redactArgument(arg: ExplanationArg, audience: Audience): ExplanationArg {
  const { type, value, org } = arg;
  if (type === "word") return arg.org === undefined ? arg : { ...arg, org: audience.org(arg.org) };
  const owner = org === undefined ? {} : { org: audience.org(org) };
  const isOthers = org !== undefined && !audience.isReaders(org);
  const redacted = (text: string): string => {
    if (audience.infrastructure.has(text)) return text;
    switch (type) {
      case "organisation":
        return audience.isReaders(text) ? text : audience.scrub(audience.orgById(text) ?? text);
      case "host":
        return isOthers ? audience.value("host", text) : audience.scrub(text);
      case "list":
        return isOthers ? audience.value("host", text) : audience.scrub(text);
      default:
        return audience.scrub(text);
    }
  };
  if (typeof value === "number") return { type, value, ...owner };
  if (Array.isArray(value)) {
    const values = value.map(redacted);
    // A list of names stands in an order of its own, which would tell which is which; measures and words of the log that were not touched keep theirs.
    const isTouched = values.some((each, at) => each !== value[at]);
    return { type, value: type === "organisation" || isTouched ? values.sort() : values, ...owner };
  }
  return { type, value: redacted(value), ...owner };
}

/** Lines of logs only where they are behind the reader's own findings, and without others' names. */
export function redactEvidence(
  { findings, evidence }: Pick<ReportInput, "findings" | "evidence">,
  audience: Audience,
): Map<string, EvidenceText> {
  const kept = new Map<string, EvidenceText>();
  for (const finding of findings) {
    if (!audience.isReaders(finding.org_id)) continue;
    for (const { source_id, line } of finding.evidence) {
      const key = evidenceKey(source_id, line);
      const text = evidence.get(key);
      if (text !== undefined) kept.set(key, scrubbed(text, audience));
    }
  }
  return kept;
}
