import type { Assessment } from "../../model/assessment.js";
import type { Finding } from "../../model/finding.js";
import type { EvidenceText, ReportInput } from "../port.js";
import { evidenceKey } from "../port.js";
import type { Audience } from "./audience.js";
import { Retelling } from "./retelling.js";
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
  const retelling = new Retelling(finding.statements, audience);
  const components = scrubbedComponents(finding.components, retelling, namedBy(finding));
  return retelling.kept({ ...scrubbed(finding, retelling), id: finding.id, components });
}

function sharedFinding({ parts: _, ...finding }: Finding, audience: Audience): Finding {
  const named = namedBy(finding);
  const retelling = new Retelling(finding.statements, audience);
  return retelling.kept({
    ...finding,
    id: audience.id(finding.id),
    title: retelling.sentence(finding.title, named),
    components: scrubbedComponents(finding.components, retelling, named),
    entities: finding.entities.map((entity) => audience.entity(entity)),
    evidence: [],
    explanation: retelling.explanation(finding.explanation),
    caveats: finding.caveats.map((caveat) => retelling.sentence(caveat, named)),
    facts: {},
  });
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

/** Lines of logs only where they are behind the reader's own findings, and without others' names. */
export function redactEvidence(
  { findings, evidence }: Pick<ReportInput, "findings" | "evidence">,
  audience: Audience,
): Map<string, EvidenceText> {
  const kept = new Map<string, EvidenceText>();
  const retelling = new Retelling(undefined, audience);
  for (const finding of findings) {
    if (!audience.isReaders(finding.org_id)) continue;
    for (const { source_id, line } of finding.evidence) {
      const key = evidenceKey(source_id, line);
      const text = evidence.get(key);
      if (text !== undefined) kept.set(key, scrubbed(text, retelling));
    }
  }
  return kept;
}
