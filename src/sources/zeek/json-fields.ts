/** Fields of Zeek's JSON writer: dotted keys (`id.orig_h`), underscored ones as some exporters make them, or nested objects. */
import { type Checks, epochMillis, type Field, isoTime } from "../checked.js";
import { Prelude, sqlString } from "../sql.js";
import type { ZeekFields } from "./fields.js";

export type Spelling = "dotted" | "underscored" | "nested";

/** Milliseconds since 1970 (LogAscii::json_timestamps = JSON::TS_MILLIS) from here on; as seconds this were the year 5138. */
const MILLIS_FROM = 100_000_000_000;

/** Keys that name the log of a record: Zeek's own is `_path`; `@stream` comes from older Corelight and Kafka exporters. */
export const PATH_KEYS = ["_path", "@stream"] as const;

const RECORD = "j";

export class JsonFields implements ZeekFields {
  readonly prelude = new Prelude();
  readonly #spellings: ReadonlySet<Spelling>;
  /** Keys wanted so far: they become one typed extraction, so that a line is parsed once. */
  readonly #keys = new Map<string, "Nullable(String)" | "Array(String)">();
  readonly #nested = new Map<string, Map<string, "Nullable(String)" | "Array(String)">>();

  constructor(spellings: ReadonlySet<Spelling>) {
    this.#spellings = spellings.size > 0 ? spellings : new Set<Spelling>(["dotted"]);
  }

  has(): boolean {
    return true;
  }

  field(name: string): Field {
    const values = this.#accesses(name, "Nullable(String)");
    const value = values.length === 1 ? (values[0] ?? "NULL") : `coalesce(${values.join(", ")})`;
    const raw = this.prelude.define(`ifNull(${value}, '')`);
    return { name, raw, absent: `${raw} = ''` };
  }

  text(name: string): string {
    return this.field(name).raw;
  }

  word(name: string): string {
    return this.field(name).raw;
  }

  list(name: string): string {
    const values = this.#accesses(name, "Array(String)");
    return values.reduceRight(
      (rest, value) => (rest === "" ? value : `if(notEmpty(${value}), ${value}, ${rest})`),
      "",
    );
  }

  isTrue(name: string): string {
    return `${this.field(name).raw} = 'true'`;
  }

  isFalse(name: string): string {
    return `${this.field(name).raw} = 'false'`;
  }

  time(checks: Checks, name: string): string {
    const field = this.field(name);
    // JSON numbers come as the shortest decimal that reads back to the same double: near today's dates that is the written one.
    const number = this.prelude.define(`toFloat64OrNull(${field.raw})`);
    const exact = this.prelude.define(`toDecimal64OrNull(${field.raw}, 6)`);
    return checks.instant(
      field,
      `multiIf(isNull(${number}), ${isoTime(field.raw)}, ${number} >= ${MILLIS_FROM}, ${epochMillis(field.raw)}, isNull(${exact}) OR isNaN(${number}), NULL, CAST(${exact} AS Nullable(DateTime64(6, 'UTC'))))`,
    );
  }

  claimedTime(checks: Checks, name: string): string {
    const field = this.field(name);
    return checks.claimedSeconds(field, isoTime(field.raw));
  }

  /** The typed extraction and what was defined on top of it: the whole prelude. Call when all fields are asked for. */
  get entries(): string[] {
    const extraction = `JSONExtract(line, ${sqlString(tupleType(this.#keys))}) AS ${RECORD}`;
    const nested = [...this.#nested].map(
      ([object, keys]) =>
        `JSONExtract(line, ${sqlString(object)}, ${sqlString(tupleType(keys))}) AS ${nestedAlias(object)}`,
    );
    return [extraction, ...nested, ...this.prelude.entries];
  }

  #accesses(name: string, type: "Nullable(String)" | "Array(String)"): string[] {
    const dot = name.indexOf(".");
    if (dot < 0) return [this.#top(name, type)];
    const found: string[] = [];
    if (this.#spellings.has("dotted")) found.push(this.#top(name, type));
    if (this.#spellings.has("underscored")) found.push(this.#top(name.replaceAll(".", "_"), type));
    if (this.#spellings.has("nested")) {
      const object = name.slice(0, dot);
      const key = name.slice(dot + 1);
      const keys = this.#nested.get(object) ?? new Map();
      this.#nested.set(object, keys.set(key, type));
      found.push(`tupleElement(${nestedAlias(object)}, ${sqlString(key)})`);
    }
    return found;
  }

  #top(key: string, type: "Nullable(String)" | "Array(String)"): string {
    this.#keys.set(key, type);
    return `tupleElement(${RECORD}, ${sqlString(key)})`;
  }
}

/** Keys are Zeek's field names, written in `logs.ts`; none comes from a file. */
function tupleType(keys: ReadonlyMap<string, string>): string {
  return `Tuple(${[...keys].map(([key, type]) => `\`${key}\` ${type}`).join(", ")})`;
}

const nestedAlias = (object: string) => `n_${object}`;
