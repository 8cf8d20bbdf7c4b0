import ipaddr from "ipaddr.js";
import type { Condition, PatternPart, Predicate, TextPattern, TimePart } from "../rule/model.js";

/**
 * How a table answers for a field of a rule: an expression of type Array(String), one element for each value; empty for a field that has no
 * value or is not there. `present` tells those two apart.
 */
export interface FieldSql {
  values: string;
  /** The same in lower case. */
  lower: string;
  present: string;
}

export interface TableSql {
  field(name: string, parameters: Parameters): FieldSql;
  /** All values of an event as Array(String), for keywords. */
  everything: string;
  everythingLower: string;
}

/** Values never become part of the SQL text: they are bound. */
export class Parameters {
  readonly values: Record<string, string | number> = {};
  readonly #prefix: string;
  #count = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  text(value: string): string {
    return this.#bind(value, "String");
  }

  number(value: number): string {
    return this.#bind(value, "Float64");
  }

  #bind(value: string | number, type: string): string {
    const name = `${this.#prefix}${this.#count++}`;
    this.values[name] = value;
    return `{${name}:${type}}`;
  }
}

/** A condition as an SQL expression over one row: the same answer as the matcher gives for the event. */
export function compileSql(condition: Condition, table: TableSql, parameters: Parameters): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${condition.parts.map((part) => compileSql(part, table, parameters)).join(` ${condition.kind.toUpperCase()} `)})`;
    case "not":
      return `(NOT ${compileSql(condition.part, table, parameters)})`;
    case "field":
      return fieldSql(condition.field, condition.predicate, table, parameters);
    case "keyword":
      return keywordSql(condition.predicate, table, parameters);
  }
}

function fieldSql(field: string, predicate: Predicate, table: TableSql, parameters: Parameters): string {
  const { values, lower, present } = table.field(field, parameters);
  switch (predicate.kind) {
    case "null":
      return `empty(${values})`;
    case "exists":
      return predicate.expected ? present : `(NOT ${present})`;
    case "fieldref": {
      const other = table.field(predicate.other, parameters);
      const how = {
        equals: "v = w",
        contains: "position(v, w) > 0",
        startswith: "startsWith(v, w)",
        endswith: "endsWith(v, w)",
      }[predicate.how];
      return predicate.cased
        ? `arrayExists(v -> arrayExists(w -> ${how}, ${other.values}), ${values})`
        : `arrayExists(v -> arrayExists(w -> ${how}, ${other.lower}), ${lower})`;
    }
    case "text":
      return `arrayExists(v -> ${textSql(predicate.pattern, parameters)}, ${predicate.pattern.cased ? values : lower})`;
    default:
      return `arrayExists(v -> ${valueSql(predicate, parameters)}, ${values})`;
  }
}

function keywordSql(predicate: Predicate, table: TableSql, parameters: Parameters): string {
  if (predicate.kind === "text") {
    const any: PatternPart = { wild: "any" };
    const pattern = { ...predicate.pattern, parts: [any, ...predicate.pattern.parts, any] };
    const values = pattern.cased ? table.everything : table.everythingLower;
    return `arrayExists(v -> ${textSql(pattern, parameters)}, ${values})`;
  }
  if (predicate.kind === "number")
    return `arrayExists(v -> position(v, ${parameters.text(predicate.text.toLowerCase())}) > 0, ${table.everythingLower})`;
  return `arrayExists(v -> ${valueSql(predicate as Extract<Predicate, { kind: "regex" | "cidr" }>, parameters)}, ${table.everything})`;
}

/** A test of the text `v`. */
function valueSql(
  predicate: Exclude<Predicate, { kind: "null" | "exists" | "fieldref" | "text" }>,
  parameters: Parameters,
): string {
  switch (predicate.kind) {
    case "number":
      return `(lowerUTF8(v) = ${parameters.text(predicate.text.toLowerCase())} OR ifNull(${NUMBER} = ${parameters.number(predicate.value)}, 0))`;
    case "compare": {
      const operator = { lt: "<", lte: "<=", gt: ">", gte: ">=" }[predicate.operator];
      return `ifNull(${NUMBER} ${operator} ${parameters.number(predicate.value)}, 0)`;
    }
    case "regex": {
      const flags = ["i", "m"].filter((flag) => predicate.flags.includes(flag)).join("");
      // The engine lets the dot match line ends unless it is told otherwise.
      const dot = predicate.flags.includes("s") ? "s" : "-s";
      return `match(v, ${parameters.text(`(?${flags}${dot})${predicate.source}`)})`;
    }
    case "cidr":
      return cidrSql(predicate.network, parameters);
    case "time":
      return timeSql(predicate.part, predicate.operator, predicate.value, parameters);
  }
}

/** Decimal, or hexadecimal with 0x; NULL for everything else. */
const NUMBER =
  "if(match(v, '^0[xX][0-9a-fA-F]{1,16}$'), " +
  "toFloat64(reinterpretAsUInt64(reverse(unhex(leftPad(substring(v, 3), 16, '0'))))), " +
  "if(match(v, '^[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$'), toFloat64OrNull(v), NULL))";

/** A test of the text `v`, which is in lower case already unless the pattern is cased. */
function textSql({ parts, cased }: TextPattern, parameters: Parameters): string {
  const text = (part: PatternPart): string =>
    parameters.text(cased ? (part as string) : (part as string).toLowerCase());
  const [first, second, third] = parts;
  if (parts.length === 0) return "v = ''";
  if (parts.every(isAny)) return "1";
  if (parts.length === 1 && typeof first === "string") return `v = ${text(first)}`;
  if (parts.length === 2 && typeof first === "string" && isAny(second))
    return `startsWith(v, ${text(first)})`;
  if (parts.length === 2 && isAny(first) && typeof second === "string") return `endsWith(v, ${text(second)})`;
  if (parts.length === 3 && isAny(first) && typeof second === "string" && isAny(third))
    return `position(v, ${text(second)}) > 0`;
  const pattern = parts
    .map((part) => {
      if (typeof part === "string") return escaped(cased ? part : part.toLowerCase());
      if ("of" in part) return `[${[...part.of].map((char) => escaped(char)).join("")}]`;
      return part.wild === "any" ? ".*" : ".";
    })
    .join("");
  return `match(v, ${parameters.text(`(?s)^${pattern}$`)})`;
}

const isAny = (part: PatternPart | undefined): boolean =>
  typeof part === "object" && "wild" in part && part.wild === "any";

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|\-/]/g, "\\$&");

function cidrSql(network: string, parameters: Parameters): string {
  const [address = "", bits] = network.split("/");
  const version = ipaddr.parse(address).kind() === "ipv4" ? "IPv4" : "IPv6";
  const range = parameters.text(`${address}/${bits ?? (version === "IPv4" ? 32 : 128)}`);
  // An address of IPv4 may be written as one of IPv6.
  const value = version === "IPv4" ? "if(startsWith(lower(v), '::ffff:'), substring(v, 8), v)" : "v";
  return `if(is${version}String(${value}), isIPAddressInRange(${value}, ${range}), 0)`;
}

function timeSql(part: TimePart, operator: string, value: number, parameters: Parameters): string {
  const reader = {
    minute: "toMinute",
    hour: "toHour",
    day: "toDayOfMonth",
    week: "toISOWeek",
    month: "toMonth",
    year: "toYear",
  }[part];
  const sign = { eq: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" }[operator];
  return `ifNull(${reader}(parseDateTime64BestEffortOrNull(v, 3, 'UTC')) ${sign} ${parameters.number(value)}, 0)`;
}
