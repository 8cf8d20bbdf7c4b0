import { renderSchedule, scheduleStep } from "../pipeline/index.js";
import { printJson, printLine, terminalStyle } from "./output.js";

export interface ScheduleFlags {
  time: string;
  actor?: string;
  calendars?: string;
  json?: boolean;
}

export const SCHEDULE_EXAMPLES = `
The file has a header. Times are RFC 3339 or ISO 8601 (without an offset they are taken for UTC), or seconds, milliseconds, microseconds or
nanoseconds since 1970. Give --actor where the file has one (an account, a pair of hosts): timers are looked for in each actor's events by
themselves. Lines without a readable time are counted and named, never dropped in silence.

Examples:
  longwatch schedule logons.csv --time timestamp --actor account
  longwatch schedule sessions.csv.gz --time ts --actor host --calendars CN,KR,KH --json > schedule.json
  longwatch query --csv "SELECT time, concat(toString(src_endpoint_ip), ' ', toString(dst_endpoint_ip)) AS pair FROM network_activity" \\
    | longwatch schedule - --time time --actor pair`;

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
