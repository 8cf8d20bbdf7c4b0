/**
 * What kind of relation a contact is. One rule for every detector and for the assessment, so that a "single visit" is the same thing
 * everywhere. Pure; the thresholds are detector parameters.
 */
export const RELATION_KINDS = ["persistent", "repeated", "single", "lookup_only", "scanning"] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

export type Direction = "outbound" | "inbound";

/** Sums over one relation. "Out" is always from our side to theirs, whoever opened the connection. */
export interface RelationFacts {
  /** Who opened the connections: `outbound` is one of ours. */
  direction: Direction;
  /** Attempts; 0 where only name look-ups were seen. */
  connections: number;
  answered: number;
  bytesOut: number;
  bytesIn: number;
  activeDays: number;
  /** Days from the first contact to the last, both counted. */
  spanDays: number;
  /** The most distinct (address, port) targets contacted on one day. */
  peakTargets: number;
}

export interface RelationThresholds {
  /** Active days that make a relation persistent, if they stretch over `persistentSpanDays`. */
  persistentDays: number;
  persistentSpanDays: number;
  /** Connections on one single day that are more than a visit. */
  repeatedConnections: number;
  /** Targets on one day at and above which unanswered or nearly empty contact is a scan. */
  scanTargets: number;
  /** Bytes a connection, both ways, below which there was no conversation. */
  scanBytes: number;
  /** Bytes an active day, both ways, that inbound contact must exchange to be more than probing of a public service. */
  inboundDayBytes: number;
}

export const RELATION_THRESHOLDS: RelationThresholds = {
  persistentDays: 5,
  persistentSpanDays: 10,
  repeatedConnections: 10,
  scanTargets: 20,
  scanBytes: 200,
  inboundDayBytes: 100_000,
};

/**
 * Rules, first match wins:
 * 1. no connection, only look-ups: `lookup_only`;
 * 2. inbound without an answer, without bytes both ways, or below `inboundDayBytes` an active day: `scanning` (anyone may knock);
 * 3. outbound to `scanTargets` or more targets on one day, and mostly unanswered or nearly empty: `scanning`;
 * 4. answered contact on `persistentDays` days over `persistentSpanDays`: `persistent`;
 * 5. more than one day, or `repeatedConnections` connections: `repeated` (also where nobody answered: a beacon to a dead server);
 * 6. else `single`.
 */
export function classifyRelation(
  facts: RelationFacts,
  thresholds: RelationThresholds = RELATION_THRESHOLDS,
): RelationKind {
  if (facts.connections <= 0) return "lookup_only";
  if (facts.direction === "inbound" ? isKnocking(facts, thresholds) : isSweeping(facts, thresholds)) {
    return "scanning";
  }
  const lasting =
    facts.activeDays >= thresholds.persistentDays && facts.spanDays >= thresholds.persistentSpanDays;
  if (facts.answered > 0 && lasting) return "persistent";
  if (facts.activeDays > 1 || facts.connections >= thresholds.repeatedConnections) return "repeated";
  return "single";
}

function isKnocking(facts: RelationFacts, thresholds: RelationThresholds): boolean {
  if (facts.answered <= 0 || facts.bytesOut <= 0 || facts.bytesIn <= 0) return true;
  return facts.bytesOut + facts.bytesIn < thresholds.inboundDayBytes * Math.max(1, facts.activeDays);
}

function isSweeping(facts: RelationFacts, thresholds: RelationThresholds): boolean {
  if (facts.peakTargets < thresholds.scanTargets) return false;
  const mostlyUnanswered = facts.answered * 2 < facts.connections;
  const nearlyEmpty = facts.bytesOut + facts.bytesIn < thresholds.scanBytes * facts.connections;
  return mostlyUnanswered || nearlyEmpty;
}

/** How much a kind says, most first; the kind of several relations together is that of the strongest. */
const STRENGTH: Record<RelationKind, number> = {
  persistent: 4,
  repeated: 3,
  single: 2,
  lookup_only: 1,
  scanning: 0,
};

export function strongestRelation(kinds: readonly RelationKind[]): RelationKind {
  return kinds.reduce<RelationKind>(
    (best, kind) => (STRENGTH[kind] > STRENGTH[best] ? kind : best),
    "scanning",
  );
}
