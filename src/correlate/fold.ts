import { groupBy, unique } from "../kernel/group-by.js";
import { MINUTE, rfc3339 } from "../kernel/time.js";
import { severityRank } from "../model/finding.js";
import { type IncidentStep, TACTICS, type Tactic } from "../model/incident.js";
import type { Observation } from "./observation.js";

/** Two detectors or rules that name one technique on one host within this time saw one act. */
const ONE_ACT = 10 * MINUTE;
const LISTED = 50;

/**
 * Steps of an incident in order of time, near-duplicates folded into one: findings of one kind (detector and rule) about the same hosts, and
 * whatever names the same technique on the same host within ten minutes. What the chain uses is never folded away from its tactic.
 */
export function stepsOf(
  members: readonly Observation[],
  tacticOf: ReadonlyMap<number, Tactic>,
): IncidentStep[] {
  const alike = groupBy(members, (each) =>
    JSON.stringify([each.cls, techniquesOf([each]), each.hosts.map(({ key }) => key).sort()]),
  );
  const acts: Observation[][] = [];
  const open = new Map<string, { act: Observation[]; last: number }>();
  const ordered = [...alike.values()].sort((a, b) => firstOf(a) - firstOf(b));
  for (const group of ordered) {
    const lead = leadOf(group, tacticOf);
    const key = JSON.stringify([
      lead.hosts[0]?.key ?? "",
      techniquesOf([lead])[0]?.slice(0, 5) ?? lead.finding.id,
    ]);
    const before = open.get(key);
    if (before !== undefined && firstOf(group) - before.last <= ONE_ACT) {
      before.act.push(...group);
      before.last = Math.max(before.last, firstOf(group));
      continue;
    }
    const act = [...group];
    acts.push(act);
    open.set(key, { act, last: firstOf(group) });
  }
  const rank = ({ tactic }: IncidentStep) => (tactic === null ? TACTICS.length : TACTICS.indexOf(tactic));
  return acts
    .map((act) => ({ first: firstOf(act), step: stepOf(act, tacticOf) }))
    .sort((a, b) => a.first - b.first || rank(a.step) - rank(b.step))
    .map(({ step }) => step);
}

function firstOf(group: readonly Observation[]): number {
  return group.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
}

/** What is in the kill chain speaks for the others, then what is gravest. */
function leadOf(group: readonly Observation[], tacticOf: ReadonlyMap<number, Tactic>): Observation {
  return [...group].sort(
    (a, b) =>
      Number(tacticOf.has(b.index)) - Number(tacticOf.has(a.index)) ||
      severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
      b.finding.score - a.finding.score ||
      a.index - b.index,
  )[0] as Observation;
}

function stepOf(act: readonly Observation[], tacticOf: ReadonlyMap<number, Tactic>): IncidentStep {
  const lead = leadOf(act, tacticOf);
  const opening = act.reduce((first, each) => (each.first < first.first ? each : first));
  const closing = act.reduce((last, each) => (each.last > last.last ? each : last));
  const ordered = [lead, ...act.filter((each) => each !== lead)];
  const hosts = unique(ordered.flatMap((each) => each.hosts.map(({ entity }) => entity.value)));
  return {
    time: rfc3339(opening.first),
    last_seen: rfc3339(closing.last),
    what: lead.finding.title,
    host: hosts[0] ?? "",
    hosts: hosts.slice(0, LISTED),
    finding: lead.finding.id,
    also: unique(ordered.map(({ finding }) => finding.id)).filter((id) => id !== lead.finding.id),
    severity: lead.finding.severity,
    techniques: techniquesOf(ordered),
    tactic: tacticOf.get(lead.index) ?? lead.tactics[0] ?? null,
    in_chain: tacticOf.has(lead.index),
  };
}

export function techniquesOf(observations: readonly Observation[]): string[] {
  return unique(observations.flatMap(({ finding }) => finding.attack)).sort();
}
