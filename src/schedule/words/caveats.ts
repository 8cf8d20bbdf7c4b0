import { joinItems } from "../../kernel/lists.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleOptions } from "../options.js";
import { say } from "./messages.js";

type Measured = Omit<ScheduleAnalysis, "words" | "caveats">;

/** A series shorter than this shows most holidays once, days. */
const YEAR = 365;

/** What a reader must know before using any of it. Never empty. */
export function caveatsOf(measured: Measured, options: ScheduleOptions): string[] {
  const caveats = [
    say("words.caveat.imitation"),
    machineCaveat(measured),
    say(options.exposureAt === undefined ? "words.caveat.blind" : "words.caveat.outages"),
  ];
  if (measured.verdict !== "human") return caveats;
  if (options.watched === undefined) caveats.push(say("words.caveat.watched"));
  caveats.push(say("words.caveat.offset"));
  return [...caveats, ...calendarCaveats(measured, options)];
}

function machineCaveat({ events, interactive_events }: Measured): string {
  return say("words.caveat.machine", events - interactive_events, events);
}

function calendarCaveats({ calendars, days }: Measured, { calendars: asked }: ScheduleOptions): string[] {
  if (calendars.length === 0) return [say("words.caveat.no-calendar")];
  const caveats = [say("words.caveat.calendars", calendars.length)];
  if (days.length < YEAR) caveats.push(say("words.caveat.short", days.length));
  const silent = asked.filter(({ knowsMakeup }) => !knowsMakeup).map(({ country }) => country);
  if (silent.length > 0 && silent.length < asked.length)
    caveats.push(say("words.caveat.makeup", joinItems(silent)));
  return caveats;
}
