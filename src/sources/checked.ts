/**
 * Values that are checked before they become columns. One boolean decides for all checks of a record, so that a good line costs
 * little; the reason is only put together where a line fails. Nothing that cannot be read turns into 0.
 */
import { type Prelude, sqlShown, sqlString } from "./sql.js";

/** One value of a record, before any conversion. */
export interface Field {
  /** As the log spells it: it stands in the reason. */
  name: string;
  /** SQL, String. */
  raw: string;
  /** SQL condition: the record has no value here. `1` where no record of this shape can have one. */
  absent: string;
}

/** Times before 1970 and from 2100 on are rejected: no sensor's clock is meant there. */
const LAST_SECOND = 4_102_444_800;
const EPOCH_START = "toDateTime64(0, 6, 'UTC')";
const EPOCH_END = `toDateTime64(${LAST_SECOND}, 6, 'UTC')`;

/** A date and time as ISO 8601 writes it; the best-effort parser alone would also read `12`. */
const ISO_PATTERN = "'^\\\\d{4}-\\\\d{2}-\\\\d{2}[T ]\\\\d{2}:\\\\d{2}:\\\\d{2}'";

/** Nullable(DateTime64(6, 'UTC')) of an ISO 8601 time, exact to the microsecond; without an offset it is UTC. */
export function isoTime(raw: string): string {
  return `if(match(${raw}, ${ISO_PATTERN}), parseDateTime64BestEffortOrNull(${raw}, 6, 'UTC'), NULL)`;
}

/** Nullable(DateTime64(6, 'UTC')) of milliseconds since 1970 as a decimal number, exact: with three decimals they are microseconds. */
export function epochMillis(raw: string): string {
  const exact = `toDecimal64OrNull(${raw}, 3)`;
  return `if(isNull(${exact}) OR isNull(toFloat64OrNull(${raw})), NULL, fromUnixTimestamp64Micro(reinterpretAsInt64(assumeNotNull(${exact})), 'UTC'))`;
}

/**
 * Nullable(Int64) of seconds as a decimal number. Reading a decimal takes three times as long as reading a float, and in the usual form
 * (ten digits, point, six digits) the nearest float is less than half a microsecond off.
 *
 * @param number the same text as Nullable(Float64)
 */
function microseconds(raw: string, number: string): string {
  const usual = `length(${raw}) = 17 AND ifNull(${number} >= 1e9 AND ${number} < ${LAST_SECOND}, 0)`;
  const decimal = `toDecimal64OrNull(${raw}, 6)`;
  return `if(${usual}, accurateCastOrNull(round(${number} * 1e6), 'Int64'), if(isNull(${decimal}), NULL, reinterpretAsInt64(assumeNotNull(${decimal}))))`;
}

export class Checks {
  readonly #prelude: Prelude;
  readonly #conditions: string[] = [];
  readonly #reasons: { when: string; reason: string }[] = [];
  #hopeless: string | undefined;

  constructor(prelude: Prelude) {
    this.#prelude = prelude;
  }

  /** Adds a condition that a good record meets, with the reason (SQL, String) why a record is rejected. */
  require(condition: string, reason: string): void {
    this.#conditions.push(condition);
    this.#reasons.push({ when: `NOT ifNull(${condition}, 0)`, reason });
  }

  /** What a good record meets, and why another is none ({@link InsertPlan}). */
  get verdict(): { accept: string; reject: string } {
    if (this.#hopeless !== undefined) return { accept: "0", reject: sqlString(this.#hopeless) };
    if (this.#conditions.length === 0) return { accept: "1", reject: "''" };
    const accept = this.#conditions.join(" AND ");
    const reasons = this.#reasons.map(({ when, reason }) => `${when}, ${reason}`).join(", ");
    return { accept, reject: `if(${accept}, '', ifNull(multiIf(${reasons}, NULL), 'not a valid record'))` };
  }

  /** Seconds since 1970 as a decimal number, exact to the microsecond (the seventh digit is cut off). */
  epochSeconds(field: Field): string {
    if (this.#neverThere(field)) return EPOCH_START;
    // toDecimal64OrNull reads `1.2.3` as 1.23 and `-` as 0; toFloat64OrNull refuses both, but rounds.
    const number = this.#prelude.define(`toFloat64OrNull(${field.raw})`);
    const exact = this.#prelude.define(microseconds(field.raw, number));
    this.require(
      `ifNull(${number} >= 0 AND ${number} < ${LAST_SECOND} AND isNotNull(${exact}), 0)`,
      `multiIf(${field.absent}, ${sqlString(`${field.name} is missing`)}, isNull(${number}) OR isNaN(${number}), concat(${sqlString(`${field.name} `)}, ${sqlShown(field.raw)}, ' is not a number of seconds'), ${number} < 0, concat('time ', ${sqlShown(field.raw)}, ' lies before 1970'), concat('time ', ${shownSeconds(number, field.raw)}, ' lies in the future'))`,
    );
    return `fromUnixTimestamp64Micro(assumeNotNull(${exact}), 'UTC')`;
  }

  /** @param value Nullable(DateTime64(6, 'UTC')) made from the field, NULL where it is no time */
  instant(field: Field, value: string): string {
    if (this.#neverThere(field)) return EPOCH_START;
    const time = this.#prelude.define(value);
    this.require(
      `ifNull(${time} >= ${EPOCH_START} AND ${time} < ${EPOCH_END}, 0)`,
      `multiIf(${field.absent}, ${sqlString(`${field.name} is missing`)}, isNull(${time}), concat(${sqlString(`${field.name} `)}, ${sqlShown(field.raw)}, ' is not a time'), ${time} < ${EPOCH_START}, concat('time ', ${sqlShown(field.raw)}, ' lies before 1970'), concat('time ', formatDateTime(assumeNotNull(${time}), '%Y-%m-%dT%H:%i:%SZ'), ' lies in the future'))`,
    );
    return `assumeNotNull(${time})`;
  }

  /** An IPv4 or IPv6 address as IPv6. Without one, `::`, unless it is required. */
  address(field: Field, required = true): string {
    return this.#converted(
      field,
      `toIPv6OrNull(${field.raw})`,
      required,
      "toIPv6('::')",
      "' is not an IP address'",
    );
  }

  port(field: Field, required = false): string {
    return this.#converted(
      field,
      `toUInt16OrNull(${field.raw})`,
      required,
      "0",
      "' is not a port (0 to 65535)'",
    );
  }

  /** A count of packets or bytes; 0 where the log has none. */
  count(field: Field): string {
    return this.#converted(field, `toUInt64OrNull(${field.raw})`, false, "0", notACount(field));
  }

  smallCount(field: Field): string {
    return this.#converted(field, `toUInt32OrNull(${field.raw})`, false, "0", notACount(field));
  }

  /** Length of time in seconds; 0 where the log has none. */
  seconds(field: Field): string {
    if (field.absent === "1") return "0";
    const value = this.#prelude.define(`toFloat64OrNull(${field.raw})`);
    this.require(
      `(ifNull(${value} >= 0 AND ${value} < 1e12, 0) OR ${field.absent})`,
      `concat(${sqlString(`${field.name} `)}, ${sqlShown(field.raw)}, if(ifNull(${value} < 0, 0), ' is negative', ' is not a number of seconds'))`,
    );
    return `if(${field.absent}, 0, ifNull(${value}, 0))`;
  }

  /** A number of a small range that is no volume, e.g. an HTTP status. 0 where absent. */
  status(field: Field): string {
    return this.#converted(
      field,
      `toUInt16OrNull(${field.raw})`,
      false,
      "0",
      "' is not a number from 0 to 65535'",
    );
  }

  /**
   * Nullable(DateTime64(0, 'UTC')) of a moment that is a claim, not an observation (validity of a certificate): any moment from
   * 1900 to 9999 is accepted, others are unknown.
   */
  claimedSeconds(field: Field, otherwise = "NULL"): string {
    if (field.absent === "1") return "NULL";
    const value = this.#prelude.define(`toFloat64OrNull(${field.raw})`);
    const text = this.#prelude.define(`if(isNull(${value}), ${otherwise}, NULL)`);
    this.require(
      `(isNotNull(${value}) OR isNotNull(${text}) OR ${field.absent})`,
      `concat(${sqlString(`${field.name} `)}, ${sqlShown(field.raw)}, ' is not a time')`,
    );
    return `if(ifNull(${value} >= -2208988800 AND ${value} < 253402300800, 0), toDateTime64(toInt64(${value}), 0, 'UTC'), CAST(${text} AS Nullable(DateTime64(0, 'UTC'))))`;
  }

  #converted(
    field: Field,
    conversion: string,
    required: boolean,
    otherwise: string,
    complaint: string,
  ): string {
    if (required ? this.#neverThere(field) : field.absent === "1") return otherwise;
    const value = this.#prelude.define(conversion);
    const complain = `concat(${sqlString(`${field.name} `)}, ${sqlShown(field.raw)}, ${complaint})`;
    if (required) {
      this.require(
        `isNotNull(${value})`,
        `if(${field.absent}, ${sqlString(`${field.name} is missing`)}, ${complain})`,
      );
      return `assumeNotNull(${value})`;
    }
    this.require(`(isNotNull(${value}) OR ${field.absent})`, complain);
    return `ifNull(${value}, ${otherwise})`;
  }

  /** A required field that no record of the shape has makes every record a reject. */
  #neverThere(field: Field): boolean {
    if (field.absent !== "1") return false;
    this.#hopeless ??= `the log has no field ${field.name}`;
    return true;
  }
}

function shownSeconds(number: string, raw: string): string {
  return `if(${number} < 253402300800, formatDateTime(toDateTime64(toInt64(ifNull(least(${number}, 253402300799.), 0)), 0, 'UTC'), '%Y-%m-%dT%H:%i:%SZ'), ${sqlShown(raw)})`;
}

function notACount(field: Field): string {
  return `if(match(${field.raw}, '^-\\\\d+$'), ' is negative', ' is not a count')`;
}
