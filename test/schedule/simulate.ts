/**
 * Times of people and machines for calibration. Shapes are on purpose not the family of src/schedule/zone/shapes.ts: Gaussian and skewed humps,
 * two shifts, flexible hours, bursts.
 */
import { DAY, HOUR, isoDay, MINUTE, SECOND } from "../../src/kernel/time.js";
import type { HolidayCalendar } from "../../src/model/calendar.js";
import type { ScheduleEvent } from "../../src/schedule/index.js";

export const SHAPES = ["box", "two-humps", "skewed", "two-shift", "flexible", "bursts"] as const;
export type OfficeShape = (typeof SHAPES)[number];

export interface Office {
  shape: OfficeShape;
  /** Local hours. */
  start: number;
  end: number;
  lunch: number;
  lunchHours: number;
  /** Share of lunch in which work goes on. */
  lunchWork: number;
  /** Activity of a weekend day against a weekday. */
  weekend: number;
  /** Share of activity at any time at all. */
  stray: number;
  /** Share of activity after hours, until midnight. */
  overtime: number;
  actors: number;
  /** Whose days off are kept, make-up days included; none where absent. */
  keeps?: HolidayCalendar;
  /** How unsteady weeks are: standard deviation of the logarithm of a week's rate. */
  unsteady?: number;
  /** Every actor is away for two weeks in a row, once in so many days. */
  vacationEvery?: number;
}

/** A steady office of six. */
export const USUAL_OFFICE: Office = {
  shape: "two-humps",
  start: 9,
  end: 18,
  lunch: 12,
  lunchHours: 1.5,
  lunchWork: 0.15,
  weekend: 0.1,
  stray: 0.05,
  overtime: 0.05,
  actors: 6,
};

export class Draw {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b1) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.float();
  }

  /** mulberry32, in [0, 1). */
  float(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.float())) * Math.cos(2 * Math.PI * this.float());
  }

  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }
}

/** Offices begin at 8..11, end at 17..22 and at least seven and a half hours later, have lunch within 11:30..14:00. */
export function drawOffice(draw: Draw): Office {
  const start = draw.between(8, 11);
  const end = draw.between(Math.max(17, start + 7.5), Math.min(22, start + 11.5));
  const lunchHours = draw.pick([0.75, 1, 1.5, 2]);
  return {
    shape: draw.pick(SHAPES),
    start,
    end,
    lunch: draw.between(11.5, 14 - lunchHours),
    lunchHours,
    lunchWork: draw.pick([0.05, 0.15, 0.3, 0.6]),
    weekend: draw.pick([0, 0.05, 0.2, 0.6]),
    stray: draw.between(0, 0.15),
    overtime: draw.pick([0, 0.05, 0.15]),
    actors: draw.pick([1, 2, 4, 10]),
  };
}

/** A local hour of the day at which somebody of that office does something. */
function drawHour(draw: Draw, office: Office, actor: number): number {
  if (draw.chance(office.stray)) return draw.between(0, 24);
  if (draw.chance(office.overtime)) return draw.between(office.end, 24);
  const { start, end, lunch, lunchHours, lunchWork } = office;
  for (let tries = 0; tries < 1000; tries++) {
    const hour = hourOfShape(draw, office, actor);
    if (hour < start - 1.5 || hour > end + 1.5) continue;
    if (hour >= lunch && hour < lunch + lunchHours && !draw.chance(lunchWork)) continue;
    return hour;
  }
  return (start + end) / 2;
}

function hourOfShape(draw: Draw, { shape, start, end, lunch, lunchHours }: Office, actor: number): number {
  switch (shape) {
    case "box":
    case "bursts":
      return draw.between(start, end);
    case "two-humps": {
      const morning = draw.chance((lunch - start) / (end - start - lunchHours));
      const [from, to] = morning ? [start, lunch] : [lunch + lunchHours, end];
      return (from + to) / 2 + ((to - from) / 3.2) * draw.normal();
    }
    case "skewed":
      // Busy soon after the start, tailing off.
      return start + 0.2 + (end - start) * Math.min(draw.float(), draw.float() * 1.6);
    case "two-shift":
      return actor % 2 === 0 ? draw.between(start, end - 2) : draw.between(start + 2, end);
    case "flexible": {
      const own = ((actor * 37) % 100) / 100;
      return draw.between(start - 0.5 + 1.5 * own, end - 1 + 1.5 * own);
    }
  }
}

export interface Span {
  from: number;
  days: number;
  /** Minutes east of UTC, at a time. */
  offsetAt: (time: number) => number;
}

/** Activity of an actor on a local day against an ordinary working day: 0..1. */
function dayShare(office: Office, day: number, actor: number, vacation: number): number {
  const weekday = (Math.floor(day / DAY) + 3) % 7;
  if (office.vacationEvery !== undefined) {
    const period = office.vacationEvery * DAY;
    const since = (((day - vacation - actor * 0.37 * period) % period) + period) % period;
    if (since < 14 * DAY) return 0;
  }
  const kind = office.keeps?.day(isoDay(day))?.kind;
  if (kind === "holiday") return 0;
  if (kind === "makeup") return 1;
  return weekday >= 5 ? office.weekend : 1;
}

/** Interactive events of an office, until there are `count`. */
export function officeEvents(draw: Draw, office: Office, span: Span, count: number): ScheduleEvent[] {
  const events: ScheduleEvent[] = [];
  const weeks = Array.from({ length: Math.ceil(span.days / 7) }, () =>
    Math.exp((office.unsteady ?? 0) * draw.normal()),
  );
  const busiest = Math.max(...weeks);
  const vacation = draw.float() * 1000 * DAY;
  while (events.length < count) {
    const dayNumber = draw.int(span.days);
    const day = span.from + dayNumber * DAY;
    const actor = draw.int(office.actors);
    if (!draw.chance((weeks[Math.floor(dayNumber / 7)] as number) / busiest)) continue;
    if (!draw.chance(dayShare(office, day, actor, vacation))) continue;
    const local = day + drawHour(draw, office, actor) * HOUR;
    const time = local - span.offsetAt(local) * MINUTE;
    const burst = office.shape === "bursts" ? 1 + draw.int(6) : 1;
    for (let step = 0; step < burst && events.length < count; step++)
      events.push({ time: Math.round(time + step * draw.between(1, 9) * MINUTE), actor: `p${actor}` });
  }
  return events;
}

/** Activity at any time. */
export function aimlessEvents(draw: Draw, span: Span, count: number, actors = 3): ScheduleEvent[] {
  return Array.from({ length: count }, () => ({
    time: Math.round(span.from + draw.float() * span.days * DAY),
    actor: `p${draw.int(actors)}`,
  }));
}

export interface Beacon {
  seconds: number;
  /** Each pause is drawn from interval × (1 ± jitter). */
  jitter: number;
  loss: number;
  /** UTC hours in which its host is switched on; all where absent. */
  hours?: readonly [from: number, to: number];
}

export function beaconEvents(draw: Draw, beacon: Beacon, span: Span, limit = 20_000): ScheduleEvent[] {
  const events: ScheduleEvent[] = [];
  const end = span.from + span.days * DAY;
  let time = span.from + draw.float() * beacon.seconds * SECOND;
  while (time < end && events.length < limit) {
    const hour = (time % DAY) / HOUR;
    const awake = beacon.hours === undefined || (hour >= beacon.hours[0] && hour < beacon.hours[1]);
    if (awake && !draw.chance(beacon.loss)) events.push({ time: Math.round(time), actor: "beacon" });
    time += beacon.seconds * SECOND * (1 + beacon.jitter * draw.between(-1, 1));
  }
  return events;
}
