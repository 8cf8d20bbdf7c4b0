import type { Attribution, AttributionVerdict, EvidenceStrength } from "../model/attribution.js";

export const VERDICT_WORDS: Readonly<Record<AttributionVerdict, string>> = {
  insufficient_evidence: "insufficient evidence",
  consistent_with: "consistent with",
  unknown_cluster: "unknown cluster",
};

export const STRENGTH_WORDS: Readonly<Record<EvidenceStrength, string>> = {
  specific: "specific",
  shared: "shared",
  common: "common",
  supporting: "supporting only",
  absent: "absent",
};

/** `+` for, `−` against, `·` not applicable. */
export function cellSign(mark: Attribution["evidence"][number]["cells"][number]["mark"]): string {
  return mark === "consistent" ? "+" : mark === "inconsistent" ? "−" : "·";
}

/** A verdict in few words: `consistent with Mustang Panda`, `insufficient evidence`. */
export function verdictWords({ verdict, cluster, hypotheses }: Attribution): string {
  const title = hypotheses.find((each) => each.cluster === cluster)?.title;
  return verdict === "consistent_with" && title !== undefined
    ? `${VERDICT_WORDS[verdict]} ${title}`
    : VERDICT_WORDS[verdict];
}
