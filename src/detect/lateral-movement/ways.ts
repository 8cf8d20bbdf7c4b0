import { DAY } from "../../kernel/time.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type DomainNames, domainSql } from "../shared/account-domains.js";
import { type EventLine, eventOrderSql } from "../shared/event-evidence.js";
import { ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, HOST_SQL, OF_PEOPLE_SQL, SOURCE_SQL } from "../shared/logons.js";
import { type CriticalHosts, hostKey } from "./critical.js";
import { LINE_SQL } from "./step.js";

/** Who got special privileges where (4672): an administrator of that host. */
export const ADMINISTRATORS = `SELECT address_realm, ${HOST_SQL}, ${ACCOUNT_SQL} FROM authentication WHERE metadata_event_code = 4672 AND ${OF_PEOPLE_SQL}`;

/** Logons from another host over the network or by remote desktop, and tickets for hosts that keep no log here. */
const REACHED = `((metadata_event_code = 4624 AND logon_type IN (3, 10) AND (logon_type = 10 OR (address_realm, ${HOST_SQL}, ${ACCOUNT_SQL}) IN (${ADMINISTRATORS})))
  OR (metadata_event_code = 4769 AND status = 'Success' AND endsWith(service_name, '$') AND (address_realm, ${ACCOUNT_SQL}) IN (SELECT address_realm, name FROM (SELECT address_realm, ${ACCOUNT_SQL} AS name FROM authentication WHERE metadata_event_code = 4672 AND ${OF_PEOPLE_SQL}))))`;

const WAYS = `SELECT realm, name, domain, source, target, argMin(owner, ${eventOrderSql}) AS owner, argMin(label, ${eventOrderSql}) AS label, max(is_desktop) AS desktop, count() AS count,
    toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last, argMin(line, ${eventOrderSql}) AS line
  FROM (SELECT address_realm AS realm, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, ${SOURCE_SQL} AS source, ${ownerSql} AS owner, logon_type = 10 AS is_desktop, time, source_id, source_line,
      if(metadata_event_code = 4769, lower(trim(TRAILING '$' FROM service_name)), ${HOST_SQL}) AS target,
      if(user_domain IN ('', '-'), user_name, concat(user_domain, '\\\\', user_name)) AS label, ${LINE_SQL} AS line
    FROM authentication WHERE ${OF_PEOPLE_SQL} AND ${REACHED} AND ${SOURCE_SQL} != ${HOST_SQL})
  WHERE source != target GROUP BY realm, name, domain, source, target ORDER BY realm, name, domain, first, source, target`;

/** Days on which administrators were in use, and from when on hosts have a security log. */
const DAYS = `SELECT address_realm AS realm, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, arraySort(groupUniqArray(toUInt32(toDate(time)))) AS days
  FROM authentication WHERE status = 'Success' AND metadata_event_code IN (4624, 4648, 4768) AND ${OF_PEOPLE_SQL}
    AND (address_realm, name) IN (SELECT address_realm, ${ACCOUNT_SQL} FROM authentication WHERE metadata_event_code = 4672 AND ${OF_PEOPLE_SQL})
  GROUP BY realm, name, domain`;
const SINCE = `SELECT address_realm AS realm, ${HOST_SQL} AS host, toUnixTimestamp64Milli(min(time)) AS since
  FROM (SELECT address_realm, computer AS device_hostname, time FROM windows_event WHERE channel = 'Security') GROUP BY realm, host`;

/** A way on which one account reached one host from another. */
export interface Way {
  realm: string;
  owner: string;
  name: string;
  domain: string;
  label: string;
  source: string;
  target: string;
  desktop: boolean;
  count: number;
  first: number;
  last: number;
  line: EventLine;
  /** How new it was when it was first taken, 0..1: less where the account takes new ones all the time; undefined where there is no history to say so. */
  novelty: number | undefined;
}

/** From when on hosts are known, milliseconds UTC, by {@link hostKey}. */
export type Since = ReadonlyMap<string, number>;

export async function securityLogsSince(context: DetectContext): Promise<Since> {
  const rows = await context.query<{ realm: string; host: string; since: number | string }>(SINCE);
  return new Map(rows.map(({ realm, host, since }) => [hostKey(realm, host), Number(since)]));
}

type WayRow = Omit<Way, "novelty" | "count" | "first" | "last" | "desktop"> &
  Record<"count" | "first" | "last" | "desktop", number | string>;

/** Ways of administrators and of remote desktops, account by account in order of time, each with how new it was. */
export async function* ways(
  context: DetectContext,
  names: DomainNames,
  owners: SqlParameters,
  since: Since,
): AsyncGenerator<Way> {
  const { from, to } = names;
  const active = new Map<string, number[]>();
  type DayRow = { realm: string; name: string; domain: string; days: (number | string)[] };
  for await (const { realm, name, domain, days } of context.stream<DayRow>(DAYS, { from, to }))
    active.set(JSON.stringify([realm, name, domain]), days.map(Number));
  const limits = {
    days: context.parameter("history_days"),
    active: context.parameter("history_active_days"),
  };
  let account = "";
  let before = 0;
  for await (const row of context.stream<WayRow>(WAYS, { ...owners, from, to })) {
    const key = JSON.stringify([row.realm, row.name, row.domain]);
    if (key !== account) before = 0;
    account = key;
    const first = Number(row.first);
    const days = active.get(key) ?? [];
    const known = since.get(hostKey(row.realm, row.target));
    yield {
      ...row,
      desktop: Number(row.desktop) === 1,
      count: Number(row.count),
      first,
      last: Number(row.last),
      novelty: noveltyOf(first, days, known, before, limits),
    };
    before++;
  }
}

/**
 * @param days on which the account was in use, days since 1970, in order
 * @param known from when on the host that is reached has a log
 * @param before ways that the account took earlier
 */
export function noveltyOf(
  first: number,
  days: readonly number[],
  known: number | undefined,
  before: number,
  limits: { days: number; active: number },
): number | undefined {
  const [begin] = days;
  if (begin === undefined || known === undefined) return undefined;
  const today = Math.floor(first / DAY);
  const activeBefore = days.filter((day) => day < today).length;
  const isKnown =
    today - begin >= limits.days && activeBefore >= limits.active && first - known >= limits.days * DAY;
  return isKnown ? Math.max(0, 1 - Math.max(0, before - 1) / activeBefore) : undefined;
}

/** Who reached critical hosts from where first, whoever it was. */
export class CriticalWays {
  readonly #first = new Map<string, number>();

  constructor(private readonly critical: CriticalHosts) {}

  add({ realm, source, target, first }: Pick<Way, "realm" | "source" | "target" | "first">): void {
    if (!this.critical.has(hostKey(realm, target))) return;
    const key = JSON.stringify([realm, source, target]);
    const known = this.#first.get(key);
    if (known === undefined || first < known) this.#first.set(key, first);
  }

  /** Whether nobody reached that host from there before. */
  isFirst({ realm, source, target, first }: Pick<Way, "realm" | "source" | "target" | "first">): boolean {
    return (this.#first.get(JSON.stringify([realm, source, target])) ?? first) >= first;
  }
}
