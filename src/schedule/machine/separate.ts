import { groupBy } from "../../kernel/group-by.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleEvent } from "../units.js";
import { findJob, isOfJob } from "./clockwork.js";
import { burstsOf, findTimer, type Regular } from "./regularity.js";

/** What of one actor was taken for a machine, and by which test. */
export interface MachinePart {
  actor: string;
  events: number;
  test: ScheduleAnalysis["machines"][number]["test"];
  /** Seconds of the interval. */
  seconds: number;
}

export interface Separated {
  interactive: ScheduleEvent[];
  machines: MachinePart[];
}

/** Jobs of one account that are looked for one after the other. */
const MOST_JOBS = 5;
/** A timer's residue below this many contacts, or this share, is its own irregularity and not a person. */
const LEAST_RESIDUE = 20;
const LEAST_RESIDUE_SHARE = 0.05;
/** Of a timer slower than this, what is left cannot be told from its own contacts, milliseconds. */
const SLOWEST_SIFTED = 3_600_000;

/** Takes scheduled jobs and timers out of each actor's events; what is left may be people. */
export function separateMachines(events: readonly ScheduleEvent[]): Separated {
  const interactive: ScheduleEvent[] = [];
  const machines: MachinePart[] = [];
  for (const [actor, own] of groupBy(events, (event) => event.actor)) {
    let times = own.map(({ time }) => time).sort((a, b) => a - b);
    for (let round = 0; round < MOST_JOBS; round++) {
      const job = findJob(times);
      if (job === undefined) break;
      const rest = times.filter((time) => !isOfJob(job, time));
      const taken = times.length - rest.length;
      machines.push({ actor, events: taken, test: "scheduled_job", seconds: job.period / 1000 });
      times = rest;
    }
    const timer = findTimer(times);
    if (timer !== undefined) {
      const rest = besideTimer(times, timer);
      const { test, pause } = timer;
      machines.push({ actor, events: times.length - rest.length, test, seconds: pause / 1000 });
      times = rest;
    }
    interactive.push(...times.map((time) => ({ time, actor })));
  }
  return { interactive: interactive.sort((a, b) => a.time - b.time), machines };
}

/**
 * What comes sooner after a contact of the timer than the timer can. Where a person's event is taken for the timer's, the timer's next stands in for it, at
 * most one interval away.
 */
function besideTimer(times: readonly number[], { burstPause, shortest, pause }: Regular): number[] {
  if (pause > SLOWEST_SIFTED) return [];
  const rest: number[] = [];
  let last: number | undefined;
  const bursts = burstsOf(times, burstPause);
  for (const { from, to } of bursts) {
    if (last === undefined || from - last >= shortest) last = to;
    else rest.push(from);
  }
  const enough = Math.max(LEAST_RESIDUE, LEAST_RESIDUE_SHARE * bursts.length);
  return rest.length < enough ? [] : rest;
}
