import { formatFixed, formatNumber, languageTag } from "../kernel/language.js";
import { DAY, HOUR, isoDay, MINUTE, parseTime, rfc3339 } from "../kernel/time.js";
import { say } from "./catalogue.js";

export { formatFixed, formatNumber };

const SI = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** SI units (powers of 1,000), three significant digits: `1.23 GB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return say("unit.unknown");
  let value = Math.abs(bytes);
  let step = 0;
  // 999.5 would be printed as 1,000 of the smaller unit.
  while (value >= 999.5 && step < SI.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${bytes < 0 ? "−" : ""}${formatFixed(value, digits)} ${SI[step]}`;
}

/** The exact value beside {@link formatBytes}. */
export function exactBytes(bytes: number): string {
  return say("unit.bytes", bytes);
}

/** Milliseconds of an RFC 3339 or engine time, or of a number that already is one. */
function milliseconds(time: string | number): number {
  return typeof time === "number" ? time : parseTime(time);
}

/** `2023-09-29`; the text itself where it is no time. */
export function formatDay(time: string | number | null): string {
  if (time === null) return "–";
  const value = milliseconds(time);
  return Number.isFinite(value) ? isoDay(value) : String(time);
}

/** `2023-09-29 01:02 UTC`; the text itself where it is no time. */
export function formatTime(time: string | number | null): string {
  if (time === null) return "–";
  const value = milliseconds(time);
  return Number.isFinite(value) ? `${rfc3339(value).slice(0, 16).replace("T", " ")} UTC` : String(time);
}

/** A month's short name: `Sep`. @param time milliseconds since 1970 */
export function formatMonth(time: number): string {
  return new Intl.DateTimeFormat(languageTag(), {
    month: "short",
    timeZone: "UTC",
  }).format(time);
}

/** A weekday's short name: `Mon`. @param weekday 0 for Monday */
export function formatWeekday(weekday: number): string {
  return new Intl.DateTimeFormat(languageTag(), { weekday: "short", timeZone: "UTC" }).format(
    MONDAY + weekday * DAY,
  );
}

/** A Monday, 2024-01-01. */
const MONDAY = Date.UTC(2024, 0, 1);

/** A duration given in seconds, in its two largest units: `3 days 4 h`, `12 min`, `1.5 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return say("unit.unknown");
  const total = seconds * 1000;
  if (total < MINUTE) return say("unit.s", Math.round(seconds * 10) / 10);
  const minutes = Math.round(total / MINUTE);
  const days = Math.floor((minutes * MINUTE) / DAY);
  const hours = Math.floor((minutes * MINUTE - days * DAY) / HOUR);
  const rest = minutes % 60;
  const parts =
    days > 0
      ? [say("unit.days", days), ...(hours > 0 ? [say("unit.h", hours)] : [])]
      : hours > 0
        ? [say("unit.h", hours), ...(rest > 0 ? [say("unit.min", rest)] : [])]
        : [say("unit.min", rest)];
  return parts.join(" ");
}

/** A share 0..1 as percent; never rounds something to nothing or to everything. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return say("unit.unknown");
  const percent = share * 100;
  if (percent > 0 && percent < 1) return "<1 %";
  if (percent < 100 && percent > 99) return ">99 %";
  return `${Math.round(percent).toLocaleString(languageTag())} %`;
}

export function tlpLabel(tlp: string): string {
  return `TLP:${tlp.toUpperCase()}`;
}
