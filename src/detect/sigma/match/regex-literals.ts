/**
 * Texts of which one must stand, in lower case, in everything that a regular expression finds; undefined where that cannot be told. It reads less than the syntax
 * allows and leaves out what it does not understand: a text too few costs time, a text too many would lose matches.
 */
export function regexLiterals(source: string): string[] | undefined {
  const branches = topLevelBranches(source);
  const literals: string[] = [];
  for (const branch of branches) {
    const runs = literalRuns(branch);
    const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
    if (longest === "") return undefined;
    literals.push(longest.toLowerCase());
  }
  return literals;
}

/** Index after the group or class that begins at `at`; the end where it is not closed. */
function after(source: string, at: number): number {
  if (source[at] === "[") {
    // A bracket right at the beginning of a class is one of its members.
    let end = at + 1;
    if (source[end] === "^") end++;
    if (source[end] === "]") end++;
    while (end < source.length && source[end] !== "]") end += source[end] === "\\" ? 2 : 1;
    return end + 1;
  }
  let depth = 0;
  let end = at;
  while (end < source.length) {
    const char = source[end];
    if (char === "\\") end += 2;
    else if (char === "[") end = after(source, end);
    else {
      if (char === "(") depth++;
      if (char === ")" && --depth === 0) return end + 1;
      end++;
    }
  }
  return end;
}

function topLevelBranches(source: string): string[] {
  const branches: string[] = [];
  let from = 0;
  for (let at = 0; at < source.length; ) {
    const char = source[at];
    if (char === "\\") at += 2;
    else if (char === "(" || char === "[") at = after(source, at);
    else {
      if (char === "|") {
        branches.push(source.slice(from, at));
        from = at + 1;
      }
      at++;
    }
  }
  return [...branches, source.slice(from)];
}

/** Runs of characters that stand for themselves, outside of groups and classes. */
function literalRuns(branch: string): string[] {
  const runs: string[] = [];
  let run = "";
  const end = (): void => {
    if (run !== "") runs.push(run);
    run = "";
  };
  for (let at = 0; at < branch.length; ) {
    const char = branch[at] as string;
    let literal: string | undefined;
    if (char === "\\") {
      const next = branch[at + 1] ?? "";
      // Only punctuation that is escaped is itself; letters and digits mean something, and \Q quotes the rest.
      if (next === "Q") return runs;
      literal = /[^A-Za-z0-9]/.test(next) ? next : undefined;
      // \p{…} and \x{…} end with their brace, \x41 after two digits, octal after more: the digits that follow are no text.
      at += 2;
      if (literal === undefined && "pPx".includes(next)) {
        if (branch[at] === "{") at = Math.max(branch.indexOf("}", at) + 1, at + 1);
        else at += next === "x" ? 2 : 1;
      } else if (/[0-9]/.test(next)) while (/[0-9]/.test(branch[at] ?? "")) at++;
    } else if (char === "(" || char === "[") {
      // Flags inside, like (?i), change nothing that matters here: all is compared in lower case. (?x) would, and RE2 has none.
      at = after(branch, at);
    } else if ("^$.)]}{?*+".includes(char)) at++;
    else {
      literal = char;
      at++;
    }
    const quantifier = /^(?:[?*+]|\{\d*,?\d*\})[?+]?/.exec(branch.slice(at, at + 24))?.[0];
    if (quantifier === undefined) {
      if (literal === undefined) end();
      else run += literal;
      continue;
    }
    at += quantifier.length;
    const atLeastOnce = quantifier.startsWith("+") || /^\{[1-9]/.test(quantifier);
    if (literal !== undefined && atLeastOnce) run += literal;
    end();
    // What comes after one or more of a character follows the last of them.
    if (literal !== undefined && atLeastOnce) run = literal;
  }
  end();
  return runs;
}
