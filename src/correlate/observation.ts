import { groupBy, unique } from "../kernel/group-by.js";
import { parseTime } from "../kernel/time.js";
import { type Entity, type Finding, severityRank } from "../model/finding.js";
import type { HostAlias } from "../model/host-identity.js";
import type { Tactic } from "../model/incident.js";
import { isSupporting } from "../model/supporting.js";
import { LINKS, PRIOR, WIDE_HOSTS } from "./limits.js";
import { type Node, nodeOf } from "./nodes.js";
import { tacticsOf } from "./tactics.js";

/** A finding as correlation sees it, or one part of it ({@link Finding.parts}). */
export interface Observation {
  /** Place in the list, in order of time. */
  index: number;
  finding: Finding;
  /** Organisation, or address plan where there is none; null where it spans several (a finding about a server itself). */
  scope: string | null;
  first: number;
  last: number;
  nodes: Node[];
  hosts: Node[];
  /** Belief in it by itself, 0..1. */
  prior: number;
  strong: boolean;
  /** What it would have in common with other cases of the same thing: detector, and rule where it has one. */
  cls: string;
  tactics: Tactic[];
  /** Names so many hosts, or so few over so long, that it must not tie them to each other. */
  wide: boolean;
}

/** What only supports is weak, whatever its severity: it may join an incident, and neither founds one nor ties two together. */
function isStrong(finding: Finding): boolean {
  return severityRank(finding.severity) >= severityRank("medium") && !isSupporting(finding);
}

function priorOf(finding: Finding): number {
  const bySeverity = PRIOR[finding.severity];
  return (isSupporting(finding) ? Math.min(bySeverity, PRIOR.low) : bySeverity) * (0.6 + 0.4 * finding.score);
}

export function observe(findings: readonly Finding[], alias: HostAlias): Observation[] {
  const nodeFor = remembered(fullNames(findings, alias));
  return findings
    .flatMap((finding) => partsOf(finding).map((part) => observation(finding, part, nodeFor)))
    .sort(
      (a, b) =>
        a.first - b.first ||
        compare(a.finding.id, b.finding.id) ||
        a.last - b.last ||
        compare(a.nodes[0]?.key ?? "", b.nodes[0]?.key ?? "") ||
        compare(a.nodes[1]?.key ?? "", b.nodes[1]?.key ?? ""),
    )
    .map((each, index) => ({ ...each, index }));
}

type NodeFor = (entity: Entity, scope: string) => Node | undefined;

/** One object and one text for each node, however many findings name it. */
function remembered(alias: HostAlias): NodeFor {
  const known = new Map<string, Node | undefined>();
  return (entity, scope) => {
    const at = `${scope}\n${entity.kind}\n${entity.role ?? ""}\n${entity.realm ?? ""}\n${entity.value}`;
    if (known.has(at)) return known.get(at);
    const node = nodeOf(entity, scope, alias);
    known.set(at, node);
    return node;
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Part = Pick<Finding, "first_seen" | "last_seen" | "entities">;

/**
 * The parts of a finding, or the whole where it has none, or is about so many hosts that it says how machines are here. What the finding names beside hosts and
 * accounts belongs to each part where there is one of its kind; of several nobody knows which goes with which.
 */
function partsOf(finding: Finding): Part[] {
  const { parts = [], entities } = finding;
  if (parts.length === 0 || isOfMany(finding)) return [finding];
  const others = groupBy(
    entities.filter((entity) => !isMachine(entity) && entity.kind !== "account"),
    ({ kind }) => kind,
  );
  const common = [...others.values()].flatMap((list) => (list.length === 1 ? list : []));
  return parts.map((part) => ({ ...part, entities: [...part.entities, ...common] }));
}

function isOfMany({ parts = [] }: Finding): boolean {
  const hosts = parts.flatMap((part) =>
    part.entities.filter(isMachine).map(({ value }) => value.toLowerCase()),
  );
  return new Set(hosts).size > WIDE_HOSTS;
}

const isMachine = ({ kind, realm }: Entity): boolean =>
  kind === "host" || (kind === "address" && realm !== undefined);

function observation(finding: Finding, part: Part, nodeFor: NodeFor): Observation {
  const times = [parseTime(part.first_seen), parseTime(part.last_seen)].filter(Number.isFinite);
  const first = times.length === 0 ? 0 : Math.min(...times);
  const last = times.length === 0 ? 0 : Math.max(...times);
  const scope = scopeOf(finding);
  const nodes = new Map<string, Node>();
  for (const entity of part.entities) {
    const node = nodeFor(entity, scope ?? "");
    if (node !== undefined && !nodes.has(node.key)) nodes.set(node.key, node);
  }
  const all = [...nodes.values()];
  const hosts = all.filter(({ kind }) => kind === "host");
  return {
    index: 0,
    finding,
    scope,
    first,
    last,
    nodes: all,
    hosts,
    prior: priorOf(finding),
    strong: isStrong(finding),
    cls: classOf(finding),
    tactics: stagesOf(finding.attack),
    wide:
      hosts.length > WIDE_HOSTS ||
      isOfMany(finding) ||
      (hosts.length > 1 && hosts.length === all.length && last - first > LINKS.host.window),
  };
}

/** What an intruder does before an intrusion is no stage of it where the finding also shows one: a rented server is seen because it is used. */
function stagesOf(attack: readonly string[]): Tactic[] {
  const all = unique(attack.flatMap(tacticsOf));
  const within = all.filter((tactic) => tactic !== "reconnaissance" && tactic !== "resource-development");
  return within.length > 0 ? within : all;
}

function classOf({ detector, facts }: Finding): string {
  return typeof facts.rule_id === "string" && facts.rule_id !== ""
    ? `${detector} ${facts.rule_id}`
    : detector;
}

/** What the scope of findings without an organisation begins with; the name of their address plan follows. */
export const OF_REALM = "realm:";

function scopeOf({ org_id: orgId, entities }: Finding): string | null {
  if (orgId !== null) return `org:${orgId}`;
  const realms = unique(entities.flatMap((entity) => (isHostLike(entity) ? [entity.realm ?? ""] : [])));
  return realms.length > 1 ? null : `${OF_REALM}${realms[0] ?? ""}`;
}

function isHostLike({ kind }: Entity): boolean {
  return kind === "host" || kind === "account" || kind === "process";
}

/** Logs name a machine with its domain or without: the short name stands for the long one where only one long one begins with it. */
function fullNames(findings: readonly Finding[], alias: HostAlias): HostAlias {
  const full = new Map<string, string | null>();
  for (const { entities } of findings)
    for (const { kind, value, realm = "" } of entities) {
      const lower = value.trim().toLowerCase();
      const dot = lower.indexOf(".");
      if (kind !== "host" || dot <= 0 || !/[a-z]/.test(lower) || lower.includes(":")) continue;
      const key = `${realm}|${lower.slice(0, dot)}`;
      const known = full.get(key);
      full.set(key, known === undefined || known === lower ? lower : null);
    }
  return (realm, value) => alias(realm, full.get(`${realm}|${value}`) ?? value);
}
