import { unique } from "../../kernel/group-by.js";
import { likelihoodWord } from "../../model/assessment.js";
import type { Attribution, AttributionEvidence, AttributionVerdict } from "../../model/attribution.js";
import type { RivalClusters } from "../../model/cluster-profile.js";
import type { Confidence, Explanation, Finding } from "../../model/finding.js";
import { adviceOf } from "./advice.js";
import { GATE, type Judged, judge, type LeftOut, leaveOneOut } from "./verdict.js";
import { type Hypothesis, type Row, Scales, type Setting } from "./weigh.js";

export { ATTRIBUTION_MESSAGES } from "./messages.js";
export type { Setting } from "./weigh.js";

/** An incident or a campaign, with all its findings. */
export interface Subject extends Setting {
  id: string;
  kind: Attribution["subject_kind"];
  orgIds: readonly string[];
  findings: readonly Finding[];
  /** Whether the case has event logs of hosts, and telemetry of the network. */
  hasHosts: boolean;
  hasNetwork: boolean;
}

/** Clusters in the matrix, beside the three other hypotheses. */
const SHOWN_CLUSTERS = 5;
/** Rows of the matrix; all rows count for the posterior. */
const SHOWN_EVIDENCE = 40;
/** From this logarithm of a likelihood ratio on, evidence speaks for or against. */
const SPEAKS = 0.1;
/** Fewer clusters than this say little of how rare a technique is. */
const ENOUGH_RIVALS = 50;

/**
 * Who could be behind incidents and campaigns: competing hypotheses, weighed by rarity, strength, source and independence; never a name below the
 * gate. Pure: equal input gives equal output, in the order of the subjects.
 */
export function attributeSubjects(subjects: readonly Subject[], rivals: RivalClusters): Attribution[] {
  if (subjects.length === 0) return [];
  const scales = new Scales(rivals);
  return subjects.map((subject) => attributeOne(subject, scales, rivals));
}

function attributeOne(subject: Subject, scales: Scales, rivals: RivalClusters): Attribution {
  const { hypotheses } = scales;
  const seen = scales.observe(subject.findings);
  const rows = scales.weigh(seen, subject);
  const judged = judge(hypotheses, rows);
  const shown = shownHypotheses(hypotheses, judged);
  const telling = tellingRows(rows, shown, judged);
  const without = leaveOneOut(hypotheses, rows).filter(({ row }) => telling.includes(row));
  const ids = new Map(telling.map((row, at) => [row, `e${at + 1}`]));
  const leader = judged.cluster === undefined ? undefined : hypotheses[judged.cluster];
  const subjectOf = judged.verdict === "insufficient_evidence" ? judged.leader : (judged.cluster ?? 0);
  const likelihood = judged.posteriors[subjectOf] ?? 0;
  const changes = without.map((one) => one.posteriors[subjectOf] ?? 0);
  const related = (leader?.profile?.related ?? []).map(({ id, ...said }) => ({ cluster: id, ...said }));
  const isSingle = isOneLegged(judged.verdict, without);
  return {
    subject: subject.id,
    subject_kind: subject.kind,
    org_ids: [...subject.orgIds],
    verdict: judged.verdict,
    cluster: judged.verdict === "consistent_with" ? (leader?.id ?? null) : null,
    likelihood: probability(likelihood),
    likelihood_word: likelihoodWord(likelihood),
    confidence: confidenceOf(judged, rows, without, related.length > 0),
    explanation: verdictText(hypotheses, judged, rows, rivals),
    rivals: rivals.clusters.length,
    hypotheses: shown.map((at) => shownHypothesis(hypotheses[at] as Hypothesis, at, judged, ids)),
    gate: { reached: rounded(judged.reached), needed: rounded(GATE) },
    evidence: telling.map((row) => shownEvidence(row, ids.get(row) ?? "", hypotheses, shown)),
    sensitivity: {
      lowest: probability(Math.min(likelihood, ...changes)),
      highest: probability(Math.max(likelihood, ...changes)),
      without: without
        .map((one) => ({
          evidence: ids.get(one.row) ?? "",
          leader: hypotheses[one.leader]?.id ?? "",
          posterior: probability(one.posteriors[subjectOf] ?? 0),
          verdict: one.verdict,
        }))
        .sort((a, b) => order(a.evidence) - order(b.evidence)),
    },
    related,
    ...adviceOf({ subject, hypotheses, judged, without, rows }),
    caveats: caveatsOf(rivals, leader, isSingle),
  };
}

const order = (id: string): number => Number(id.slice(1));

/** Four places: what is beyond is noise of the weights, and differs between processors. */
/** Nothing is certain: rounding must not make it so. */
function probability(value: number): number {
  return Math.min(0.9999, rounded(value));
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000 + 0;
}

function shownHypotheses(hypotheses: readonly Hypothesis[], { posteriors }: Judged): number[] {
  const ranked = hypotheses
    .map((_, at) => at)
    .sort((a, b) => (posteriors[b] ?? 0) - (posteriors[a] ?? 0) || a - b);
  const clusters = ranked.filter((at) => hypotheses[at]?.kind === "cluster").slice(0, SHOWN_CLUSTERS);
  return ranked.filter((at) => hypotheses[at]?.kind !== "cluster" || clusters.includes(at));
}

/** Evidence that tells the shown hypotheses apart, most telling first; what findings show before what is absent. */
function tellingRows(rows: readonly Row[], shown: readonly number[], { verdict }: Judged): Row[] {
  const spread = (row: Row): number => {
    const values = shown.map((at) => row.logRatios[at] ?? 0);
    return Math.max(...values) - Math.min(...values);
  };
  return [...rows]
    .filter(
      (row) =>
        row.findings.length > 0 || spread(row) > 0 || (verdict !== "insufficient_evidence" && row.isGate),
    )
    .sort((a, b) => spread(b) - spread(a) || (a.key < b.key ? -1 : 1))
    .slice(0, SHOWN_EVIDENCE);
}

function shownHypothesis(
  { id, title, kind, prior }: Hypothesis,
  at: number,
  { posteriors }: Judged,
  ids: ReadonlyMap<Row, string>,
): Attribution["hypotheses"][number] {
  const ranked = [...ids].sort(([a], [b]) => Math.abs(b.logRatios[at] ?? 0) - Math.abs(a.logRatios[at] ?? 0));
  const those = (speaks: (log: number) => boolean) =>
    ranked.filter(([row]) => speaks(row.logRatios[at] ?? 0)).map(([, evidence]) => evidence);
  return {
    cluster: id,
    title,
    kind,
    prior: rounded(prior),
    posterior: probability(posteriors[at] ?? 0),
    supports: those((log) => log > SPEAKS),
    against: those((log) => log < -SPEAKS),
  };
}

function shownEvidence(
  row: Row,
  id: string,
  hypotheses: readonly Hypothesis[],
  shown: readonly number[],
): AttributionEvidence {
  return {
    id,
    strength: row.strength,
    what: row.what,
    findings: [...row.findings],
    ...(row.software !== undefined && { software: row.software }),
    independence: rounded(row.independence),
    cells: shown.map((at) => {
      const log = row.logRatios[at] ?? 0;
      const cluster = hypotheses[at]?.id ?? "";
      const said = row.said.get(cluster);
      return {
        cluster,
        mark: log > SPEAKS ? "consistent" : log < -SPEAKS ? "inconsistent" : "not_applicable",
        log_ratio: rounded(log),
        grade: said?.grade ?? null,
        publisher: said?.publisher ?? null,
      };
    }),
  };
}

function isOneLegged(verdict: AttributionVerdict, without: readonly LeftOut[]): boolean {
  return verdict !== "insufficient_evidence" && without.some((one) => one.verdict !== verdict);
}

/**
 * How good the evidence is. Nothing that has no specific trace is better than low; a verdict that falls with one piece of evidence is low; sources
 * that disagree about who the cluster is keep it from being high.
 */
function confidenceOf(
  { verdict, cluster }: Judged,
  rows: readonly Row[],
  without: readonly LeftOut[],
  isDisputed: boolean,
): Confidence {
  if (verdict === "insufficient_evidence" || cluster === undefined || isOneLegged(verdict, without))
    return "low";
  const sources = unique(
    rows
      .filter(({ isGate, logRatios }) => isGate && (logRatios[cluster] ?? 0) > 0)
      .map(({ said }) => [...said.values()][0]?.source),
  );
  return sources.length >= 2 && !isDisputed ? "high" : "moderate";
}

function verdictText(
  hypotheses: readonly Hypothesis[],
  { verdict, leader, cluster, posteriors, reached }: Judged,
  rows: readonly Row[],
  rivals: RivalClusters,
): Explanation {
  const at = verdict === "insufficient_evidence" ? leader : (cluster ?? leader);
  const best = [...rows]
    .filter(({ logRatios, isGate }) => isGate && (logRatios[at] ?? 0) > 0)
    .sort((a, b) => (b.logRatios[at] ?? 0) - (a.logRatios[at] ?? 0))
    .slice(0, 3)
    .map(({ what }) => String(what.args[0]?.value ?? ""));
  const isConflict = verdict === "insufficient_evidence" && reached >= GATE;
  return {
    key: `attribution.verdict.${isConflict ? "conflict" : verdict}`,
    args: [
      { type: "number", value: rivals.clusters.length },
      { type: "text", value: hypotheses[at]?.title ?? "" },
      { type: "percent", value: rounded(posteriors[at] ?? 0) },
      { type: "list", value: best },
    ],
  };
}

function caveatsOf(
  { clusters }: RivalClusters,
  leader: Hypothesis | undefined,
  isSingle: boolean,
): Explanation[] {
  const disputed = unique(
    (leader?.profile?.related ?? [])
      .filter(({ stance }) => stance !== "distinct_from" && stance !== "part_of")
      .map(({ title }) => title),
  );
  return [
    { key: "attribution.caveat.priors", args: [] },
    ...(clusters.length < ENOUGH_RIVALS
      ? [{ key: "attribution.caveat.few", args: [{ type: "number" as const, value: clusters.length }] }]
      : []),
    ...(disputed.length > 0
      ? [
          {
            key: "attribution.caveat.related",
            args: [
              { type: "text" as const, value: leader?.title ?? "" },
              { type: "list" as const, value: disputed },
            ],
          },
        ]
      : []),
    ...(isSingle ? [{ key: "attribution.caveat.single", args: [] }] : []),
  ];
}
