import { groupBy, unique } from "../kernel/group-by.js";
import { contentId } from "../kernel/ids.js";
import { joinItems, nameArgument } from "../kernel/lists.js";
import { rfc3339 } from "../kernel/time.js";
import {
  type Entity,
  type ExplanationArg,
  SEVERITIES,
  type Severity,
  severityRank,
  strictestTlp,
} from "../model/finding.js";
import { type Incident, type IncidentMember, type Tactic, tacticName } from "../model/incident.js";
import { kindText } from "../model/words.js";
import { stepsOf, techniquesOf } from "./fold.js";
import { say } from "./messages.js";
import type { Node } from "./nodes.js";
import type { Observation } from "./observation.js";
import { type Rarity, type Scored, scoreOf } from "./score.js";
import type { Belief } from "./spread.js";

const LISTED_ENTITIES = 60;
/** Order from which a sequence raises an incident above its gravest finding: two further stages that are likely. */
const RAISING_ORDER = 0.65;

/** Observations that belong together, before anything is made of them. */
export interface Cluster {
  strong: Observation[];
  /** Brought in by belief, or findings about many hosts at once. */
  related: Observation[];
  /** What only weak findings know that parts of it have in common. */
  bridges: Node[];
}

/** An incident with what later steps need and the contract does not have. */
export interface Built {
  incident: Incident;
  cluster: Cluster;
  scope: string | null;
  seed: Node | undefined;
}

export function build(cluster: Cluster, beliefs: readonly Belief[], rarity: Rarity): Built {
  const strong = [...cluster.strong].sort((a, b) => a.index - b.index);
  const related = [...cluster.related].sort((a, b) => a.index - b.index);
  const members = [...strong, ...related].sort((a, b) => a.index - b.index);
  const isStrong = new Set(strong);
  // Findings that only say how machines are here are no stage of anything.
  const acting = members.filter((each) => isStrong.has(each) || !each.wide);
  const scored = scoreOf(strong, acting, rarity);
  const tacticOf = new Map(
    scored.chain.map(({ item, tactic }) => [(acting[item] as Observation).index, tactic] as const),
  );
  const steps = stepsOf(
    members.filter(({ finding }) => severityRank(finding.severity) >= severityRank("low")),
    tacticOf,
  );
  const tactics = scored.chain.map(({ tactic }) => tactic);
  const hosts = namesOf(strong, "host");
  const accounts = namesOf(members, "account");
  const last = members.reduce((latest, each) => (each.last > latest.last ? each : latest));
  const [first] = strong as [Observation];
  const orgId = first.finding.org_id;
  const seed = seedOf(strong);
  return {
    cluster,
    scope: first.scope,
    seed,
    incident: {
      id: "",
      title: titleOf(tactics, first, hosts, strong),
      severity: severityOf(strong, scored),
      score: scored.score,
      components: scored.components,
      status: "new",
      first_seen: rfc3339(first.first),
      last_seen: rfc3339(last.last),
      org_ids: orgId === null ? [] : [orgId],
      hosts,
      accounts,
      techniques: techniquesOf(members),
      tactics,
      findings: unique(members.map(({ finding }) => finding.id)),
      members: membersOf(members, isStrong, beliefs),
      steps,
      entities: entitiesOf(members),
      explanation: explanationOf({ strong, bridges: cluster.bridges }, members, scored, orgId, hosts),
      caveats: caveatsOf(strong),
      campaign_id: null,
      tlp: strictestTlp(members.map(({ finding }) => finding.tlp)),
    },
  };
}

/**
 * The entity that gives the incident its identity: the host of the earliest strong finding (the first by name of several), an account or whatever
 * it names where it names no host. Later evidence changes neither.
 */
function seedOf(strong: readonly Observation[]): Node | undefined {
  const [earliest] = strong;
  if (earliest === undefined) return undefined;
  const rank = ({ kind }: Node) => (kind === "host" ? 0 : kind === "account" ? 1 : 2);
  return [...earliest.nodes].sort((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1))[0];
}

/** Ids of organisation and seed entity; where one entity opens several incidents, they are counted in order of time. */
export function nameIncidents(built: readonly Built[]): void {
  const ordered = [...built].sort(
    (a, b) => (a.cluster.strong[0] as Observation).index - (b.cluster.strong[0] as Observation).index,
  );
  for (const list of groupBy(ordered, ({ scope, seed }) => `${scope}\n${seed?.key ?? ""}`).values())
    for (const [place, { incident, scope, seed }] of list.entries())
      incident.id = `incident-${contentId("incident", scope ?? "", seed?.key ?? "", place === 0 ? "" : String(place)).slice(0, 12)}`;
}

function severityOf(strong: readonly Observation[], { order }: Scored): Severity {
  const gravest = Math.max(...strong.map(({ finding }) => severityRank(finding.severity)));
  return SEVERITIES[Math.min(SEVERITIES.length - 1, gravest + (order >= RAISING_ORDER ? 1 : 0))] ?? "medium";
}

function namesOf(observations: readonly Observation[], kind: "host" | "account"): string[] {
  const names = new Map<string, string>();
  for (const { nodes } of observations)
    for (const node of nodes)
      if (node.kind === kind && !names.has(node.key)) names.set(node.key, node.entity.value);
  return [...names.values()];
}

/** One for each finding: of several parts the strong one, else the one that is believed most. */
function membersOf(
  members: readonly Observation[],
  isStrong: ReadonlySet<Observation>,
  beliefs: readonly Belief[],
): IncidentMember[] {
  return [...groupBy(members, ({ finding }) => finding.id).values()].map((parts) => {
    const [best] = parts.toSorted(
      (a, b) =>
        Number(isStrong.has(b)) - Number(isStrong.has(a)) ||
        (beliefs[b.index] as Belief).value - (beliefs[a.index] as Belief).value,
    ) as [Observation];
    return memberOf(best, isStrong.has(best), beliefs);
  });
}

function memberOf(observation: Observation, isStrong: boolean, beliefs: readonly Belief[]): IncidentMember {
  const { value, from, via } = beliefs[observation.index] as Belief;
  return {
    finding: observation.finding.id,
    belief: Math.round(Math.min(1, value) * 1000) / 1000,
    basis: isStrong ? "strong" : "related",
    from: from?.finding.id ?? null,
    via: via?.entity ?? null,
  };
}

function entitiesOf(members: readonly Observation[]): Incident["entities"] {
  const counts = new Map<string, { entity: Entity; findings: number }>();
  for (const { nodes } of members)
    for (const { key, entity } of nodes) {
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { entity, findings: 1 });
      else known.findings++;
    }
  return [...counts.values()]
    .sort((a, b) => b.findings - a.findings || (a.entity.value < b.entity.value ? -1 : 1))
    .slice(0, LISTED_ENTITIES)
    .map(({ entity, findings }) => ({ ...entity, findings }));
}

function titleOf(
  tactics: readonly Tactic[],
  first: Observation,
  hosts: readonly string[],
  strong: readonly Observation[],
): string {
  if (countOf(strong) === 1) return first.finding.title;
  const what =
    tactics.length === 0 ? say("incident.title.findings", countOf(strong)) : inOrder(tactics.map(tacticName));
  const [leading] = hosts;
  if (leading === undefined) return what;
  const where = nameArgument("host", leading);
  return hosts.length === 1
    ? say("incident.title", where, what)
    : say("incident.title.hosts", where, hosts.length - 1, what);
}

function inOrder(tactics: readonly string[]): string {
  const [last = "", ...before] = tactics.toReversed();
  return before.length === 0 ? last : say("incident.title.order", joinItems(before.toReversed()), last);
}

function explanationOf(
  { strong, bridges }: Pick<Cluster, "strong" | "bridges">,
  members: readonly Observation[],
  { chain }: Scored,
  orgId: string | null,
  hosts: readonly string[],
): Incident["explanation"] {
  const tag = orgId === null ? {} : { org: orgId };
  const [first] = strong as [Observation];
  const last = members.reduce((latest, each) => (each.last > latest.last ? each : latest));
  const tactics = unique(
    chain.length > 0
      ? chain.map(({ tactic }) => tacticName(tactic))
      : strong.flatMap((each) => each.tactics.slice(0, 1).map(tacticName)),
  );
  const key =
    countOf(strong) === 1 ? "incident.single" : chain.length > 1 ? "incident.sequence" : "incident.pile";
  const args: ExplanationArg[] = [
    { type: "number", value: countOf(members) },
    hosts.length === 0
      ? { type: "text", value: say("incident.no-host") }
      : { type: "list", value: hosts.slice(0, 50), ...tag },
    { type: "time", value: rfc3339(first.first) },
    { type: "time", value: rfc3339(last.last) },
    { type: "number", value: countOf(strong) },
    { type: "list", value: tactics.length === 0 ? [say("incident.no-technique")] : tactics },
    { type: "host", value: first.hosts[0]?.entity.value ?? say("incident.no-host"), ...tag },
    {
      type: "list",
      value: unique([
        ...tiesOf(strong),
        ...bridges
          .slice(0, 8)
          .map(({ entity }) => say("incident.tie.weak", kindText(entity.kind), entity.value)),
      ]),
      ...tag,
    },
  ];
  return { key, args };
}

/** Findings, of which several may be parts. */
const countOf = (observations: readonly Observation[]): number =>
  new Set(observations.map(({ finding }) => finding.id)).size;

/** What at least two of the strong findings have in common, most of them first. */
function tiesOf(strong: readonly Observation[]): string[] {
  const counts = new Map<string, { node: Node; count: number }>();
  for (const { nodes } of strong)
    for (const node of nodes) {
      const known = counts.get(node.key);
      if (known === undefined) counts.set(node.key, { node, count: 1 });
      else known.count++;
    }
  return [...counts.values()]
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || (a.node.key < b.node.key ? -1 : 1))
    .slice(0, 8)
    .map(({ node }) => say("incident.tie", kindText(node.entity.kind), node.entity.value));
}

function caveatsOf(strong: readonly Observation[]): string[] {
  const isOneDetector = new Set(strong.map(({ finding }) => finding.detector)).size === 1;
  return [
    say("incident.caveat.joined"),
    ...(isOneDetector ? [say("incident.caveat.one-detector")] : []),
    ...(strong.every(({ finding }) => finding.evidence.length === 0) ? [say("incident.caveat.no-line")] : []),
  ];
}
