import { type Finding, severityRank } from "../model/finding.js";
import type { RelationKind } from "../model/relation.js";

/**
 * Two findings are independent evidence if what they rest on is: the same mistake must not be able to cause both.
 *
 * - `infrastructure-contact` rests on somebody else's knowledge of the server (the watch list).
 * - `cloud-masquerade` rests on what the server pretends and how it is used, and knows nothing of the list. A list entry and a pretence are
 *   independent even for the same server: neither is derived from the other.
 * - `infrastructure-expansion` from confirmed servers along hard ties (`facts.from_confirmed`) rests on the watch list and on observed
 *   facts (an address, a certificate, a registrable domain): if the list is wrong it is wrong with it, so together they are one line; how
 *   the server behaves or is called plays no part in it, so it is independent of `cloud-masquerade`.
 * - Other `infrastructure-expansion` is derived from suspicions: if they are wrong it is wrong with them. It is a line only where the
 *   organisation has no other.
 * - `first-contact` and `long-connection` show that contact is unusual, which is true of much that is harmless: they support a line and
 *   never are one.
 * - `beaconing` rests on what a program does with a server that hardly anyone uses. A harmless odd server with a harmless program (somebody's own backup server,
 *   say) causes a beacon and a pretence alike: with `cloud-masquerade` it is one line.
 * - Several findings of one detector share its way of being wrong: one line.
 * - Any other detector is a line of its own.
 */
const WATCH_LIST = "watch list";
const BEHAVIOUR = "behaviour of the server";
const KINSHIP = "kinship with suspected servers";
const BASIS: Readonly<Record<string, string>> = {
  "infrastructure-contact": WATCH_LIST,
  "cloud-masquerade": BEHAVIOUR,
  beaconing: BEHAVIOUR,
  "infrastructure-expansion": KINSHIP,
};
const SUPPORTING: ReadonlySet<string> = new Set(["first-contact", "long-connection"]);

export function isSupporting(detector: string): boolean {
  return SUPPORTING.has(detector);
}

/** Whether the finding says anything about an organisation: below medium only contact with the watch list does. */
export function canBear({ detector, severity }: Finding): boolean {
  return detector === "infrastructure-contact" || severityRank(severity) >= severityRank("medium");
}

/** What the finding rests on. Findings with equal basis are one line. */
function basisOf({ detector, facts }: Finding): string {
  if (detector === "infrastructure-expansion" && facts.from_confirmed === true) return WATCH_LIST;
  return BASIS[detector] ?? detector;
}

/** The basis in words: that the organisation itself met the watch list is not said where only ties lead there. */
function wordsOf(basis: string, findings: readonly Finding[]): string {
  const isListed = findings.some(({ detector }) => detector === "infrastructure-contact");
  return basis === WATCH_LIST && !isListed ? "servers tied to the watch list" : basis;
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
    const basis = basisOf(finding);
    lines.set(basis, [...(lines.get(basis) ?? []), finding]);
  }
  const ordered = [...lines].map(([basis, findings]) => {
    const sorted = [...findings].sort(
      (a, b) => severityRank(b.severity) - severityRank(a.severity) || b.score - a.score,
    );
    return { basis: wordsOf(basis, findings), finding: sorted[0] as Finding, findings: sorted };
  });
  const own = ordered.filter((line) => line.basis !== KINSHIP);
  return (own.length > 0 ? own : ordered).sort(
    (a, b) =>
      severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
      b.finding.score - a.finding.score,
  );
}
