import { type Finding, severityRank } from "../model/finding.js";
import type { RelationKind } from "../model/relation.js";

/**
 * Two findings are independent evidence if what they rest on is: the same mistake must not be able to cause both.
 *
 * - `infrastructure-contact` rests on somebody else's knowledge of the server (the watch list).
 * - `cloud-masquerade` rests on what the server pretends and how it is used, and knows nothing of the list. A list entry and a pretence are
 *   independent even for the same server: neither is derived from the other.
 * - `infrastructure-expansion` is derived from findings of the two above: if they are wrong it is wrong with them. It is a line only
 *   where the organisation has no other.
 * - `first-contact` and `long-connection` show that contact is unusual, which is true of much that is harmless: they support a line and
 *   never are one.
 * - Several findings of one detector share its way of being wrong: one line.
 * - Any other detector is a line of its own.
 */
const BASIS: Readonly<Record<string, string>> = {
  "infrastructure-contact": "watch list",
  "cloud-masquerade": "behaviour of the server",
  "infrastructure-expansion": "kinship with suspected servers",
};
const SUPPORTING: ReadonlySet<string> = new Set(["first-contact", "long-connection"]);
const DERIVED: ReadonlySet<string> = new Set(["infrastructure-expansion"]);

export function isSupporting(detector: string): boolean {
  return SUPPORTING.has(detector);
}

/** A finding as it bears on one organisation. */
export interface Bearing {
  finding: Finding;
  /** What kind of contact this organisation had with what the finding is about. */
  kind: RelationKind;
}

export interface Line {
  basis: string;
  /** The strongest finding of the line. */
  finding: Finding;
  findings: Finding[];
}

/** Whether the finding, for this organisation, is evidence at medium or above: a visit or a scan is not, however bad the server. */
export function isEvidence({ finding, kind }: Bearing): boolean {
  if (isSupporting(finding.detector) || severityRank(finding.severity) < severityRank("medium")) return false;
  // A look-up counts where the detector itself rates it medium (looked up for weeks).
  return kind !== "single" && kind !== "scanning";
}

/** The independent lines of evidence of one organisation, strongest first. */
export function independentLines(bearings: readonly Bearing[]): Line[] {
  const lines = new Map<string, Finding[]>();
  for (const { finding } of bearings.filter(isEvidence)) {
    const basis = BASIS[finding.detector] ?? finding.detector;
    lines.set(basis, [...(lines.get(basis) ?? []), finding]);
  }
  const ordered = [...lines].map(([basis, findings]) => {
    const sorted = [...findings].sort(
      (a, b) => severityRank(b.severity) - severityRank(a.severity) || b.score - a.score,
    );
    return { basis, finding: sorted[0] as Finding, findings: sorted };
  });
  const own = ordered.filter((line) => !DERIVED.has(line.finding.detector));
  return (own.length > 0 ? own : ordered).sort(
    (a, b) =>
      severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
      b.finding.score - a.finding.score,
  );
}
