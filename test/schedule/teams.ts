import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { calendar, defaultCalendars } from "../../src/intel/calendars/index.js";
import { DAY, isoDay, MINUTE } from "../../src/kernel/time.js";
import type { HolidayCalendar } from "../../src/model/calendar.js";
import type { CalendarVerdictRow, ScheduleAnalysis } from "../../src/model/schedule.js";
import { analyseSchedule, type ScheduleEvent } from "../../src/schedule/index.js";

/** Software teams whose zone and holidays are known: `labels.csv` of the corpus's folder `schedule`. */
export interface Team {
  name: string;
  timeZone: string;
  country: string;
  events: ScheduleEvent[];
}

/** What the analysis says of some of a team's events, beside the truth. */
export interface TeamResult {
  team: Team;
  from: string;
  to: string;
  events: number;
  /** Offset in force at most of the events, minutes east of UTC. */
  trueMinutes: number;
  analysis: ScheduleAnalysis;
  /** Undefined where nothing is said of an offset. */
  covered: boolean | undefined;
  widthHours: number | undefined;
  own: CalendarVerdictRow | undefined;
  chinese: CalendarVerdictRow | undefined;
}

/** Events below which a half-year is left out. */
const LEAST_EVENTS = 150;
const HALF_YEAR_DAYS = 182.5;

const text = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
const records = (content: string): Record<string, string>[] => parse(content, { columns: true });

export function readTeams(folder: string): Team[] {
  return records(text(folder, "labels.csv")).map((label) => ({
    name: (label.file as string).replace(/\.csv$/, ""),
    timeZone: label.time_zone as string,
    country: label.holiday_calendar as string,
    events: records(text(folder, label.file as string)).map(({ time, actor }) => ({
      time: Number(time) * 1000,
      actor: actor as string,
    })),
  }));
}

/** Half a year at a time from a team's first event on, where enough happened. */
export function halfYears(team: Team): ScheduleEvent[][] {
  const first = Math.min(...team.events.map(({ time }) => time));
  const parts = new Map<number, ScheduleEvent[]>();
  for (const event of team.events) {
    const part = Math.floor((event.time - first) / (HALF_YEAR_DAYS * DAY));
    parts.set(part, [...(parts.get(part) ?? []), event]);
  }
  return [...parts.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, events]) => events)
    .filter((events) => events.length >= LEAST_EVENTS);
}

export function analyseTeam(team: Team, events: readonly ScheduleEvent[]): TeamResult {
  const analysis = analyseSchedule(events, { calendars: CALENDARS });
  const times = events.map(({ time }) => time);
  const trueMinutes = usualOffset(team.timeZone, times);
  const { offset } = analysis;
  const [low, high] = offset?.interval95 ?? [0, 0];
  const of = (country: string) => analysis.calendars.find((row) => row.country === country);
  return {
    team,
    from: isoDay(Math.min(...times)),
    to: isoDay(Math.max(...times)),
    events: events.length,
    trueMinutes,
    analysis,
    covered: offset === null ? undefined : low <= trueMinutes && trueMinutes <= high,
    widthHours: offset === null ? undefined : (high - low) / 60,
    own: of(team.country),
    chinese: of("CN"),
  };
}

/** Logarithm of the likelihood ratio of a team's own calendar over the Chinese one; undefined where they were not compared. */
export function ownOverChinese({ own }: TeamResult): number | undefined {
  return own?.rivals.find(({ country }) => country === "CN")?.log_likelihood_ratio;
}

const CALENDARS: HolidayCalendar[] = defaultCalendars().flatMap((code) => calendar(code) ?? []);

function usualOffset(timeZone: string, times: readonly number[]): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const counts = new Map<number, number>();
  for (const time of times) {
    const part = Object.fromEntries(
      format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    const minutes = Math.round((local - time) / MINUTE);
    counts.set(minutes, (counts.get(minutes) ?? 0) + 1);
  }
  const [usual] = [...counts.entries()].sort(([, a], [, b]) => b - a);
  return usual?.[0] ?? 0;
}
