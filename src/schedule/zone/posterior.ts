import { HOUR } from "../../kernel/time.js";
import { dayExposure, HOURS_OF_WEEK, hourOfWeek } from "../exposure.js";
import type { ScheduleParameters } from "../parameters.js";
import { type ScheduleEvent, slowDesignEffect } from "../units.js";
import { type ClockGroup, clockGroups, countsByPeriod } from "./clocks.js";
import { type DayCounts, givenLogLikelihood, logSum, profileEvidence } from "./profile.js";
import { BINS, QUARTERS } from "./shapes.js";
import { seasonsOf, shiftEvidence } from "./shift.js";
import { weekendEvidence } from "./weekend.js";

export interface ZoneInput {
  units: readonly ScheduleEvent[];
  /** First and last moment that was watched. */
  from: number;
  to: number;
  /** Of the hours of the UTC week; see `weekExposure`. */
  exposure: Float64Array;
  /** Units to one independent one; see `designEffect`. */
  designEffect: number;
  /** Activity of the place that is watched over the hours of the UTC week, as the same sensor saw it; any unit. */
  watched?: readonly number[] | undefined;
}

/** A clock that people may live by: a fixed offset, or zones with daylight saving. */
interface Clock extends ClockGroup {
  fixed: boolean;
  /** Mean over the units, minutes. */
  meanOffset: number;
  logPosterior: number;
  shiftMinutes: number;
}

export interface ClockProbability extends ClockGroup {
  probability: number;
  /** By how much people come earlier in UTC while the clocks are forward; 0 where they never are. */
  shiftMinutes: number;
}

export interface ZonePosterior {
  /** Probabilities of what made the activity; they sum to 1. */
  hypotheses: { human: number; no_rhythm: number; daily_job: number; victim: number };
  /** Given that people made it. Offsets in force, by share of units. */
  offsets: { offset_minutes: number; probability: number }[];
  bestMinutes: number;
  interval: [from: number, to: number];
  /** Most probable first. Without zones where no zone of the list keeps that offset. */
  clocks: ClockProbability[];
}

/** Offsets of no zone that is asked for, but of islands and of people who never change their clocks. */
const WHOLE_HOURS = Array.from({ length: 27 }, (_, index) => (index - 12) * 60);

/** Priors of what made the activity. The victim's share falls to the others where its day is not known. */
const PRIOR = { human: 0.5, no_rhythm: 0.2, daily_job: 0.1, victim: 0.2 };
/** Prior that people at an offset follow a clock that is never changed, where zones of both kinds exist. */
const FIXED_CLOCK = 0.6;
/** Share of the activity that keeps no hours beside a daily job or a victim's day. */
const NOISES = [0.02, 0.1, 0.3];

export function zonePosterior(input: ZoneInput, parameters: ScheduleParameters): ZonePosterior {
  const independent = input.units.length / input.designEffect;
  const weight =
    parameters.shapeConcentration / (parameters.shapeConcentration + independent) / input.designEffect;
  const week = byHourOfWeek(input.units);
  const day: DayCounts = { counts: byHalfHour(input.units), exposure: dayExposure(input.exposure) };
  const profile = profileEvidence(day, weight);
  const times = Float64Array.from(input.units, ({ time }) => time);
  const clocks = candidateClocks(input, times);
  addPriors(clocks);
  const slow = slowDesignEffect(input.units, input.designEffect);
  for (const clock of clocks) {
    clock.logPosterior += profile.byQuarter[quarterOf(clock.meanOffset)] as number;
    clock.logPosterior += weekendEvidence(week, input.exposure, clock.meanOffset, weight);
    if (clock.fixed) continue;
    const evidence = seasonsEvidence(clock, times, slow, parameters);
    clock.logPosterior += evidence.logRatio;
    clock.shiftMinutes = evidence.minutes;
  }
  const human = logSum(clocks.map(({ logPosterior }) => logPosterior));
  const offsets = offsetsInForce(clocks, human, times);
  const bestMinutes = bestOffset(offsets);
  return {
    hypotheses: weigh({
      human,
      no_rhythm: profile.flat,
      daily_job: jobEvidence(day, weight),
      victim: input.watched && profile.flat + weight * watchedEvidence(week, input.exposure, input.watched),
    }),
    offsets,
    bestMinutes,
    interval: credibleArc(offsets, bestMinutes, parameters.credible),
    clocks: clocks
      .map(({ zones, logPosterior, shiftMinutes, periods }) => ({
        zones,
        probability: Math.exp(logPosterior - human),
        shiftMinutes,
        periods,
      }))
      .sort((a, b) => b.probability - a.probability),
  };
}

function byHourOfWeek(units: readonly ScheduleEvent[]): Float64Array {
  const week = new Float64Array(HOURS_OF_WEEK);
  for (const { time } of units) week[hourOfWeek(time)] = (week[hourOfWeek(time)] as number) + 1;
  return week;
}

function byHalfHour(units: readonly ScheduleEvent[]): Float64Array {
  const halves = new Float64Array(BINS);
  for (const { time } of units) {
    const bin = Math.floor(time / (HOUR / 2)) % BINS;
    halves[bin] = (halves[bin] as number) + 1;
  }
  return halves;
}

const quarterOf = (minutes: number): number => ((Math.round(minutes / 15) % QUARTERS) + QUARTERS) % QUARTERS;

function candidateClocks({ from, to }: ZoneInput, times: Float64Array): Clock[] {
  const clocks = clockGroups(from, to).map((group): Clock => {
    const counts = countsByPeriod(group.periods, times);
    const total = group.periods.reduce(
      (sum, { offsetMinutes }, index) => sum + offsetMinutes * (counts[index] as number),
      0,
    );
    const fixed = group.periods.length === 1;
    return { ...group, fixed, meanOffset: total / times.length, logPosterior: 0, shiftMinutes: 0 };
  });
  const known = new Set(clocks.filter(({ fixed }) => fixed).map(({ meanOffset }) => meanOffset));
  for (const offsetMinutes of WHOLE_HOURS)
    if (!known.has(offsetMinutes))
      clocks.push({
        zones: [],
        periods: [{ from, to, offsetMinutes }],
        fixed: true,
        meanOffset: offsetMinutes,
        logPosterior: 0,
        shiftMinutes: 0,
      });
  return clocks;
}

const standardOf = (clock: Clock): number =>
  Math.min(...clock.periods.map(({ offsetMinutes }) => offsetMinutes));

/** Whole hours are as likely as each other; half and quarter hours, which few countries have, less so. Nobody's population counts. */
const ofOffset = (minutes: number): number => (minutes % 60 === 0 ? 1 : minutes % 30 === 0 ? 0.5 : 0.25);

function addPriors(clocks: readonly Clock[]): void {
  const offsets = [...new Set(clocks.map(standardOf))];
  const total = offsets.reduce((sum, minutes) => sum + ofOffset(minutes), 0);
  for (const clock of clocks) {
    const standard = standardOf(clock);
    const alike = clocks.filter((other) => standardOf(other) === standard);
    const ofKind = alike.filter(({ fixed }) => fixed === clock.fixed).length;
    const mixed = ofKind < alike.length;
    const share = mixed ? (clock.fixed ? FIXED_CLOCK : 1 - FIXED_CLOCK) : 1;
    clock.logPosterior = Math.log((ofOffset(standard) * share) / ofKind / total);
  }
}

function seasonsEvidence(
  { periods }: Clock,
  times: Float64Array,
  slowEffect: number,
  parameters: ScheduleParameters,
) {
  return shiftEvidence(seasonsOf(periods, times), 1 / slowEffect, parameters.seasonalDriftMinutes);
}

/** Probability of each offset that was in force, by share of the units under it. */
function offsetsInForce(clocks: readonly Clock[], human: number, times: Float64Array) {
  const mass = new Map<number, number>();
  for (const { logPosterior, periods } of clocks) {
    const probability = Math.exp(logPosterior - human);
    if (probability < 1e-9) continue;
    const counts = countsByPeriod(periods, times);
    for (const [index, { offsetMinutes }] of periods.entries()) {
      const share = (counts[index] as number) / times.length;
      mass.set(offsetMinutes, (mass.get(offsetMinutes) ?? 0) + probability * share);
    }
  }
  return [...mass]
    .map(([offset_minutes, probability]) => ({ offset_minutes, probability }))
    .sort((a, b) => a.offset_minutes - b.offset_minutes);
}

type Offsets = ZonePosterior["offsets"];

/** Minutes on the clock face between two offsets, -720..720: UTC-11 and UTC+13 read the same. */
export function apart(a: number, b: number): number {
  return ((((a - b + 720) % 1440) + 1440) % 1440) - 720;
}

const within = (offsets: Offsets, centre: number, minutes: number): number =>
  offsets.reduce(
    (sum, { offset_minutes, probability }) =>
      sum + (Math.abs(apart(offset_minutes, centre)) <= minutes ? probability : 0),
    0,
  );

/** The offset with the most probability within an hour of it: the estimate that is most often right to the hour. */
function bestOffset(offsets: Offsets): number {
  const scored = offsets.map(({ offset_minutes, probability }) => ({
    offset_minutes,
    score: within(offsets, offset_minutes, 60) + 0.5 * probability,
  }));
  return scored.reduce((best, here) => (here.score > best.score ? here : best)).offset_minutes;
}

/** The shortest stretch of the clock face round the best estimate that holds the share asked for; in minutes, from ≤ best ≤ to. */
function credibleArc(offsets: Offsets, best: number, share: number): [number, number] {
  const placed = offsets
    .map(({ offset_minutes, probability }) => ({ at: apart(offset_minutes, best), probability }))
    .sort((a, b) => a.at - b.at);
  let shortest: [number, number] = [-720, 720];
  for (const [first, { at: from }] of placed.entries()) {
    if (from > 0) break;
    let mass = 0;
    for (const { at: to, probability } of placed.slice(first)) {
      mass += probability;
      if (to < 0 || mass < share) continue;
      if (to - from < shortest[1] - shortest[0]) shortest = [from, to];
      break;
    }
  }
  return [best + shortest[0], best + shortest[1]];
}

/** A job that runs once a day in a window of at most four hours, wherever it lies: no office. */
function jobEvidence(day: DayCounts, weight: number): number {
  const windows = [1, 2, 4, 8].flatMap((width) =>
    Array.from({ length: BINS }, (_, first) => ({ first, width })),
  );
  return (
    logSum(
      windows.flatMap(({ first, width }) => {
        const profile = new Float64Array(BINS);
        for (let step = 0; step < width; step++) profile[(first + step) % BINS] = 1 / width;
        return NOISES.map((noise) => weight * givenLogLikelihood(day, profile, noise));
      }),
    ) - Math.log(windows.length * NOISES.length)
  );
}

/**
 * Log likelihood ratio of the watched place's own week against activity that keeps no hours. The place's activity went through the same sensor, so what could
 * be seen is in it already.
 */
function watchedEvidence(week: Float64Array, exposure: Float64Array, watched: readonly number[]): number {
  const activity = watched.reduce((sum, value) => sum + value, 0);
  const seen = exposure.reduce((sum, value) => sum + value, 0);
  const logs = NOISES.map((noise) =>
    week.reduce((log, units, hour) => {
      if (units === 0) return log;
      const aimless = (exposure[hour] as number) / seen;
      const own = (watched[hour] as number) / activity;
      return log + units * Math.log(((1 - noise) * own) / aimless + noise);
    }, 0),
  );
  return logSum(logs) - Math.log(logs.length);
}

function weigh(logs: {
  human: number;
  no_rhythm: number;
  daily_job: number;
  victim: number | undefined;
}): ZonePosterior["hypotheses"] {
  const weighted = {
    human: logs.human + Math.log(PRIOR.human),
    no_rhythm: logs.no_rhythm + Math.log(PRIOR.no_rhythm),
    daily_job: logs.daily_job + Math.log(PRIOR.daily_job),
    victim: logs.victim === undefined ? Number.NEGATIVE_INFINITY : logs.victim + Math.log(PRIOR.victim),
  };
  const total = logSum(Object.values(weighted));
  return {
    human: Math.exp(weighted.human - total),
    no_rhythm: Math.exp(weighted.no_rhythm - total),
    daily_job: Math.exp(weighted.daily_job - total),
    victim: Math.exp(weighted.victim - total),
  };
}
