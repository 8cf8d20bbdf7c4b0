import { isIP } from "node:net";
import { base64Offsets, encode, type TextEncoding } from "./encoding.js";
import type { Condition, Predicate, TimePart } from "./model.js";
import { anyDash, hasWildcard, parsePattern, plainText, surround } from "./pattern.js";
import { RuleError } from "./problem.js";

/** A value as it stands in the rule: a number keeps how it was written. */
export type RuleValue = string | boolean | null | { number: number; text: string };

/** Values of placeholders, by name without the percent signs. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

const ENCODINGS: Readonly<Record<string, TextEncoding>> = {
  utf16le: "utf16le",
  wide: "utf16le",
  utf16be: "utf16be",
  utf16: "utf16",
};
const TIME_PARTS = ["minute", "hour", "day", "week", "month", "year"];
const COMPARISONS = ["lt", "lte", "gt", "gte"];
const KNOWN = new Set([
  ...["all", "startswith", "endswith", "contains", "exists", "cased", "neq", "windash", "re", "i", "m", "s"],
  ...["base64", "base64offset", "cidr", "expand", "fieldref"],
  ...Object.keys(ENCODINGS),
  ...TIME_PARTS,
  ...COMPARISONS,
]);
const PLACEHOLDER = /(?<!\\)%([A-Za-z0-9_.-]+)%/g;
/** Combinations of placeholders beyond which a value is an attack. */
const MOST_EXPANSIONS = 10_000;

/**
 * One line of a detection: a field with modifiers (or a keyword, where `name` is empty) and its values. Values are alternatives, unless the modifier `all` is set.
 * @throws RuleError if modifiers are unknown, do not go together or do not fit the value
 */
export function parseItem(key: string, values: readonly RuleValue[], placeholders: Placeholders): Condition {
  const [field = "", ...modifiers] = key.split("|");
  const unknown = modifiers.find((modifier) => !KNOWN.has(modifier));
  if (unknown !== undefined) throw new RuleError(`the modifier "${unknown}" does not exist`);
  if (new Set(modifiers).size < modifiers.length) throw new RuleError(`a modifier stands twice in "${key}"`);
  const chain = new Chain(modifiers, key);
  const parts = values.flatMap((value) => chain.apply(value, placeholders));
  chain.finish();
  if (parts.length === 0) throw new RuleError(`"${key}" has an empty list of values`);
  const alternatives = parts.map(
    (predicate): Condition =>
      field === "" ? { kind: "keyword", predicate } : { kind: "field", field, predicate },
  );
  const joined: Condition =
    alternatives.length === 1
      ? (alternatives[0] as Condition)
      : { kind: modifiers.includes("all") ? "and" : "or", parts: alternatives };
  if (field === "" && parts.some((each) => !["text", "number", "regex", "cidr"].includes(each.kind)))
    throw new RuleError(`"${key}" needs a field`);
  return modifiers.includes("neq") ? { kind: "not", part: joined } : joined;
}

/** The modifiers of one item, which are read in their order. */
class Chain {
  readonly #has: ReadonlySet<string>;

  constructor(
    readonly modifiers: readonly string[],
    readonly key: string,
  ) {
    this.#has = new Set(modifiers);
  }

  #position(): { before: boolean; after: boolean } | undefined {
    const asked = ["contains", "startswith", "endswith"].filter((each) => this.#has.has(each));
    if (asked.length > 1) throw new RuleError(`${asked.join(" and ")} do not go together in "${this.key}"`);
    if (asked.length === 0) return undefined;
    return { before: asked[0] !== "startswith", after: asked[0] !== "endswith" };
  }

  finish(): void {
    for (const flag of ["i", "m", "s"])
      if (this.#has.has(flag) && !this.#has.has("re"))
        throw new RuleError(`"${flag}" belongs to re, in "${this.key}"`);
  }

  apply(value: RuleValue, placeholders: Placeholders): Predicate[] {
    const special = this.#special(value);
    if (special !== undefined) return [special];
    if (value === null) return [{ kind: "null" }];
    if (typeof value === "boolean") return this.#texts(String(value));
    if (typeof value === "object") {
      if (this.modifiers.every((each) => ["all", "neq"].includes(each)))
        return [{ kind: "number", value: value.number, text: value.text }];
      return this.#texts(value.text);
    }
    const texts = this.#has.has("expand") ? expand(value, placeholders) : [value];
    return texts.flatMap((text) => this.#texts(text));
  }

  /** Modifiers that decide the whole predicate. */
  #special(value: RuleValue): Predicate | undefined {
    if (this.#has.has("exists")) {
      if (typeof value !== "boolean") throw new RuleError(`exists takes true or false, in "${this.key}"`);
      this.#only("exists", "neq");
      return { kind: "exists", expected: value };
    }
    const part = this.modifiers.find((each) => TIME_PARTS.includes(each)) as TimePart | undefined;
    const comparison = this.modifiers.find((each) => COMPARISONS.includes(each)) as
      | "lt"
      | "lte"
      | "gt"
      | "gte"
      | undefined;
    if (part !== undefined) {
      this.#only(part, ...COMPARISONS, "neq", "all");
      return { kind: "time", part, operator: comparison ?? "eq", value: this.#number(value) };
    }
    if (comparison !== undefined) {
      this.#only(comparison, "neq", "all");
      return { kind: "compare", operator: comparison, value: this.#number(value) };
    }
    if (this.#has.has("fieldref")) {
      this.#only("fieldref", "startswith", "endswith", "contains", "cased", "neq", "all");
      if (typeof value !== "string" || value === "")
        throw new RuleError(`fieldref takes the name of a field, in "${this.key}"`);
      const how =
        (["startswith", "endswith", "contains"] as const).find((each) => this.#has.has(each)) ?? "equals";
      return { kind: "fieldref", other: value, how, cased: this.#has.has("cased") };
    }
    if (this.#has.has("cidr")) {
      this.#only("cidr", "neq", "all", "expand");
      if (typeof value !== "string" || !isCidr(value))
        throw new RuleError(`${show(value)} is not a network (cidr)`);
      return { kind: "cidr", network: value };
    }
    if (this.#has.has("re")) {
      this.#only("re", "i", "m", "s", "neq", "all");
      if (value === null || typeof value === "boolean")
        throw new RuleError(`re takes a regular expression, in "${this.key}"`);
      const source = typeof value === "string" ? value : value.text;
      return { kind: "regex", source, flags: ["i", "m", "s"].filter((each) => this.#has.has(each)).join("") };
    }
    return undefined;
  }

  #only(...allowed: string[]): void {
    const other = this.modifiers.find((each) => !allowed.includes(each));
    if (other !== undefined)
      throw new RuleError(`"${other}" does not go with "${allowed[0]}", in "${this.key}"`);
  }

  #number(value: RuleValue): number {
    const number =
      typeof value === "object" && value !== null ? value.number : Number(value === "" ? Number.NaN : value);
    if (typeof value === "boolean" || value === null || Number.isNaN(number))
      throw new RuleError(`${show(value)} is not a number, in "${this.key}"`);
    return number;
  }

  #texts(text: string): Predicate[] {
    const encoding = this.modifiers.map((each) => ENCODINGS[each]).find((each) => each !== undefined);
    const base64 = this.#has.has("base64");
    const offsets = this.#has.has("base64offset");
    if (base64 && offsets) throw new RuleError(`base64 and base64offset do not go together in "${this.key}"`);
    const position = this.#position();
    const cased = this.#has.has("cased");
    if (base64 || offsets) {
      const parts = parsePattern(text);
      if (hasWildcard(parts)) throw new RuleError(`a text with wildcards has no base64 form: ${show(text)}`);
      const bytes = encode(plainText(parts), encoding ?? "utf8");
      const forms = offsets ? base64Offsets(bytes) : [bytes.toString("base64")];
      return forms.map((form) => ({
        kind: "text",
        pattern: { parts: surround([form], position?.before ?? false, position?.after ?? false), cased },
      }));
    }
    let parts = parsePattern(text);
    if (encoding !== undefined) {
      if (hasWildcard(parts))
        throw new RuleError(`a text with wildcards has no ${encoding} form: ${show(text)}`);
      // Bytes as they stand in a log: one character each.
      parts = [encode(plainText(parts), encoding).toString("latin1")];
    }
    if (this.#has.has("windash")) parts = anyDash(parts);
    return [
      {
        kind: "text",
        pattern: { parts: surround(parts, position?.before ?? false, position?.after ?? false), cased },
      },
    ];
  }
}

/** @throws RuleError where a placeholder has no values: a rule must not run with `%name%` taken word for word. */
function expand(text: string, placeholders: Placeholders): string[] {
  let texts = [""];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const name = match[1] as string;
    const values = placeholders.get(name);
    if (values === undefined)
      throw new RuleError(
        `the placeholder %${name}% has no values: give them in a file (--placeholders)`,
        undefined,
        "unsupported",
      );
    const before = text.slice(from, match.index);
    texts = texts.flatMap((each) => values.map((value) => each + before + value));
    if (texts.length > MOST_EXPANSIONS)
      throw new RuleError(`${show(text)} stands for more than ${MOST_EXPANSIONS} texts`);
    from = match.index + match[0].length;
  }
  return texts.map((each) => each + text.slice(from));
}

function isCidr(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function show(value: RuleValue): string {
  const text = typeof value === "object" && value !== null ? value.text : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
