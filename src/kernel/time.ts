/** Times are UTC everywhere. Inside the program they are milliseconds since 1970 or RFC 3339 strings, never local time. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** RFC 3339 in UTC without fractions, e.g. `2023-09-29T01:02:03Z`. */
export function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** The UTC day, e.g. `2023-09-29`. */
export function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/**
 * Milliseconds of an engine time (`2023-09-29 01:02:03.123456`, UTC) or of an RFC 3339 time. NaN where it is neither.
 */
export function parseTime(text: string): number {
  const iso = text.includes("T") ? text : text.replace(" ", "T");
  return Date.parse(
    /(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : iso.length === 10 ? `${iso}T00:00:00Z` : `${iso}Z`,
  );
}

/** Monday 00:00 UTC of the ISO 8601 week that the time lies in. */
export function weekStart(milliseconds: number): number {
  const days = Math.floor(milliseconds / DAY);
  // 1970-01-01 was a Thursday: day 0 is three days after a Monday.
  return (days - ((((days + 3) % 7) + 7) % 7)) * DAY;
}

/** An offset from UTC as people write it: `UTC+8`, `UTC-3:30`, `UTC`. */
export function utcOffset(minutes: number): string {
  if (minutes === 0) return "UTC";
  const size = Math.abs(Math.round(minutes));
  const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
  return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(size / 60)}${rest}`;
}
