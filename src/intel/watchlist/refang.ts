/** Nothing that names a host is longer; what is longer is not an indicator. */
export const MAX_VALUE = 2_048;

const RULES: readonly [RegExp, string][] = [
  [/^h(?:xx|tt|\*\*|XX)p(s?)(?=\s*[:[({])/i, "http$1"],
  [/[[({<]+\s*:\s*\/\/\s*[\])}>]+/g, "://"],
  [/[[({<]+\s*(?:\.|dot)\s*[\])}>]+/gi, "."],
  [/[[({<]+\s*(?::|colon)\s*[\])}>]+/gi, ":"],
  [/[[({<]+\s*\/\s*[\])}>]+/g, "/"],
  [/\\\./g, "."],
];

/**
 * Undoes the notations by which analysts keep indicators from being clicked: `hxxps://`, `[.]`, `(.)`, `{.}`, `[dot]`, `[:]`,
 * `[://]`, `\.`. Applied until nothing changes, so that the result is in no such notation (each round shortens the text).
 */
export function refang(text: string): string {
  let value = text
    .slice(0, MAX_VALUE)
    .replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, "")
    .trim();
  for (;;) {
    let next = value;
    for (const [pattern, plain] of RULES) next = next.replace(pattern, plain);
    next = next.trim();
    if (next === value) return value;
    value = next;
  }
}
