import type { PatternPart } from "./model.js";

const ANY: PatternPart = { wild: "any" };
/** The hyphen, the slash, and the dashes that Windows programs take for them (specification: windash). */
const DASHES = "-/\u2013\u2014\u2015";

/**
 * `*` and `?` are wildcards; a backslash before a wildcard or before a backslash that stands before a wildcard takes its meaning
 * away; every other backslash is itself (specification, "Escaping").
 */
export function parsePattern(text: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let literal = "";
  const end = (): void => {
    if (literal !== "") parts.push(literal);
    literal = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const next = text[at + 1];
    if (char === "\\" && (next === "*" || next === "?" || next === "\\")) {
      // Two backslashes are one; also where no wildcard follows, as all implementations have it.
      literal += next;
      at++;
    } else if (char === "*" || char === "?") {
      end();
      parts.push({ wild: char === "*" ? "any" : "one" });
    } else literal += char;
  }
  end();
  return parts;
}

export function hasWildcard(parts: readonly PatternPart[]): boolean {
  return parts.some((part) => typeof part === "object" && "wild" in part);
}

/** `*` before, after, or around. */
export function surround(parts: readonly PatternPart[], before: boolean, after: boolean): PatternPart[] {
  const result = [...parts];
  if (before && !isAny(result[0])) result.unshift(ANY);
  if (after && !isAny(result.at(-1))) result.push(ANY);
  return result;
}

const isAny = (part: PatternPart | undefined): boolean =>
  typeof part === "object" && "wild" in part && part.wild === "any";

/**
 * A dash that begins an option (one before a word, with no word before it) may be any of the five. One element that stands for five
 * characters instead of all combinations of them.
 */
export function anyDash(parts: readonly PatternPart[]): PatternPart[] {
  return parts.flatMap((part, index): PatternPart[] => {
    if (typeof part !== "string") return [part];
    const pieces: PatternPart[] = [];
    let rest = 0;
    for (const { index: at } of part.matchAll(/[-/]/g)) {
      const before = at === 0 ? (index === 0 ? "" : " ") : (part[at - 1] as string);
      const after = part[at + 1] ?? "";
      if (/\w/.test(before) || !/\w/.test(after)) continue;
      if (at > rest) pieces.push(part.slice(rest, at));
      pieces.push({ of: DASHES });
      rest = at + 1;
    }
    if (rest < part.length) pieces.push(part.slice(rest));
    return pieces;
  });
}

/** The text of a pattern without wildcards. */
export function plainText(parts: readonly PatternPart[]): string {
  return parts.map((part) => (typeof part === "string" ? part : "")).join("");
}
