import { DAY } from "../../kernel/time.js";

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** 00:00 UTC of a day that exists in the calendar; undefined otherwise (2023-02-30). */
function dayStart(text: string): number | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const time = Date.UTC(year, month - 1, day);
  const back = new Date(time);
  return year >= 1900 && back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? time : undefined;
}

function instant(text: string): number | undefined {
  const parts = DATE_TIME.exec(text);
  const day = parts?.[1];
  if (!parts || day === undefined || dayStart(day) === undefined) return undefined;
  const zone = parts[5] ?? "Z";
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const time = Date.parse(text.replace(/\s*(Z|[+-]\d\d:?\d\d)$/i, "").replace(" ", "T") + offset);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The beginning of a validity, milliseconds UTC: a day means its 00:00 UTC, a time without a zone is UTC, nothing means "always
 * was" (-Infinity). Undefined where the text is no time.
 */
export function parseValidFrom(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? Number.NEGATIVE_INFINITY : (dayStart(trimmed) ?? instant(trimmed));
}

/**
 * The end of a validity, exclusive: a day counts to its end (the result is 00:00 UTC of the day after), a time is exact, nothing
 * means "still" (Infinity).
 */
export function parseValidTo(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return Number.POSITIVE_INFINITY;
  const day = dayStart(trimmed);
  return day === undefined ? instant(trimmed) : day + DAY;
}

export const TIME_HINT = "write a day such as 2023-09-29 or a time such as 2023-09-29T08:00:00Z";
