import { groupBy } from "../../kernel/group-by.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleEvent } from "../units.js";
import { findJob, isOfJob } from "./clockwork.js";
import { burstsOf, findTimer, JITTER, type Regular } from "./regularity.js";

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
/** A timer's residue below this many contacts is its own irregularity and not a person. */
const LEAST_RESIDUE = 20;
/** As is one below so many times what came too late without a turn missed: its own contacts come too soon as often as too late. */
const LATE_TIMES = 3;
/** As is one below this share, of a timer whose turns cannot be counted. */
const LEAST_RESIDUE_SHARE = 0.05;
/** Of such a timer, slower than this, what is left cannot be told from its own contacts, milliseconds. */
const SLOWEST_SIFTED = 3_600_000;
/** Scatter of independent pauses adds up by its square root; two evenly drawn ones reach to the sum of their reaches now and then. */
const SEVERAL_TURNS = 1.6;
/** Turns that may be missed one after the other. */
const MOST_MISSED = 12;

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

type Bursts = ReturnType<typeof burstsOf>;

/** What lies between two contacts of the timer is not its. */
function besideTimer(times: readonly number[], timer: Regular): number[] {
  const bursts = burstsOf(times, timer.burstPause);
  const { scatter } = timer;
  return scatter === undefined ? besideIrregular(bursts, timer) : besideSteady(bursts, { ...timer, scatter });
}

/** Infinite behind the last. */
const startOf = (bursts: Bursts, index: number): number => bursts[index]?.from ?? Number.POSITIVE_INFINITY;

/**
 * Of a timer whose turns can be counted, the next contact is the one nearest to its turn, or to one of the turns after that where some were missed.
 * Where none is near any of them (its host was off), it begins anew with whatever comes.
 */
function besideSteady(bursts: Bursts, { pause, scatter }: Regular & { scatter: number }): number[] {
  const rest: number[] = [];
  let late = 0;
  for (let last = 0; last < bursts.length; ) {
    const { to } = bursts[last] as Bursts[number];
    let next: number | undefined;
    let from = last + 1;
    for (let turn = 1; turn <= MOST_MISSED && next === undefined; turn++) {
      const reach = scatter * Math.min(turn, SEVERAL_TURNS * Math.sqrt(turn));
      if (2 * reach >= pause && turn > 1) break;
      while (startOf(bursts, from) < to + turn * pause - reach) from++;
      next = nearest(bursts, from, to + turn * pause, reach);
    }
    next ??= Math.max(last + 1, from);
    for (let between = last + 1; between < Math.min(next, bursts.length); between++)
      rest.push(startOf(bursts, between));
    const waited = startOf(bursts, next) - to;
    if (waited > pause + scatter && waited < 2 * (pause - scatter)) late++;
    last = next;
  }
  return rest.length < Math.max(LEAST_RESIDUE, LATE_TIMES * late) ? [] : rest;
}

/** Of the bursts from `first` on, the one nearest to the time due; undefined where none is within reach. */
function nearest(bursts: Bursts, first: number, due: number, reach: number): number | undefined {
  let best: number | undefined;
  const off = (index: number) => Math.abs(startOf(bursts, index) - due);
  for (let index = first; startOf(bursts, index) <= due + reach; index++)
    if (best === undefined || off(index) < off(best)) best = index;
  return best;
}

/**
 * Of any other, what comes sooner than the timer can. Where a person's event is taken for the timer's, the timer's next stands in for it, at most one interval
 * away.
 */
function besideIrregular(bursts: Bursts, { pause }: Regular): number[] {
  if (pause > SLOWEST_SIFTED) return [];
  const rest: number[] = [];
  let last: number | undefined;
  for (const { from, to } of bursts) {
    if (last === undefined || from - last >= JITTER.soonest * pause) last = to;
    else rest.push(from);
  }
  const enough = Math.max(LEAST_RESIDUE, LEAST_RESIDUE_SHARE * bursts.length);
  return rest.length < enough ? [] : rest;
}
