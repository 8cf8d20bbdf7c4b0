/** Times as a mapping's `timeFormat` describes them. */
import { epochMillis, isoTime } from "../checked.js";
import type { CsvMapping } from "../port.js";
import { sqlString } from "../sql.js";

/** Specifiers of parseDateTime that read something: https://clickhouse.com/docs/sql-reference/functions/type-conversion-functions */
const SPECIFIERS = "abcdDefFhHiIjklmMprRsSTWyYz%";

/** Minutes east of UTC of an offset such as `+07:00`; undefined where it is none. */
function offsetMinutes(offset: string): number | undefined {
  if (offset === "" || offset === "Z" || offset === "UTC") return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset) ?? [];
  if (hours === undefined || minutes === undefined || Number(hours) > 14 || Number(minutes) > 59)
    return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Why a mapping's times cannot be read; undefined if they can. A bad format would otherwise fail inside the engine. */
export function timeFormatProblem({ timeFormat, utcOffset }: CsvMapping): string | undefined {
  if (offsetMinutes(utcOffset) === undefined)
    return `its utcOffset '${utcOffset}' is no offset such as +07:00`;
  if (["epoch", "epoch_ms", "iso8601"].includes(timeFormat)) return undefined;
  const used = [...timeFormat.matchAll(/%(.?)/gs)].map((match) => match[1] ?? "");
  if (used.length === 0)
    return `its timeFormat '${timeFormat}' is neither epoch, epoch_ms, iso8601 nor a pattern with %`;
  const unknown = used.filter((specifier) => specifier === "" || !SPECIFIERS.includes(specifier));
  return unknown.length > 0 ? `its timeFormat has %${unknown[0]}, which is not supported` : undefined;
}

/** Nullable(DateTime64(6, 'UTC')) of a text in the mapping's format. A time that names its zone is not shifted. */
export function mappedTime({ timeFormat, utcOffset }: CsvMapping, raw: string): string {
  const exact = `if(isNull(toFloat64OrNull(${raw})), NULL, toDecimal64OrNull(${raw}, 6))`;
  if (timeFormat === "epoch") return `CAST(${exact} AS Nullable(DateTime64(6, 'UTC')))`;
  if (timeFormat === "epoch_ms") return epochMillis(raw);
  const minutes = offsetMinutes(utcOffset) ?? 0;
  if (timeFormat === "iso8601") {
    const zoned = `match(${raw}, '(?:Z|[+-][0-9]{2}:?[0-9]{2})$')`;
    return `if(${zoned}, ${isoTime(raw)}, subtractMinutes(${isoTime(raw)}, ${minutes}))`;
  }
  const parsed = `CAST(parseDateTime64OrNull(${raw}, ${sqlString(timeFormat)}, 'UTC') AS Nullable(DateTime64(6, 'UTC')))`;
  return timeFormat.includes("%z") ? parsed : `subtractMinutes(${parsed}, ${minutes})`;
}
