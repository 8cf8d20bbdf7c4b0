import type { Attribution } from "../../model/attribution.js";
import { type Explanation, type ExplanationArg, textArgument } from "../../model/finding.js";
import { comparable } from "./artefacts.js";
import type { Judged, LeftOut } from "./verdict.js";
import type { Hypothesis, Row } from "./weigh.js";

const MOST_LISTED = 8;
const MOST_CHANGES = 3;

interface Given {
  subject: { hasHosts: boolean; hasNetwork: boolean };
  hypotheses: readonly Hypothesis[];
  judged: Judged;
  without: readonly LeftOut[];
  rows: readonly Row[];
}

/** What would change the judgement, and what to collect next. */
export function adviceOf(given: Given): Pick<Attribution, "would_change" | "collect_next"> {
  return { would_change: changes(given), collect_next: collect(given) };
}

function firstCluster({ hypotheses, judged }: Given): Hypothesis | undefined {
  return judged.cluster === undefined ? undefined : hypotheses[judged.cluster];
}

function changes(given: Given): Explanation[] {
  const { judged, without, hypotheses } = given;
  const fallen = without.filter(({ verdict }) => verdict !== judged.verdict);
  const turned = without.filter(
    ({ verdict, leader }) => verdict === judged.verdict && leader !== judged.leader,
  );
  const leader = firstCluster(given);
  const traces = leader === undefined ? [] : specificTraces(leader);
  return [
    ...fallen.slice(0, MOST_CHANGES).map(({ row, verdict }) => ({
      key: "attribution.change.without",
      args: [nameOf(row), textArgument(verdict.replaceAll("_", " "))],
    })),
    ...turned.slice(0, MOST_CHANGES).map(({ row, leader: next }) => ({
      key: "attribution.change.ranking",
      args: [nameOf(row), textArgument(hypotheses[next]?.title ?? "")],
    })),
    ...(leader === undefined || judged.verdict !== "insufficient_evidence"
      ? []
      : [
          traces.length > 0
            ? {
                key: "attribution.change.artefact",
                args: [textArgument(leader.title), { type: "number" as const, value: traces.length }],
              }
            : { key: "attribution.change.none", args: [textArgument(leader.title)] },
        ]),
  ];
}

/** What a row is about: its first argument, with its type, so that redaction still knows it. */
function nameOf({ what }: Row): ExplanationArg {
  return what.args[0] ?? textArgument("");
}

function specificTraces({ profile }: Hypothesis): string[] {
  return (profile?.artefacts ?? [])
    .filter(
      ({ specificity, kind, value }) => specificity === "specific" && comparable(kind, value).length > 0,
    )
    .map(({ value }) => value);
}

function collect(given: Given): Explanation[] {
  const { subject, hypotheses, judged, rows } = given;
  const leader = firstCluster(given);
  const seen = new Set(rows.map(({ key }) => key.slice(key.indexOf("|") + 1)));
  const open = (leader === undefined ? [] : specificTraces(leader)).filter(
    (value) => !seen.has(value.replaceAll("[.]", ".").toLowerCase()),
  );
  const next = hypotheses
    .map((hypothesis, at) => ({ hypothesis, posterior: judged.posteriors[at] ?? 0 }))
    .filter(({ hypothesis }) => hypothesis.kind === "cluster" && hypothesis !== leader)
    .sort((a, b) => b.posterior - a.posterior)[0]?.hypothesis;
  const own = [...(leader?.profile?.techniques.keys() ?? [])]
    .filter((id) => !(next?.profile?.techniques.has(id) ?? true) && !seen.has(id))
    .sort();
  return [
    ...(subject.hasHosts ? [] : [{ key: "attribution.collect.hosts", args: [] }]),
    ...(subject.hasNetwork ? [] : [{ key: "attribution.collect.network", args: [] }]),
    ...(leader === undefined || open.length === 0
      ? []
      : [
          {
            key: "attribution.collect.search",
            args: [textArgument(leader.title), { type: "list" as const, value: open.slice(0, MOST_LISTED) }],
          },
        ]),
    ...(leader === undefined || next === undefined || own.length === 0
      ? []
      : [
          {
            key: "attribution.collect.separate",
            args: [
              textArgument(leader.title),
              textArgument(next.title),
              { type: "list" as const, value: own.slice(0, MOST_LISTED) },
            ],
          },
        ]),
  ];
}
