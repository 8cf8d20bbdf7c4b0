/** Times and durations as flow tools print them. None prints a zone: they are read as UTC. */
import { isoTime } from "../checked.js";

/** `2019-02-21 11:09:02.123`, `2019/02/21 11:09:02.123456` or seconds since 1970. Nullable(DateTime64(6, 'UTC')). */
export function flowTime(raw: string): string {
  const dashed = `replaceRegexpOne(${raw}, '^(\\\\d{4})/(\\\\d{2})/(\\\\d{2})', '\\\\1-\\\\2-\\\\3')`;
  const seconds = `if(isNull(toFloat64OrNull(${raw})), NULL, CAST(toDecimal64OrNull(${raw}, 6) AS Nullable(DateTime64(6, 'UTC'))))`;
  return `if(match(${raw}, '^-?[0-9.]+$'), ${seconds}, ${isoTime(dashed)})`;
}

/** `3.004`, `00:00:03.004` or `1d 02:03:04` as seconds in text; anything else unchanged, for the check to complain about. */
export function flowDuration(raw: string): string {
  const pattern = "'^(?:(\\\\d+)d +)?(\\\\d+):(\\\\d{2}):(\\\\d{2}(?:[.]\\\\d+)?)$'";
  const parts = `extractGroups(${raw}, ${pattern})`;
  const part = (at: number) => `toFloat64OrZero(${parts}[${at}])`;
  return `if(position(${raw}, ':') = 0 OR empty(${parts}), ${raw}, toString(${part(1)} * 86400 + ${part(2)} * 3600 + ${part(3)} * 60 + ${part(4)}))`;
}
