import { chunks } from "../../../kernel/group-by.js";
import { HOUR } from "../../../kernel/time.js";
import type { ExposureAt } from "../../../schedule/index.js";
import type { DetectContext } from "../../port.js";
import { ACCOUNT_SQL, DOMAIN_SQL, HOST_SQL, IN_USE_SQL, OF_PEOPLE_SQL } from "../../shared/logons.js";
import { exposureOver, type Watched } from "../exposure.js";
import { type OrganisationRhythm, rhythmFrom, rhythmsOf } from "../rhythm.js";
import type { AccountLogons } from "./logons.js";

/** Hours of the UTC day in which a log has events, as a bit mask, by day since 1970. By `realm host`. */
export type LogHours = ReadonlyMap<string, ReadonlyMap<number, number>>;

const CHUNK = 500;
/** Logs of one account that are read, those with most of its logons first. */
const MOST_LOGS = 500;

/**
 * When the security logs of these hosts demonstrably had events. Not counted are those that name one of the accounts in question: a log that has nothing but them would make
 * their owner's nights invisible.
 */
const LOG_HOURS = `SELECT address_realm AS realm, ${HOST_SQL.replaceAll("device_hostname", "computer")} AS host, toUInt32(toDate(time)) AS day,
    groupBitOr(bitShiftLeft(toUInt32(1), toHour(time))) AS mask
  FROM windows_event
  WHERE channel = 'Security' AND computer IN {computers:Array(String)}
    AND lower(splitByChar('@', data['TargetUserName'])[1]) NOT IN {names:Array(String)} AND lower(data['SubjectUserName']) NOT IN {names:Array(String)}
  GROUP BY realm, host, day`;

export async function logHoursOf(
  context: DetectContext,
  accounts: readonly AccountLogons[],
): Promise<LogHours> {
  const names = [...new Set(accounts.map(({ named }) => named.account.name))];
  const computers = accounts.flatMap((each) => busiestHosts(each).flatMap(([, host]) => host.computers));
  const found = new Map<string, Map<number, number>>();
  for (const some of chunks([...new Set(computers)], CHUNK)) {
    const rows = context.stream<{ realm: string; host: string; day: number; mask: number }>(LOG_HOURS, {
      computers: some,
      names,
    });
    for await (const { realm, host, day, mask } of rows) {
      const key = `${realm} ${host}`;
      const days = found.get(key) ?? new Map<number, number>();
      found.set(key, days);
      days.set(day, (days.get(day) ?? 0) | mask);
    }
  }
  return found;
}

function busiestHosts({ hosts }: AccountLogons) {
  return [...hosts].sort(([, a], [, b]) => b.halfHours - a.halfHours).slice(0, MOST_LOGS);
}

/**
 * Share of the account's usual logons that could have been seen in an hour: over the logs that have any of them, each with its part in them. A log without a single
 * event in an hour shows nothing of that hour; before the account's first logon and after its last nobody knows whether it was in these hands.
 */
export function logExposure(account: AccountLogons, hours: LogHours): ExposureAt {
  const { interactive } = account;
  const from = Math.floor((interactive[0] ?? 0) / HOUR);
  const length = interactive.length === 0 ? 0 : Math.floor((interactive.at(-1) as number) / HOUR) - from + 1;
  const watched = busiestHosts(account).map(([key, { halfHours }], place): Watched => {
    const seen = new Uint8Array(length);
    for (const [day, mask] of hours.get(key) ?? [])
      for (let hour = 0; hour < 24; hour++) {
        const index = day * 24 + hour - from;
        if (index >= 0 && index < length && (mask >>> hour) & 1) seen[index] = 1;
      }
    // What was seen could be seen.
    if (place === 0) for (const time of interactive) seen[Math.floor(time / HOUR) - from] = 1;
    return { from, seen, hours: seen.reduce((sum, value) => sum + value, 0), units: halfHours };
  });
  return exposureOver(watched);
}

/** Accounts at work, summed over hours, below which nobody knows when people are: as many as a small office has in a week. */
const LEAST_AT_WORK = 200;

/** How many other accounts are in use in an hour, by the same events. Hours without any event of the view are missing: they may be an outage. */
const OTHERS = `SELECT address_realm AS realm, toUInt32(intDiv(toUnixTimestamp(time), 3600)) AS hour,
    uniqCombinedIf(12)((${ACCOUNT_SQL}, ${DOMAIN_SQL}), status = 'Success' AND ${OF_PEOPLE_SQL} AND ${IN_USE_SQL} AND ${ACCOUNT_SQL} NOT IN {names:Array(String)}) AS people
  FROM authentication WHERE address_realm IN {realms:Array(String)}
  GROUP BY realm, hour`;

/**
 * What the people in these realms do with their own accounts, by realm. Where the logs show too little of that, `*` is what the hosts of such realms do on the
 * network, if there is any record of it.
 */
export async function logonRhythms(
  context: DetectContext,
  accounts: readonly AccountLogons[],
): Promise<ReadonlyMap<string, OrganisationRhythm>> {
  const realms = [...new Set(accounts.flatMap((each) => each.realms))];
  const names = [...new Set(accounts.map(({ named }) => named.account.name))];
  if (realms.length === 0) return new Map();
  const hours = new Map<string, Map<number, number>>();
  const rows = context.stream<{ realm: string; hour: number; people: number | string }>(OTHERS, {
    realms,
    names,
  });
  for await (const { realm, hour, people } of rows) {
    const known = hours.get(realm) ?? new Map<number, number>();
    hours.set(realm, known);
    known.set(hour, Number(people));
  }
  const atWork = (list: ReadonlyMap<number, number>) =>
    [...list.values()].reduce((sum, each) => sum + each, 0);
  const known = [...hours].filter(([, list]) => atWork(list) >= LEAST_AT_WORK);
  const lacking = realms.filter((realm) => !known.some(([each]) => each === realm));
  return new Map([
    ...known.map(([realm, list]) => [realm, rhythmFrom(list)] as const),
    ...(lacking.length > 0 ? await rhythmsOf(context, [], lacking, []) : []),
  ]);
}
