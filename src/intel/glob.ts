/**
 * Globs of the configuration: `**` any number of folders, `*` any characters and `?` one character of a name. Nothing else is special
 * (`{1,2}` and `[a]` occur in real file names). Matching takes at most pattern × path steps, whatever the pattern.
 */

/** Two-pointer wildcard match over a sequence: on a mismatch the last star takes one element more; earlier stars never need to. */
function matchSequence<Pattern, Item>(
  pattern: ArrayLike<Pattern>,
  items: ArrayLike<Item>,
  isStar: (part: Pattern) => boolean,
  fits: (part: Pattern, item: Item) => boolean,
): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let at = 0; at < items.length; ) {
    const part = pattern[p];
    if (p < pattern.length && isStar(part as Pattern)) {
      star = p++;
      resume = at;
    } else if (p < pattern.length && fits(part as Pattern, items[at] as Item)) {
      p++;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (p < pattern.length && isStar(pattern[p] as Pattern)) p++;
  return p === pattern.length;
}

const matchName = (pattern: string, name: string): boolean =>
  matchSequence(
    pattern,
    name,
    (part) => part === "*",
    (part, character) => part === "?" || part === character,
  );

function segments(path: string): string[] {
  return path
    .replaceAll("\\", "/")
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".");
}

/** Whether a relative path fits. A pattern that fits a folder fits everything below it. */
export function matchesGlob(pattern: string, relativePath: string): boolean {
  const parts = segments(pattern);
  const fits = (wanted: string[]): boolean =>
    matchSequence(wanted, segments(relativePath), (part) => part === "**", matchName);
  return fits(parts) || fits([...parts, "**"]);
}
