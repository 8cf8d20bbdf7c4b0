import { countWhile } from "../../kernel/sorted.js";
import { MINUTE } from "../../kernel/time.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { isSameAccount } from "../shared/logons.js";
import type { Means } from "./means.js";

/** An account as the logs spell it, and its name and domain in one form. An account that is not known has the name ''. */
export interface Account {
  name: string;
  domain: string;
  label: string;
}

/** From one host to another with one account, however often. */
export interface Step {
  realm: string;
  /** Whose the host is that tells of it; '' where nobody knows. */
  owner: string;
  /** Names of hosts without domain, or addresses of which no host is known; '' where no record says from where. */
  source: string;
  target: string;
  account: Account;
  /** Who acted on the source, where it was another account that gave these credentials. */
  actor: Account | undefined;
  means: Map<Means, MeansUse>;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  /** Beginnings of the quarters of an hour in which something of it was seen, the first {@link MOMENTS_KEPT} of each kind of act, in order. */
  moments: number[];
  /** How new this way is to an administrator's account, 0..1; undefined where there is no history to say so. */
  novelty: number | undefined;
  /** One of many hosts that the account reached or tried within an hour. */
  isFanOut?: boolean;
  /** Known from the network alone: an account that an event log names for the same way and time is its account. */
  isOfWire?: boolean;
  evidence: { line: EventLine; what: string }[];
}

export interface MeansUse {
  detail: string;
  count: number;
  /** Days since 1970 on which it was seen, at most {@link DAYS_KEPT}. */
  days: number[];
  isCustom: boolean;
}

/** What the queries of this detector give: steps of one means. */
export interface StepRow {
  realm: string;
  owner: string;
  source: string;
  target: string;
  name: string;
  domain: string;
  label: string;
  actor: string;
  means: string;
  detail: string;
  count: number | string;
  first: number | string;
  last: number | string;
  days: (number | string)[];
  /** Seconds since 1970. */
  moments: (number | string)[];
  lines: [unknown, unknown, unknown, EventLine][];
  /** Groups that there are, also those beyond the limit. */
  groups: number | string;
}

export const DAYS_KEPT = 30;
const MOMENTS_KEPT = 200;
export const MOMENT = 15 * MINUTE;
const LINES = 3;

/**
 * SQL of {@link StepRow}s over rows with `realm`, `owner`, `source`, `target`, `name`, `domain`, `label`, `actor`, `means`, `detail`, `line` and the columns of
 * {@link eventOrderSql}; the rarest first, because what happens all the time is custom. Parameter `most`.
 */
export const stepsSql = (from: string): string =>
  `SELECT realm, owner, source, target, name, domain, actor, means, argMin(label, ${eventOrderSql}) AS label, substringUTF8(argMin(detail, ${eventOrderSql}), 1, 200) AS detail,
    count() AS count, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last,
    ${firstValuesSql(DAYS_KEPT, "toUInt32(toDate(time))")} AS days,
    ${firstValuesSql(MOMENTS_KEPT, "toUInt32(toStartOfFifteenMinutes(time))")} AS moments,
    groupArraySorted(${LINES})((time, source_id, source_line, line)) AS lines, count() OVER () AS groups
  FROM (${from}) WHERE target != '' AND source != target
  GROUP BY realm, owner, source, target, name, domain, actor, means
  ORDER BY count, first, realm, owner, source, target, name, domain, actor, means LIMIT {most:UInt32}`;

export const LINE_SQL = eventLineSql;
/** The same of a row that a sensor on the network wrote: in the place of the host its table, and no event. */
export const LINE_OF_WIRE = "tuple(toString(time), toString(source_id), source_line, table_name, 0, '')";

/** SQL: an address that is not the host's own loopback, as people write it; '' else. The argument is SQL of ours. */
export const remoteAddress = (text: string): string =>
  `if(toIPv6OrDefault(${text}) IN (toIPv6('::'), toIPv6('::1'), toIPv6('127.0.0.1'), toIPv6('0.0.0.0')), '', replaceOne(toString(toIPv6OrDefault(${text})), '::ffff:', ''))`;

export function isKnownAccount({ name }: Account): boolean {
  return name !== "";
}

/** Adds times at which something of the step was seen, milliseconds UTC. */
export function addMoments(step: Step, times: readonly number[]): void {
  const moments = times.map((time) => Math.floor(time / MOMENT) * MOMENT);
  step.moments = [...new Set([...step.moments, ...moments])].sort((a, b) => a - b);
}

/**
 * Time since the step was last seen, at a time from its first on: a way that is used again weeks later was not in use all the while. Milliseconds, to a quarter of an hour.
 */
export function sinceSeen({ first, last, moments }: Step, at: number): number {
  if (at >= last) return at - last;
  const moment = moments[countWhile(moments, (each) => each <= at) - 1] ?? first;
  return Math.max(0, at - Math.max(first, moment + MOMENT));
}

/** Whether both are known and cannot be one. */
export function isOtherAccount(a: Account, b: Account): boolean {
  return isKnownAccount(a) && isKnownAccount(b) && !isSameAccount(a, b);
}
