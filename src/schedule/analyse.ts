import { HOUR, rfc3339 } from "../kernel/time.js";
import type { HolidayCalendar } from "../model/calendar.js";
import { SCHEDULE_VERSION, type ScheduleAnalysis, type ScheduleDay } from "../model/schedule.js";
import { judgeAll } from "./calendar-rows.js";
import { type LocalDay, localDays, weekGrid } from "./days.js";
import { type ExposureAt, weekExposure } from "./exposure.js";
import { findLulls } from "./lull.js";
import { type MachinePart, separateMachines } from "./machine/separate.js";
import type { ScheduleOptions } from "./options.js";
import { SCHEDULE_DEFAULTS, type ScheduleParameters } from "./parameters.js";
import { designEffect, foldIntoUnits, type ScheduleEvent } from "./units.js";
import { tooLittle, type Verdict, verdictOf } from "./verdict.js";
import { afterLulls } from "./watched-lull.js";
import { wordsOf } from "./words/paragraph.js";
import { probabilityForeign } from "./zone/foreign.js";
import { apart, type ClockProbability, type ZonePosterior, zonePosterior } from "./zone/posterior.js";

const MACHINES_LISTED = 20;

interface Span {
  from: number;
  to: number;
}

/**
 * What a list of times says about the people behind it: whether there are any, the offset from UTC at which they live, and whose holidays they keep. Pure: the same
 * events give the same answer. Too little evidence is an answer (verdict `insufficient` or `machine`), never an error.
 *
 * @param events in any order. Machines are looked for in each actor's events by itself, so an actor should be one pair of hosts, or one account
 * @throws RangeError where a time is not finite, `exposureAt` leaves 0..1, or `watched.week` has not 168 values
 */
export function analyseSchedule(
  events: readonly ScheduleEvent[],
  options: ScheduleOptions,
): ScheduleAnalysis {
  const parameters = { ...SCHEDULE_DEFAULTS, ...options.parameters };
  requireSound(events, options);
  const { interactive, machines } =
    options.machines === undefined
      ? separateMachines(events)
      : { interactive: events, machines: options.machines };
  const toldApart = (options.machines ?? []).reduce((sum, part) => sum + part.events, 0);
  const units = foldIntoUnits(interactive);
  const effect = designEffect(units);
  const activeDays = new Set(units.map(({ time }) => Math.floor(time / (24 * HOUR)))).size;
  const counted = {
    version: SCHEDULE_VERSION as typeof SCHEDULE_VERSION,
    events: events.length + toldApart,
    interactive_events: interactive.length,
    units: units.length,
    effective_units: units.length / effect,
    active_days: activeDays,
    ...endsOf(events),
    machines: listed(machines),
  };
  const little = tooLittle(counted, machines, parameters);
  if (little !== undefined) return finish({ ...counted, ...nothingOfPeople(little, options) }, options);
  const span = spanOf(events, options.span);
  const exposureAt = within(span, options.exposureAt);
  const exposure = weekExposure(span.from, span.to, exposureAt);
  const watched = options.watched?.week.some((value) => value > 0) ? options.watched : undefined;
  const posterior = zonePosterior(
    { units, ...span, exposure, designEffect: effect, watched: watched?.week },
    parameters,
  );
  const byHours = verdictOf(posterior.hypotheses, parameters);
  if (byHours.verdict !== "human")
    return finish(
      { ...counted, ...nothingOfPeople(byHours, options), hypotheses: posterior.hypotheses },
      options,
    );
  const clock = clockOf(posterior);
  const days = localDays(units, clock.periods, span, exposureAt);
  const grid = weekGrid(units, clock.periods, span, exposureAt);
  const lulls = findLulls(days, options.calendars, 1 - parameters.assertAt, watched?.activityOn);
  const hypotheses = afterLulls(posterior.hypotheses, lulls, units);
  return finish(
    {
      ...counted,
      ...verdictOf(hypotheses, parameters),
      hypotheses,
      offset: {
        best_minutes: posterior.bestMinutes,
        interval95: posterior.interval,
        posterior: posterior.offsets,
      },
      zones: zonesOf(posterior),
      foreign:
        watched === undefined ? null : foreignOf({ ...posterior, hypotheses }, watched, span, parameters),
      daylight_saving: daylightSaving(posterior),
      calendars: judgeAll(days, options, parameters),
      lulls,
      heatmap: {
        offset_minutes: posterior.bestMinutes,
        zone: clock.zones[0] ?? null,
        units: grid.units,
        exposure: grid.exposure,
      },
      days: days.map((day) => withMarks(day, options.calendars)),
    },
    options,
  );
}

type Measured = Omit<ScheduleAnalysis, "words" | "caveats">;

function finish(measured: Measured, options: ScheduleOptions): ScheduleAnalysis {
  return { ...measured, ...wordsOf(measured, options) };
}

function requireSound(events: readonly ScheduleEvent[], { watched }: ScheduleOptions): void {
  const bad = events.find(({ time }) => !Number.isFinite(time));
  if (bad !== undefined) throw new RangeError(`the time ${bad.time} of actor ${bad.actor} is not a number`);
  if (watched !== undefined && watched.week.length !== 168)
    throw new RangeError(`a week has 168 hours, not ${watched.week.length}`);
}

function endsOf(events: readonly ScheduleEvent[]): { first: string | null; last: string | null } {
  if (events.length === 0) return { first: null, last: null };
  const { from, to } = spanOf(events, undefined);
  return { first: rfc3339(from), last: rfc3339(to) };
}

/** From the first to the last moment watched; an event outside of what was said to be watched shows that more was. */
function spanOf(events: readonly ScheduleEvent[], given: Span | undefined): Span {
  let from = given?.from ?? Number.POSITIVE_INFINITY;
  let to = given?.to ?? Number.NEGATIVE_INFINITY;
  for (const { time } of events) {
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return { from, to };
}

/** Nothing is seen before the span and after it. */
function within({ from, to }: Span, exposureAt: ExposureAt = () => 1): ExposureAt {
  return (hour) => (hour + HOUR <= from || hour > to ? 0 : exposureAt(hour));
}

function listed(machines: readonly MachinePart[]): ScheduleAnalysis["machines"] {
  return machines
    .toSorted((a, b) => b.events - a.events)
    .slice(0, MACHINES_LISTED)
    .map(({ actor, events, test, seconds }) => ({ actor, events, test, interval_seconds: seconds }));
}

/** Everything that only people have. */
function nothingOfPeople(verdict: Verdict, options: ScheduleOptions) {
  return {
    ...verdict,
    hypotheses: null,
    offset: null,
    zones: [],
    foreign: null,
    daylight_saving: null,
    calendars: judgeAll([], options, SCHEDULE_DEFAULTS),
    lulls: [],
    heatmap: null,
    days: [],
  };
}

/** The most probable clock among those that agree with the best offset to the hour: days and hours are shown by it. */
function clockOf({ clocks, bestMinutes }: ZonePosterior): ClockProbability {
  const near = clocks.filter(({ periods }) =>
    periods.some(({ offsetMinutes }) => apart(offsetMinutes, bestMinutes) === 0),
  );
  const [clock] = near;
  if (clock === undefined) throw new Error("the best offset is that of a clock");
  return clock;
}

function zonesOf({ clocks }: ZonePosterior): ScheduleAnalysis["zones"] {
  return clocks.flatMap(({ zones, probability, periods }) => {
    const [zone, ...others] = zones;
    if (zone === undefined) return [];
    return [{ zone, probability, same_clock: others, daylight_saving: periods.length > 1 }];
  });
}

function foreignOf(
  posterior: ZonePosterior,
  watched: NonNullable<ScheduleOptions["watched"]>,
  span: Span,
  parameters: ScheduleParameters,
): "yes" | "no" | "undecided" {
  const probability = posterior.hypotheses.human * probabilityForeign(posterior, watched, span, parameters);
  if (probability >= parameters.assertAt) return "yes";
  return probability <= 1 - parameters.assertAt ? "no" : "undecided";
}

function daylightSaving({ clocks }: ZonePosterior): ScheduleAnalysis["daylight_saving"] {
  const moving = clocks.filter(({ periods }) => periods.length > 1);
  const probability = moving.reduce((sum, clock) => sum + clock.probability, 0);
  const [first] = moving;
  if (first === undefined) return null;
  return { probability: Math.min(1, probability), shift_minutes: first.shiftMinutes };
}

function withMarks({ date, units, exposure }: LocalDay, calendars: readonly HolidayCalendar[]): ScheduleDay {
  const marks = calendars.flatMap((calendar) => {
    const day = calendar.day(date);
    if (day?.kind === "holiday") return [`${calendar.country}: ${day.name || "holiday"}`];
    return day?.kind === "makeup" ? [`${calendar.country}: make-up working day`] : [];
  });
  return { date, units, exposure, marks };
}
