import { expect } from "vitest";
import type { Attribution } from "../../src/model/attribution.js";
import type { Detected } from "../../src/pipeline/detect.js";
import { attributeStep, type Case, correlateStep, type Settings } from "../../src/pipeline/index.js";

interface Row {
  set: string;
  incidents: number;
  campaigns: number;
  insufficient_evidence: number;
  unknown_cluster: number;
  consistent_with: number;
  /** The cluster that ranks highest anywhere in the set, and its posterior; a ranking, and no judgement. */
  first_of_clusters: string;
  posterior: number;
  /** The most that specific traces speak for one cluster, beside what a verdict asks for (natural logarithms). */
  gate: string;
}

function rowOf(set: string, attribution: readonly Attribution[]): Row {
  const count = (verdict: Attribution["verdict"]) =>
    attribution.filter((each) => each.verdict === verdict).length;
  const [first] = attribution
    .flatMap(({ hypotheses }) => hypotheses.filter(({ kind }) => kind === "cluster"))
    .sort((a, b) => b.posterior - a.posterior);
  const reached = Math.max(0, ...attribution.map(({ gate }) => gate.reached));
  return {
    set,
    incidents: attribution.filter(({ subject_kind }) => subject_kind === "incident").length,
    campaigns: attribution.filter(({ subject_kind }) => subject_kind === "campaign").length,
    insufficient_evidence: count("insufficient_evidence"),
    unknown_cluster: count("unknown_cluster"),
    consistent_with: count("consistent_with"),
    first_of_clusters: first?.title ?? "",
    posterior: Number((first?.posterior ?? 0).toFixed(3)),
    gate: `${reached.toFixed(1)} of ${(attribution[0]?.gate.needed ?? 0).toFixed(1)}`,
  };
}

/**
 * Who is behind the incidents and campaigns of a hunt over real data: nobody who has a name, unless a trace specific to a cluster is there. Gives the line
 * of the table that `docs/attribution.md` shows.
 */
export async function attributed(
  name: string,
  opened: Case,
  settings: Settings,
  detected: Detected,
): Promise<Row> {
  const correlation = await correlateStep(opened.store, settings.directory, detected.findings);
  const attribution = await attributeStep(opened.store, settings, detected, correlation);
  for (const { verdict, subject, cluster, evidence, gate } of attribution) {
    if (verdict === "insufficient_evidence") continue;
    const specific = evidence.filter(
      ({ strength, cells }) =>
        strength === "specific" && cells.some((cell) => cell.cluster === cluster && cell.log_ratio > 0),
    );
    console.log(
      `${name}: ${subject} is ${verdict} ${cluster}: ${JSON.stringify(specific.map(({ what }) => what))}`,
    );
    expect(specific).not.toEqual([]);
    expect(gate.reached).toBeGreaterThanOrEqual(gate.needed);
  }
  // As of today there is no such trace in any of it.
  expect(attribution.filter(({ verdict }) => verdict !== "insufficient_evidence")).toEqual([]);
  return rowOf(name, attribution);
}
