import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleOptions } from "../options.js";
import { counted } from "./text.js";

type Measured = Omit<ScheduleAnalysis, "words" | "caveats">;

/** A series shorter than this shows most holidays once, days. */
const YEAR = 365;

/** What a reader must know before using any of it. Never empty. */
export function caveatsOf(measured: Measured, options: ScheduleOptions): string[] {
  const caveats = [
    "Working hours and holidays can be imitated or shifted on purpose: a false flag is cheap, and nothing here names a country's people or a state.",
    machineCaveat(measured),
    options.exposureAt === undefined
      ? "What could have been seen in each hour was not given: an outage of the sensor, and the watched place's own hours and holidays, look like those of the operators."
      : "Silence counts only for the hours in which activity could have been seen; an outage that is missing from that record would look like a lull.",
  ];
  if (measured.verdict !== "human") return caveats;
  if (options.watched === undefined)
    caveats.push(
      "The watched place's own rhythm was not given, so it was not among the hypotheses and is not ruled out.",
    );
  caveats.push(
    "One offset is kept by many countries (UTC+8 by China, Taiwan, Hong Kong, Singapore, Malaysia, the Philippines and Western Australia), and people may work at other hours than those of an office: the interval allows for days that begin between seven and noon, not for night shifts.",
  );
  return [...caveats, ...calendarCaveats(measured, options)];
}

function machineCaveat({ events, interactive_events }: Measured): string {
  const set = events - interactive_events;
  return `Only interactive activity carries hours: ${counted(set, "event")} of ${events.toLocaleString("en-US")} were set aside as a machine's. A timer with a pause of some hours, on a host that is on in office hours only, cannot be told from people.`;
}

function calendarCaveats({ calendars, days }: Measured, { calendars: asked }: ScheduleOptions): string[] {
  if (calendars.length === 0) return ["No calendar was asked, so nothing is said about holidays."];
  const caveats = [
    `${counted(calendars.length, "calendar was", "calendars were")} asked of one series; p-values are corrected for that (Holm), and a calendar that was not asked may fit better.`,
  ];
  if (days.length < YEAR)
    caveats.push(
      `${counted(days.length, "day")} show most holidays once: one block of days is one piece of evidence, however many days it has.`,
    );
  const silent = asked.filter(({ knowsMakeup }) => !knowsMakeup).map(({ country }) => country);
  if (silent.length > 0 && silent.length < asked.length)
    caveats.push(`Make-up working days are known of some calendars only; not of ${silent.join(", ")}.`);
  return caveats;
}
