import type { AttributionVerdict } from "../../model/attribution.js";
import { posteriors } from "./likelihood.js";
import type { Hypothesis, Row } from "./weigh.js";

/**
 * Logarithm of the likelihood ratio that traces specific to a cluster must give it before it is named: two hundred to one. A server or a hash that a
 * tenth of belief stands behind reaches it; no single name of a file does.
 */
export const GATE = Math.log(200);
/** And it must be more likely than all other hypotheses together. */
const LIKELY = 0.5;

export interface Judged {
  verdict: AttributionVerdict;
  posteriors: readonly number[];
  /** Index of the first hypothesis. */
  leader: number;
  /** Index of the first among the clusters; undefined where the knowledge base has none. */
  cluster: number | undefined;
  /** What specific traces give that cluster, as a logarithm of a likelihood ratio. */
  reached: number;
}

/** The verdict on these rows alone, with the gate whatever the ranking. Pure. */
export function judge(hypotheses: readonly Hypothesis[], rows: readonly Row[]): Judged {
  const sums = hypotheses.map((_, at) => rows.reduce((sum, { logRatios }) => sum + (logRatios[at] ?? 0), 0));
  const all = posteriors(
    hypotheses.map(({ prior }) => prior),
    sums,
  );
  const leader = first(all, () => true) ?? 0;
  const cluster = first(all, (at) => hypotheses[at]?.kind === "cluster");
  const reached =
    cluster === undefined
      ? 0
      : rows.reduce(
          (sum, { isGate, logRatios }) => sum + (isGate ? Math.max(0, logRatios[cluster] ?? 0) : 0),
          0,
        );
  const passes =
    cluster !== undefined && leader === cluster && reached >= GATE && (all[cluster] ?? 0) >= LIKELY;
  const isUnnamed = cluster !== undefined && hypotheses[cluster]?.profile?.isUnnamed === true;
  return {
    verdict: !passes ? "insufficient_evidence" : isUnnamed ? "unknown_cluster" : "consistent_with",
    posteriors: all,
    leader,
    cluster,
    reached,
  };
}

/** Of equals the first: hypotheses stand in a fixed order. */
function first(values: readonly number[], isCounted: (at: number) => boolean): number | undefined {
  let best: number | undefined;
  for (const [at, value] of values.entries())
    if (isCounted(at) && (best === undefined || value > (values[best] ?? 0))) best = at;
  return best;
}

export interface LeftOut extends Judged {
  row: Row;
}

/** The verdict without each piece of evidence that findings show, in turn. */
export function leaveOneOut(hypotheses: readonly Hypothesis[], rows: readonly Row[]): LeftOut[] {
  return rows.map((row) => ({
    row,
    ...judge(
      hypotheses,
      rows.filter((other) => other !== row),
    ),
  }));
}
