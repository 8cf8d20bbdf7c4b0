import { groupBy } from "../../kernel/group-by.js";
import { HOUR, MINUTE, rfc3339 } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { count } from "./ids.js";
import type { Machine } from "./machine.js";
import { evidenceOf, PLACE, type Place } from "./record.js";
import type { Sign } from "./sign.js";

/** Records of one log of one host in one hour (hours since 1970). */
export interface LogHour {
  channel: string;
  hour: number;
  records: number;
}

/** Hours in which a log was not written although it should have been; both ends inclusive. */
export interface Silence {
  channel: string;
  from: number;
  to: number;
  /** Hours in between in which the other logs were written as usual. */
  hours: number;
  /** Share of such hours in which the log has records otherwise. */
  usual: number;
  /** How probable a silence as long would be anywhere in the log, if its hours came as they do otherwise. */
  probability: number;
}

/** Hours of usual work that must be known of a log before its silence says anything. */
const LEAST_HOURS = 48;
/** Other logs with records in an hour, for the host to have worked in it. */
const LEAST_SIBLINGS = 2;
/** A log that is written in fewer of the host's hours is silent by nature. */
const LEAST_SHARE = 0.8;

/**
 * Finds the longest silence of each log of a host. Only hours between its first record and the last of any log count: what was overwritten
 * at its beginning is no silence. An hour counts as usual if the other logs together have at least half as many records as they have in the median hour in which
 * this log has some; so nights of an idle machine do not count.
 */
export function silences(hours: readonly LogHour[], mostProbable: number): Silence[] {
  const byChannel = groupBy(hours, ({ channel }) => channel);
  const total = new Map<number, { logs: number; records: number }>();
  for (const { hour, records } of hours) {
    const known = total.get(hour) ?? { logs: 0, records: 0 };
    total.set(hour, { logs: known.logs + 1, records: known.records + records });
  }
  const all = [...total.keys()].sort((a, b) => a - b);
  return [...byChannel].flatMap(([channel, own]) => {
    const written = new Map(own.map(({ hour, records }) => [hour, records]));
    const first = own.reduce((least, { hour }) => Math.min(least, hour), Number.POSITIVE_INFINITY);
    const others = (hour: number) => {
      const { logs, records } = total.get(hour) ?? { logs: 0, records: 0 };
      const mine = written.get(hour);
      return { logs: logs - (mine === undefined ? 0 : 1), records: records - (mine ?? 0) };
    };
    const median = medianOf([...written.keys()].map((hour) => others(hour).records));
    const usual = all.filter((hour) => {
      const { logs, records } = others(hour);
      return hour >= first && logs >= LEAST_SIBLINGS && records >= Math.max(1, median / 2);
    });
    const longest = longestRun(usual, (hour) => !written.has(hour));
    if (longest === undefined) return [];
    const rest = usual.length - longest.length;
    const present = usual.filter((hour) => written.has(hour)).length;
    if (rest < LEAST_HOURS || present / rest < LEAST_SHARE) return [];
    // One silent hour more than there were, so that a log that never missed one does not become impossible (Laplace).
    const silent = (rest - present + 1) / (rest + 2);
    const probability = Math.min(1, usual.length * silent ** longest.length);
    const [from = 0, to = 0] = [longest[0], longest.at(-1)];
    return probability > mostProbable
      ? []
      : [{ channel, from, to, hours: longest.length, usual: present / rest, probability }];
  });
}

function longestRun(hours: readonly number[], test: (hour: number) => boolean): number[] | undefined {
  let [from, to] = [0, 0];
  let start = 0;
  for (const [index, hour] of hours.entries()) {
    if (!test(hour)) start = index + 1;
    else if (index + 1 - start > to - from) [from, to] = [start, index + 1];
  }
  return to > from ? hours.slice(from, to) : undefined;
}

function medianOf(numbers: readonly number[]): number {
  const ordered = [...numbers].sort((a, b) => a - b);
  return ordered[Math.floor(ordered.length / 2)] ?? 0;
}

const HOURS = `SELECT address_realm AS realm, toString(computer) AS host, toString(channel) AS channel, intDiv(toUnixTimestamp(time), 3600) AS hour, count() AS records
  FROM windows_event WHERE computer != '' AND channel != '' GROUP BY realm, host, channel, hour ORDER BY realm, host, channel, hour`;

const NEIGHBOUR = (order: string, condition: string) =>
  `(SELECT ${PLACE}, system['EventRecordID'] AS id FROM windows_event
    WHERE address_realm = {realm:String} AND computer = {host:String} AND channel = {channel:String} AND ${condition} ORDER BY windows_event.time ${order}, source_line ${order} LIMIT 1)`;

/** The records of a log on both sides of a time, with the ids that they had when they were written. */
async function neighbours(
  { query }: DetectContext,
  where: { realm: string; host: string; channel: string },
  from: number,
  to: number,
): Promise<{ places: Place[]; consecutive: boolean | undefined }> {
  const rows = await query<Place & { id: string }>(
    `${NEIGHBOUR("DESC", "windows_event.time < fromUnixTimestamp64Milli({from:Int64}, 'UTC')")} UNION ALL ${NEIGHBOUR("ASC", "windows_event.time >= fromUnixTimestamp64Milli({to:Int64}, 'UTC')")}`,
    { ...where, from, to },
  );
  const [before, after] = [...rows].sort((a, b) => (a.time < b.time ? -1 : 1));
  const ids = [Number(before?.id ?? ""), Number(after?.id ?? "")] as const;
  return { places: rows, consecutive: ids[0] > 0 && ids[1] > 0 ? ids[1] === ids[0] + 1 : undefined };
}

function idsText(consecutive: boolean | undefined): string {
  if (consecutive === undefined) return "";
  return consecutive
    ? "; the ids of the records around it follow each other, so it was not written rather than cut"
    : "; ids between the records around it are missing as well";
}

export interface SilenceSigns {
  signs: Sign[];
  /** Logs of hosts looked at. */
  logs: number;
}

/** Logs that were silent while their siblings on the host were written. */
export async function signsOfSilence(context: DetectContext): Promise<SilenceSigns> {
  const signs: Sign[] = [];
  let logs = 0;
  let group: (LogHour & { realm: string; host: string })[] = [];
  const end = async () => {
    const [first] = group;
    if (first === undefined) return;
    const { realm, host } = first;
    logs += new Set(group.map(({ channel }) => channel)).size;
    for (const silence of silences(group, context.parameter("silence_probability"))) {
      const { channel, from, to, hours, usual } = silence;
      const { places, consecutive } = await neighbours(
        context,
        { realm, host, channel },
        (from + 1) * HOUR,
        (to + 1) * HOUR,
      );
      const what = `${channel} has no record in ${count(hours, "hour")} in which the host's other logs were written as usual (${rfc3339(from * HOUR)} to ${rfc3339((to + 1) * HOUR)}); otherwise it has some in ${Math.round(usual * 100)} % of such hours${idsText(consecutive)}`;
      signs.push({
        ...{ kind: "silent", realm, host, log: channel, what, harmless: "", accounts: [] },
        ...{ first: from * HOUR, last: (to + 1) * HOUR },
        evidence: places.map((place) => evidenceOf(place, "at the edge of the silence")),
      });
    }
    group = [];
  };
  for await (const row of context.stream<LogHour & { realm: string; host: string }>(HOURS)) {
    const [first] = group;
    if (first !== undefined && (first.realm !== row.realm || first.host !== row.host)) await end();
    group.push(row);
  }
  await end();
  return { signs, logs };
}

/** Windows writes to System and Security within minutes of every start. */
const BOOT_MINUTES = 30;
const MOST_BOOTS = 200;

/** Of logs: first and last record, and the ten minutes near starts of the machine that have records. */
const AROUND = `WITH starts AS (
    SELECT address_realm, computer, intDiv(toUnixTimestamp(time), 600) + arrayJoin(range(7)) - 3 AS slot FROM windows_event
    WHERE (channel = 'System' AND provider = 'Microsoft-Windows-Kernel-General' AND event_id = 12) OR (channel = 'Security' AND event_id = 4608)
    GROUP BY address_realm, computer, channel, slot ORDER BY slot DESC LIMIT ${7 * MOST_BOOTS} BY address_realm, computer, channel)
  SELECT address_realm AS realm, toString(computer) AS host, toString(channel) AS log,
    min(toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC'))) AS first, max(toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC'))) AS last,
    arraySort(groupUniqArrayIf(intDiv(toUnixTimestamp(time), 600), (address_realm, computer, intDiv(toUnixTimestamp(time), 600)) IN (SELECT address_realm, computer, slot FROM starts))) AS slots
  FROM windows_event WHERE channel IN ('System', 'Security') GROUP BY realm, host, log ORDER BY realm, host, log`;
const SLOT = 10 * MINUTE;

/** Starts of the machine that one of the host's two main logs records, while the other, which has older and newer records, has none of that time. */
export async function signsOfBoots(
  context: DetectContext,
  hosts: readonly { realm: string; host: string; machine: Machine }[],
): Promise<{ signs: Sign[]; boots: number }> {
  const signs: Sign[] = [];
  let boots = 0;
  const machines = new Map(hosts.map(({ realm, host, machine }) => [JSON.stringify([realm, host]), machine]));
  for await (const { realm, host, log, first, last, slots } of context.stream<{
    realm: string;
    host: string;
    log: string;
    first: number;
    last: number;
    slots: number[];
  }>(AROUND)) {
    const machine = machines.get(JSON.stringify([realm, host]));
    const told = machine?.boots.filter(({ place }) => place.channel !== log).slice(-MOST_BOOTS) ?? [];
    boots += told.length;
    const written = new Set(slots.map(Number));
    const unseen = told.filter(({ at }) => {
      const slot = Math.floor(at / SLOT);
      const isWritten = [-3, -2, -1, 0, 1, 2, 3].some((shift) => written.has(slot + shift));
      const clockSet = machine?.clockSetBetween(at - BOOT_MINUTES * MINUTE, at + BOOT_MINUTES * MINUTE);
      return Number(first) < at && at < Number(last) && !isWritten && clockSet !== true;
    });
    const [earliest] = unseen;
    if (earliest === undefined) continue;
    const what = `${count(unseen.length, "start")} of the machine that ${earliest.place.channel} records ${unseen.length === 1 ? "has" : "have"} no record in ${log}, which has older and newer ones`;
    signs.push({
      ...{ kind: "silent", realm, host, log, what, harmless: "", accounts: [] },
      ...{ first: earliest.at, last: unseen.at(-1)?.at ?? earliest.at },
      evidence: unseen
        .slice(0, 4)
        .map(({ place }) => evidenceOf(place, `the machine starts; ${log} has nothing of that time`)),
    });
  }
  return { signs, boots };
}
