import ipaddr from "ipaddr.js";
import { groupBy } from "../../../kernel/group-by.js";
import type { Condition, PatternPart, Predicate, TextPattern, TimePart } from "../rule/model.js";

/**
 * How a table answers for a field of a rule. A table whose rows have at most one value of each field gives it as a text (`one`), which is quicker;
 * others give a list.
 */
export type FieldSql = {
  /** Whether the field is there, with a value or without. */
  present: string;
} & (
  | {
      /** String, '' where there is no value; the same in lower case. */
      one: string;
      lower: string;
      /** Whether there is a value. */
      has: string;
    }
  | {
      /** Array(String); the same in lower case. */
      values: string;
      lower: string;
    }
);

export interface TableSql {
  field(name: string, parameters: Parameters): FieldSql;
  /** All values of an event as Array(String), for keywords. */
  everything: string;
  everythingLower: string;
}

/** Values never become part of the SQL text: they are bound. */
export class Parameters {
  readonly values: Record<string, string | number | readonly string[]> = {};
  readonly #prefix: string;
  #count = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  text(value: string): string {
    return this.#bind(value, "String");
  }

  texts(values: readonly string[]): string {
    return this.#bind(values, "Array(String)");
  }

  number(value: number): string {
    return this.#bind(value, "Float64");
  }

  #bind(value: string | number | readonly string[], type: string): string {
    const name = `${this.#prefix}${this.#count++}`;
    this.values[name] = value;
    return `{${name}:${type}}`;
  }
}

/** A condition as an SQL expression over one row: the same answer as the matcher gives for the event. */
export function compileSql(condition: Condition, table: TableSql, parameters: Parameters): string {
  switch (condition.kind) {
    case "and":
      return joined(
        "AND",
        condition.parts.map((part) => compileSql(part, table, parameters)),
      );
    case "or":
      return joined("OR", anyOf(condition.parts, table, parameters));
    case "not":
      return `(NOT ${compileSql(condition.part, table, parameters)})`;
    case "field":
      return fieldSql(condition.field, condition.predicate, table, parameters);
    case "keyword":
      return keywordSql(condition.predicate, table, parameters);
  }
}

const joined = (operator: string, parts: readonly string[]): string => `(${parts.join(` ${operator} `)})`;

/** Texts of one field that are looked for in one way are looked for together: the engine plans one function, not a hundred. */
function anyOf(parts: readonly Condition[], table: TableSql, parameters: Parameters): string[] {
  const groups = groupBy(parts.entries(), ([position, part]) => {
    const simple = part.kind === "field" ? simpleText(part.predicate) : undefined;
    return simple === undefined || part.kind !== "field"
      ? String(position)
      : JSON.stringify([part.field, simple.how, simple.cased]);
  });
  return [...groups.values()].flatMap((group) => {
    const [, first] = group[0] as [number, Condition];
    if (group.length === 1 || first.kind !== "field")
      return group.map(([, part]) => compileSql(part, table, parameters));
    const simple = group.map(([, part]) => simpleText((part as typeof first).predicate) as SimpleText);
    const [{ how, cased }] = simple as [SimpleText];
    const texts = simple.map(({ text }) => text);
    const sql = table.field(first.field, parameters);
    return chunked(texts).map((some) =>
      existsSql(sql, cased, false, (v) => {
        const list = parameters.texts(some);
        switch (how) {
          case "equals":
            return `has(${list}, ${v})`;
          case "contains":
            return `multiSearchAny(${v}, ${list})`;
          case "startswith":
            return `arrayExists(text -> startsWith(${v}, text), ${list})`;
          case "endswith":
            return `arrayExists(text -> endsWith(${v}, text), ${list})`;
        }
      }),
    );
  });
}

/** What the engine looks for at once. */
const MOST_NEEDLES = 200;

function* chunksOf(texts: readonly string[]): Generator<string[]> {
  for (let at = 0; at < texts.length; at += MOST_NEEDLES) yield texts.slice(at, at + MOST_NEEDLES);
}
const chunked = (texts: readonly string[]): string[][] => [...chunksOf(texts)];

interface SimpleText {
  how: "equals" | "contains" | "startswith" | "endswith";
  /** In lower case unless cased; never empty. */
  text: string;
  cased: boolean;
}

/** A text without wildcards but at its ends. */
function simpleText(predicate: Predicate): SimpleText | undefined {
  if (predicate.kind !== "text") return undefined;
  const { parts, cased } = predicate.pattern;
  const [first, second, third] = parts;
  const found = (how: SimpleText["how"], part: PatternPart | undefined): SimpleText | undefined =>
    typeof part === "string" && part !== ""
      ? { how, text: cased ? part : part.toLowerCase(), cased }
      : undefined;
  if (parts.length === 1) return found("equals", first);
  if (parts.length === 2)
    return isAny(second) ? found("startswith", first) : isAny(first) ? found("endswith", second) : undefined;
  return parts.length === 3 && isAny(first) && isAny(third) ? found("contains", second) : undefined;
}

/**
 * Whether a value of the field passes a test.
 * @param fitsEmpty whether '' may pass: then a field without a value must be told from one that is empty
 */
function existsSql(field: FieldSql, cased: boolean, fitsEmpty: boolean, test: (v: string) => string): string {
  if (!("one" in field)) return `arrayExists(v -> ${test("v")}, ${cased ? field.values : field.lower})`;
  const passes = test(cased ? field.one : field.lower);
  return fitsEmpty ? `(${field.has} AND ${passes})` : passes;
}

function fieldSql(name: string, predicate: Predicate, table: TableSql, parameters: Parameters): string {
  const field = table.field(name, parameters);
  switch (predicate.kind) {
    case "null":
      return "one" in field ? `(NOT ${field.has})` : `empty(${field.values})`;
    case "exists":
      return predicate.expected ? field.present : `(NOT ${field.present})`;
    case "fieldref": {
      const { cased, how } = predicate;
      const other = table.field(predicate.other, parameters);
      return existsSql(field, cased, true, (v) =>
        existsSql(other, cased, true, (reference) => {
          // One list within another has names of its own.
          const w = reference === "v" ? "w" : reference;
          return {
            equals: `${v} = ${w}`,
            contains: `position(${v}, ${w}) > 0`,
            startswith: `startsWith(${v}, ${w})`,
            endswith: `endsWith(${v}, ${w})`,
          }[how];
        }).replace(/^arrayExists\(v -> /, "arrayExists(w -> "),
      );
    }
    case "text": {
      const { pattern } = predicate;
      const fitsEmpty = pattern.parts.every(isAny) || pattern.parts.includes("");
      return existsSql(field, pattern.cased, fitsEmpty, (v) => textSql(pattern, v, parameters));
    }
    default:
      return existsSql(field, true, predicate.kind === "regex", (v) => valueSql(predicate, v, parameters));
  }
}

function keywordSql(predicate: Predicate, table: TableSql, parameters: Parameters): string {
  const within = (test: string, values: string): string => `arrayExists(v -> ${test}, ${values})`;
  if (predicate.kind === "text") {
    const any: PatternPart = { wild: "any" };
    const pattern = { ...predicate.pattern, parts: [any, ...predicate.pattern.parts, any] };
    return within(
      textSql(pattern, "v", parameters),
      pattern.cased ? table.everything : table.everythingLower,
    );
  }
  if (predicate.kind === "number")
    return within(`position(v, ${parameters.text(predicate.text.toLowerCase())}) > 0`, table.everythingLower);
  return within(
    valueSql(predicate as Extract<Predicate, { kind: "regex" | "cidr" }>, "v", parameters),
    table.everything,
  );
}

/** A test of the text `v`. */
function valueSql(
  predicate: Exclude<Predicate, { kind: "null" | "exists" | "fieldref" | "text" }>,
  v: string,
  parameters: Parameters,
): string {
  switch (predicate.kind) {
    case "number":
      return `(lowerUTF8(${v}) = ${parameters.text(predicate.text.toLowerCase())} OR ifNull(${numberOf(v)} = ${parameters.number(predicate.value)}, 0))`;
    case "compare": {
      const operator = { lt: "<", lte: "<=", gt: ">", gte: ">=" }[predicate.operator];
      return `ifNull(${numberOf(v)} ${operator} ${parameters.number(predicate.value)}, 0)`;
    }
    case "regex": {
      const flags = ["i", "m"].filter((flag) => predicate.flags.includes(flag)).join("");
      // The engine lets the dot match line ends unless it is told otherwise.
      const dot = predicate.flags.includes("s") ? "s" : "-s";
      return `match(${v}, ${parameters.text(`(?${flags}${dot})${predicate.source}`)})`;
    }
    case "cidr":
      return cidrSql(predicate.network, v, parameters);
    case "time":
      return timeSql(predicate.part, predicate.operator, predicate.value, v, parameters);
  }
}

/** Decimal, or hexadecimal with 0x; NULL for everything else. */
const numberOf = (v: string): string =>
  `if(match(${v}, '^0[xX][0-9a-fA-F]{1,16}$'), ` +
  `toFloat64(reinterpretAsUInt64(reverse(unhex(leftPad(substring(${v}, 3), 16, '0'))))), ` +
  `if(match(${v}, '^[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$'), toFloat64OrNull(${v}), NULL))`;

/** A test of the text `v`, which is in lower case already unless the pattern is cased. */
function textSql({ parts, cased }: TextPattern, v: string, parameters: Parameters): string {
  const text = (part: PatternPart): string =>
    parameters.text(cased ? (part as string) : (part as string).toLowerCase());
  const [first, second, third] = parts;
  if (parts.length === 0) return `${v} = ''`;
  if (parts.every(isAny)) return "1";
  if (parts.length === 1 && typeof first === "string") return `${v} = ${text(first)}`;
  if (parts.length === 2 && typeof first === "string" && isAny(second))
    return `startsWith(${v}, ${text(first)})`;
  if (parts.length === 2 && isAny(first) && typeof second === "string")
    return `endsWith(${v}, ${text(second)})`;
  if (parts.length === 3 && isAny(first) && typeof second === "string" && isAny(third))
    return `position(${v}, ${text(second)}) > 0`;
  const pattern = parts
    .map((part) => {
      if (typeof part === "string") return escaped(cased ? part : part.toLowerCase());
      if ("of" in part) return `[${[...part.of].map((char) => escaped(char)).join("")}]`;
      return part.wild === "any" ? ".*" : ".";
    })
    .join("");
  return `match(${v}, ${parameters.text(`(?s)^${pattern}$`)})`;
}

const isAny = (part: PatternPart | undefined): boolean =>
  typeof part === "object" && "wild" in part && part.wild === "any";

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|\-/]/g, "\\$&");

function cidrSql(network: string, v: string, parameters: Parameters): string {
  const [address = "", bits] = network.split("/");
  const version = ipaddr.parse(address).kind() === "ipv4" ? "IPv4" : "IPv6";
  const range = parameters.text(`${address}/${bits ?? (version === "IPv4" ? 32 : 128)}`);
  // An address of IPv4 may be written as one of IPv6.
  const value = version === "IPv4" ? `if(startsWith(lower(${v}), '::ffff:'), substring(${v}, 8), ${v})` : v;
  // The engine may compute both branches of a condition (constants, columns with a dictionary): what is no address must not reach the function.
  const nothing = version === "IPv4" ? "'0.0.0.0'" : "'::'";
  return `(is${version}String(${value}) AND isIPAddressInRange(if(is${version}String(${value}), ${value}, ${nothing}), ${range}))`;
}

function timeSql(part: TimePart, operator: string, value: number, v: string, parameters: Parameters): string {
  const reader = {
    minute: "toMinute",
    hour: "toHour",
    day: "toDayOfMonth",
    week: "toISOWeek",
    month: "toMonth",
    year: "toYear",
  }[part];
  const sign = { eq: "=", lt: "<", lte: "<=", gt: ">", gte: ">=" }[operator];
  return `ifNull(${reader}(parseDateTime64BestEffortOrNull(${v}, 3, 'UTC')) ${sign} ${parameters.number(value)}, 0)`;
}
