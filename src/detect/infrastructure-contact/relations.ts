import { groupBy } from "../../kernel/group-by.js";
import type { OrganisationDirectory } from "../../model/organisation.js";
import {
  classifyRelation,
  type Direction,
  type RelationFacts,
  type RelationKind,
  type RelationThresholds,
  strongestRelation,
} from "../../model/relation.js";
import type { ScanContacts, TriedTarget } from "../../model/scan-contact.js";
import { type ActiveDay, activeDayNumbers, mergeDays } from "../shared/activity.js";
import { isPrivateAddress } from "../shared/endpoint.js";

/** One of our hosts and one watched server, on one port in one direction; or a name looked up and never connected to (no server). */
export interface Relation {
  realm: string;
  ours: string;
  /** Address; empty for look-ups. */
  server: string;
  port: number;
  direction: Direction;
  sensors: string[];
  channels: string[];
  /** Watched names and fingerprints that showed in it. */
  labels: string[];
  days: ActiveDay[];
  first: number;
  last: number;
  indicators: number[];
  /** How the server is known: `address`, `network`, `name`, `certificate`, `fingerprint`. */
  matchedBy: string[];
  /** The server end is inside (a proxy): volumes of the flow are not the server's. */
  proxied: boolean;
  /** Set where this is the same traffic seen again behind address translation. */
  translated?: boolean;
}

/** Splits a relation where its address changed hands (inventories are valid in time). `undefined`: nobody's address. */
export function byOwner(
  relation: Relation,
  directory: OrganisationDirectory,
): [string | undefined, Relation][] {
  const history = directory.history(relation.realm, relation.ours);
  const [only] = history;
  if (only === undefined) return [[undefined, relation]];
  if (history.length === 1 && only.from <= relation.first && only.to > relation.last) {
    return [[only.organisation.orgId, relation]];
  }
  const owners = new Map<string | undefined, ActiveDay[]>();
  for (const day of relation.days) {
    const at = Math.min(Math.max(day.day * 86_400_000, relation.first), relation.last);
    const owner = directory.resolve(relation.realm, relation.ours, at)?.orgId;
    owners.set(owner, [...(owners.get(owner) ?? []), day]);
  }
  if (owners.size === 1) return [[[...owners.keys()][0], relation]];
  return [...owners].map(([owner, days]) => {
    const from = (days[0]?.day ?? 0) * 86_400_000;
    const to = ((days.at(-1)?.day ?? 0) + 1) * 86_400_000;
    return [
      owner,
      { ...relation, days, first: Math.max(relation.first, from), last: Math.min(relation.last, to) },
    ];
  });
}

export interface Totals {
  connections: number;
  answered: number;
  bytesOut: number;
  bytesIn: number;
}

export function totals(relations: readonly Relation[]): Totals {
  const sum: Totals = { connections: 0, answered: 0, bytesOut: 0, bytesIn: 0 };
  for (const relation of relations) {
    if (relation.translated === true) continue;
    for (const day of relation.days) {
      sum.connections += day.connections;
      sum.answered += day.answered;
      sum.bytesOut += day.out;
      sum.bytesIn += day.in;
    }
  }
  return sum;
}

export function factsOf(
  relations: readonly Relation[],
  direction: Direction,
  scans: ScanContacts,
): RelationFacts {
  const days = activeDayNumbers(mergeDays(relations.map((each) => each.days)));
  const targets = new Map<number, Set<string>>();
  for (const each of relations) {
    const target = `${direction === "inbound" ? each.ours : each.server}|${each.port}`;
    for (const { day } of each.days) targets.set(day, (targets.get(day) ?? new Set()).add(target));
  }
  return {
    direction,
    ...totals(relations),
    activeDays: days.length,
    spanDays: days.length === 0 ? 0 : (days.at(-1) as number) - (days[0] as number) + 1,
    peakTargets: Math.max(
      direction === "outbound" ? scans.breadthOf(triedTargets(relations)) : 0,
      ...[...targets.values()].map((set) => set.size),
    ),
  };
}

/** One at a time: most hosts never scan, and the first contact tells. */
function* triedTargets(relations: readonly Relation[]): Generator<TriedTarget> {
  for (const { realm, ours, server, port, days } of relations)
    for (const { day } of days) yield { realm, host: ours, server, port, day };
}

/** A kind, and the relations that make it. */
export interface Classified {
  kind: RelationKind;
  direction: Direction;
  /** Relations that are not a scan; scans by themselves if there is nothing else. */
  relations: Relation[];
  scans: Relation[];
}

/**
 * Outbound: each host by itself first, so that a host that sweeps does not lend its days to the others; what remains is judged as one
 * relation, since address translation and changing leases spread one implant over several addresses. Inbound: each host by itself, since
 * many hosts each knocked at once are a scan, however often it comes back.
 */
export function classify(
  relations: readonly Relation[],
  thresholds: RelationThresholds,
  known: ScanContacts,
): Classified {
  const kinds: { kind: RelationKind; direction: Direction }[] = [];
  const kept: Relation[] = [];
  const scans: Relation[] = [];
  const lookups = relations.filter((each) => each.server === "");
  const groups = groupBy(
    relations.filter((each) => each.server !== ""),
    (each) => `${each.direction}|${each.realm}|${each.ours}`,
  );
  const outbound: Relation[] = [];
  for (const list of groups.values()) {
    const direction = (list[0] as Relation).direction;
    const kind = classifyRelation(factsOf(list, direction, known), thresholds);
    // Item by item: a scan of a network has more relations than a call may have arguments.
    const into = kind === "scanning" ? scans : direction === "outbound" ? outbound : kept;
    for (const each of list) into.push(each);
    if (kind !== "scanning" && direction === "inbound") kinds.push({ kind, direction });
  }
  if (outbound.length > 0) {
    for (const each of outbound) kept.push(each);
    const facts = factsOf(outbound, "outbound", known);
    // Already cleared of sweeping host by host: many hosts together must not become a sweep again.
    kinds.push({
      kind: classifyRelation({ ...facts, peakTargets: 0 }, thresholds),
      direction: "outbound",
    });
  }
  if (lookups.length > 0) kinds.push({ kind: "lookup_only", direction: "outbound" });
  const kind = strongestRelation(kinds.map((each) => each.kind));
  const direction = kinds.find((each) => each.kind === kind)?.direction ?? scans[0]?.direction ?? "outbound";
  if (kind === "scanning") return { kind, direction, relations: scans, scans };
  return { kind, direction, relations: [...kept, ...lookups], scans };
}

/**
 * Address translation: the same contact seen inside with a private address and outside with the gateway's. Where other sensors saw
 * private hosts of the same organisation with the same server and port in (nearly) all hours of the public one, and about as many
 * connections, the public one is that traffic again: it stays visible, and is not counted a second time.
 */
export function markTranslated(relations: readonly Relation[]): Relation[] {
  const groups = groupBy(relations, (each) => `${each.server}|${each.port}|${each.direction}`);
  return [...groups.values()].flatMap((list) => {
    const inside = list.filter((each) => isPrivateAddress(each.ours));
    if (inside.length === 0 || inside.length === list.length) return list;
    const insideDays = new Map(mergeDays(inside.map((each) => each.days)).map((each) => [each.day, each]));
    const insideSensors = new Set(inside.flatMap((each) => each.sensors));
    return list.map((each) => {
      if (isPrivateAddress(each.ours) || each.sensors.some((sensor) => insideSensors.has(sensor)))
        return each;
      return isSameTraffic(each.days, insideDays) ? { ...each, translated: true } : each;
    });
  });
}

function isSameTraffic(outside: readonly ActiveDay[], inside: ReadonlyMap<number, ActiveDay>): boolean {
  let hours = 0;
  let shared = 0;
  let outsideCount = 0;
  let insideCount = 0;
  for (const each of outside) {
    const other = inside.get(each.day);
    hours += bits(each.mask);
    shared += bits(each.mask & (other?.mask ?? 0));
    outsideCount += each.connections;
    insideCount += other?.connections ?? 0;
  }
  return hours > 0 && shared >= 0.8 * hours && outsideCount <= 1.25 * insideCount;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
