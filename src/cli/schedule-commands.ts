import { renderSchedule } from "../pipeline/present.js";
import { scheduleStep } from "../pipeline/schedule/step.js";
import { type LanguageFlags, languageOf, rendered } from "./language.js";
import { printJson, printLine, terminalStyle } from "./output.js";

export interface ScheduleFlags extends LanguageFlags {
  time: string;
  actor?: string;
  calendars?: string;
  json?: boolean;
}

export async function runSchedule(file: string, flags: ScheduleFlags): Promise<void> {
  const language = languageOf(flags);
  const report = await scheduleStep({
    file,
    time: flags.time,
    actor: flags.actor,
    calendars:
      flags.calendars === undefined
        ? undefined
        : flags.calendars === "none"
          ? []
          : flags.calendars.split(","),
  });
  if (flags.json) await printJson(report);
  else printLine(rendered(language, () => renderSchedule(report, terminalStyle())));
}
