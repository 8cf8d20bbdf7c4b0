import { groupBy } from "../../kernel/group-by.js";
import { MINUTE, parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { PLACE, type Place } from "./record.js";

/** Someone set the clock: from one time to the other (milliseconds UTC). */
interface ClockSet {
  from: number;
  to: number;
}

type Row = Place & { realm: string; old_time: string; new_time: string };

/** Clock corrections below this are those of any machine. */
const CORRECTION = MINUTE;

/** SQL: a clock set by more than that. Every machine corrects its clock every few hours; those events would take the place of others below the limit. */
const isClockSet = (before: string): string =>
  `abs(toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(${before}, 3, 'UTC')) - toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(data['NewTime'], 3, 'UTC'))) > ${CORRECTION}`;

/** Kernel-General 12 and Security 4608: the machine starts; EventLog 6005: the service does. Kernel-General 1 and Security 4616: the clock is set. */
const MOMENTS = `SELECT address_realm AS realm, ${PLACE},
    if(event_id = 1, data['OldTime'], data['PreviousTime']) AS old_time, data['NewTime'] AS new_time
  FROM windows_event
  WHERE (channel = 'System' AND ((provider = 'Microsoft-Windows-Kernel-General' AND (event_id = 12 OR (event_id = 1 AND ${isClockSet("data['OldTime']")}))) OR (provider = 'EventLog' AND event_id = 6005)))
    OR (channel = 'Security' AND (event_id = 4608 OR (event_id = 4616 AND ${isClockSet("data['PreviousTime']")})))
  ORDER BY realm, host, windows_event.time LIMIT 500000`;

/** When a machine was started and its clock set, as its System and Security logs tell. */
export class Machine {
  readonly boots: readonly { at: number; place: Place }[];
  readonly serviceStarts: readonly { at: number; place: Place }[];
  readonly #clock: readonly ClockSet[];

  constructor(rows: readonly Row[]) {
    const at = ({ time }: Place) => parseTime(time);
    this.boots = rows
      .filter(({ event_id }) => event_id === 12 || event_id === 4608)
      .map((place) => ({ at: at(place), place }));
    this.serviceStarts = rows
      .filter(({ event_id }) => event_id === 6005)
      .map((place) => ({ at: at(place), place }));
    this.#clock = rows
      .filter(({ event_id }) => event_id === 1 || event_id === 4616)
      .map(({ old_time, new_time }) => ({ from: parseTime(old_time), to: parseTime(new_time) }))
      .filter(({ from, to }) => Math.abs(from - to) > CORRECTION);
  }

  /** Whether the machine was started in these minutes before or after. */
  bootedWithin(at: number, minutes: number): boolean {
    return this.boots.some((boot) => Math.abs(boot.at - at) <= minutes * MINUTE);
  }

  /** Whether somebody set the clock between the two times, in either direction. */
  clockSetBetween(from: number, to: number): boolean {
    const [least, most] = [from - CORRECTION, to + CORRECTION];
    return this.#clock.some(
      (set) => Math.min(set.from, set.to) <= most && Math.max(set.from, set.to) >= least,
    );
  }
}

/** All machines of the case. */
export async function loadMachines(
  context: DetectContext,
): Promise<(realm: string, host: string) => Machine> {
  const rows = await context.query<Row>(MOMENTS);
  const key = (realm: string, host: string) => `${realm}\n${host.toLowerCase()}`;
  const machines = new Map(
    [...groupBy(rows, ({ realm, host }) => key(realm, host))].map(([at, own]) => [at, new Machine(own)]),
  );
  const unknown = new Machine([]);
  return (realm, host) => machines.get(key(realm, host)) ?? unknown;
}
