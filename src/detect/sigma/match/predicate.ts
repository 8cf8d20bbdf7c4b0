import ipaddr from "ipaddr.js";
import { RE2JS } from "re2js";
import type { Predicate, TimePart } from "../rule/model.js";
import { RuleError } from "../rule/problem.js";
import { textTest } from "./glob.js";
import type { EventView, SlotValue } from "./view.js";

/** Whether the event in the view fits. */
export type Test = (view: EventView) => boolean;

/** Any of the values of a field that stands more than once may fit. */
function some(value: SlotValue, test: (text: string) => boolean): boolean {
  if (typeof value === "string") return test(value);
  if (value === null || value === undefined) return false;
  for (const each of value) if (test(each)) return true;
  return false;
}

/** @throws RuleError if a regular expression is one that cannot run in linear time (RE2's syntax) */
export function fieldTest(slot: number, predicate: Predicate, slotOf: (field: string) => number): Test {
  switch (predicate.kind) {
    case "text": {
      const test = textTest(predicate.pattern);
      if (predicate.pattern.cased) return (view) => some(view.raw(slot), test);
      return (view) => {
        const value = view.lower(slot);
        return typeof value === "string" ? test(value) : some(value, test);
      };
    }
    case "number":
    case "regex":
    case "cidr":
    case "compare": {
      const test = rawTest(predicate);
      return (view) => some(view.raw(slot), test);
    }
    case "time": {
      const fits = comparison(predicate.operator, predicate.value);
      const { part } = predicate;
      return (view) =>
        some(view.raw(slot), (text) => {
          const time = Date.parse(text);
          return !Number.isNaN(time) && fits(timePart(time, part));
        });
    }
    case "null":
      return (view) => isNull(view.raw(slot));
    case "exists":
      return (view) => (view.raw(slot) !== undefined) === predicate.expected;
    case "fieldref": {
      const other = slotOf(predicate.other);
      const { how, cased } = predicate;
      return (view) => {
        const wanted = cased ? view.raw(other) : view.lower(other);
        return some(cased ? view.raw(slot) : view.lower(slot), (text) =>
          some(wanted, (reference) => {
            switch (how) {
              case "equals":
                return text === reference;
              case "contains":
                return text.includes(reference);
              case "startswith":
                return text.startsWith(reference);
              case "endswith":
                return text.endsWith(reference);
            }
          }),
        );
      };
    }
  }
}

/** A keyword stands anywhere in any value. */
export function keywordTest(predicate: Predicate): Test {
  if (predicate.kind === "text") {
    const { parts, cased } = predicate.pattern;
    const any = { wild: "any" } as const;
    const test = textTest({ parts: [any, ...parts, any], cased });
    return (view) => view.texts().some((text) => test(cased ? text : text.toLowerCase()));
  }
  if (predicate.kind === "number") {
    const wanted = predicate.text.toLowerCase();
    return (view) => view.texts().some((text) => text.toLowerCase().includes(wanted));
  }
  if (predicate.kind === "regex" || predicate.kind === "cidr") {
    const test = rawTest(predicate);
    return (view) => view.texts().some(test);
  }
  throw new RuleError("a keyword can be a text, a number, a regular expression or a network");
}

const isNull = (value: SlotValue): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

function rawTest(
  predicate: Extract<Predicate, { kind: "number" | "regex" | "cidr" | "compare" }>,
): (text: string) => boolean {
  switch (predicate.kind) {
    case "number": {
      const { value, text } = predicate;
      const written = text.toLowerCase();
      return (each) => each === written || each.toLowerCase() === written || numberOf(each) === value;
    }
    case "regex":
      return regexTest(predicate.source, predicate.flags);
    case "cidr":
      return cidrTest(predicate.network);
    case "compare": {
      const fits = comparison(predicate.operator, predicate.value);
      return (text) => {
        const number = numberOf(text);
        return number !== undefined && fits(number);
      };
    }
  }
}

/** Decimal, or hexadecimal with 0x as Windows writes many of its numbers. */
function numberOf(text: string): number | undefined {
  if (!/^(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|0x[0-9a-f]+)$/i.test(text)) return undefined;
  return Number(text);
}

function comparison(
  operator: "eq" | "lt" | "lte" | "gt" | "gte",
  value: number,
): (number: number) => boolean {
  switch (operator) {
    case "eq":
      return (number) => number === value;
    case "lt":
      return (number) => number < value;
    case "lte":
      return (number) => number <= value;
    case "gt":
      return (number) => number > value;
    case "gte":
      return (number) => number >= value;
  }
}

/** UTC; the week is that of ISO 8601. */
export function timePart(time: number, part: TimePart): number {
  const date = new Date(time);
  switch (part) {
    case "minute":
      return date.getUTCMinutes();
    case "hour":
      return date.getUTCHours();
    case "day":
      return date.getUTCDate();
    case "week": {
      // The week of its Thursday.
      const thursday = new Date(time);
      thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
      const start = Date.UTC(thursday.getUTCFullYear(), 0, 1);
      return Math.ceil(((thursday.getTime() - start) / 86_400_000 + 1) / 7);
    }
    case "month":
      return date.getUTCMonth() + 1;
    case "year":
      return date.getUTCFullYear();
  }
}

/** Characters of a regular expression, and instructions that it compiles to: SigmaHQ's largest has 217 and 1,003. */
const MOST_REGEX = 10_000;
const MOST_PROGRAM = 2_000;

/** RE2 runs in time linear in the text and in the size of its program: a rule cannot hang the engine. */
function regexTest(source: string, flags: string): (text: string) => boolean {
  if (source.length > MOST_REGEX) throw tooLarge(`${source.length} characters, more than ${MOST_REGEX}`);
  let bits = 0;
  if (flags.includes("i")) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes("m")) bits |= RE2JS.MULTILINE;
  if (flags.includes("s")) bits |= RE2JS.DOTALL;
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(source, bits);
  } catch (error) {
    throw new RuleError(
      `the regular expression cannot be run: ${error instanceof Error ? error.message : String(error)}`,
      undefined,
      "unsupported",
    );
  }
  const size = regex.programSize();
  if (size > MOST_PROGRAM) throw tooLarge(`it compiles to ${size} instructions, more than ${MOST_PROGRAM}`);
  return (text) => regex.test(text);
}

function tooLarge(how: string): RuleError {
  return new RuleError(
    `the regular expression is too large to try on every event: ${how}`,
    undefined,
    "unsupported",
  );
}

function cidrTest(network: string): (text: string) => boolean {
  const range = network.includes("/") ? ipaddr.parseCIDR(network) : undefined;
  const [address, bits] = range ?? [ipaddr.parse(network), network.includes(":") ? 128 : 32];
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const parsed = ipaddr.process(text);
    return parsed.kind() === address.kind() && parsed.match(address as ipaddr.IPv4, bits);
  };
}
