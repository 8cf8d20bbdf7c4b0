import { renderSchedule } from "../pipeline/present.js";
import { scheduleStep } from "../pipeline/schedule/step.js";
import { printJson, printLine, terminalStyle } from "./output.js";

export interface ScheduleFlags {
  time: string;
  actor?: string;
  calendars?: string;
  json?: boolean;
}

export async function runSchedule(file: string, flags: ScheduleFlags): Promise<void> {
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
  else printLine(renderSchedule(report, terminalStyle()));
}
