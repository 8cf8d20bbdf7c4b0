/** A token of ClickHouse SQL. `lower` is the text in lower case; for a quoted name, what stands between the quotes, as written. */
export interface Token {
  kind: "word" | "name" | "string" | "symbol";
  text: string;
  lower: string;
  end: number;
}

/**
 * Cuts SQL as the engine's lexer does (src/Parsers/Lexer.cpp): comments `-- …`, `# …`, `#! …` and nested block comments; strings with
 * doubled quotes and backslashes; "names" and `names`; heredocs `$tag$ … $tag$`. Where the engine knows more (curly quotes, exotic
 * spaces) the text is refused, so that what is checked and what is run cannot differ. Digits count as words, which splits no less than
 * the engine does.
 */
export function tokenize(sql: string, refuse: (why: string) => never): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: Token["kind"], end: number): void => {
    const text = sql.slice(at, end);
    tokens.push({ kind, text, lower: (kind === "name" ? text.slice(1, -1) : text).toLowerCase(), end });
    at = end;
  };
  while (at < sql.length) {
    const char = sql[at] as string;
    if (/[ \t\n\r\f\v]/.test(char)) at++;
    else if (sql.startsWith("--", at) || /^#[ !]/.test(sql.slice(at, at + 2))) at = endOfLine(sql, at);
    else if (sql.startsWith("/*", at)) at = endOfComment(sql, at, refuse);
    else if (char === "'") push("string", endOfQuoted(sql, at, refuse));
    else if (char === '"' || char === "`") push("name", endOfQuoted(sql, at, refuse));
    else if (char === "$") pushDollar(sql, at, push);
    else if (/\w/.test(char)) push("word", at + lengthOf(/^[\w$]+/, sql, at));
    else if (char < " " || char > "~") refuse(foreign(char, at));
    else if (char === "#") refuse("A comment begins with `--`: a bare # is not SQL.");
    else push("symbol", at + 1);
  }
  return tokens;
}

function foreign(char: string, at: number): string {
  const code = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return `Character ${code} at position ${at + 1} may only stand inside quotes: use plain ' and " and plain spaces.`;
}

function lengthOf(pattern: RegExp, sql: string, at: number): number {
  return pattern.exec(sql.slice(at))?.[0].length ?? 1;
}

function endOfLine(sql: string, at: number): number {
  const end = sql.indexOf("\n", at);
  return end < 0 ? sql.length : end + 1;
}

function endOfComment(sql: string, start: number, refuse: (why: string) => never): number {
  let depth = 0;
  for (let at = start; at < sql.length; ) {
    const pair = sql.slice(at, at + 2);
    if (pair === "/*") depth++;
    else if (pair === "*/") depth--;
    at += pair === "/*" || pair === "*/" ? 2 : 1;
    if (depth === 0) return at;
  }
  return refuse("A comment /* is never closed: add */.");
}

function endOfQuoted(sql: string, start: number, refuse: (why: string) => never): number {
  const quote = sql[start];
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] === "\\") at++;
    else if (sql[at] === quote && sql[at + 1] === quote) at++;
    else if (sql[at] === quote) return at + 1;
  }
  return refuse(`A ${quote} at position ${start + 1} is never closed: add the closing one.`);
}

function pushDollar(sql: string, at: number, push: (kind: Token["kind"], end: number) => void): void {
  const tag = /^\$\w*\$/.exec(sql.slice(at))?.[0];
  const close = tag === undefined ? -1 : sql.indexOf(tag, at + tag.length);
  if (tag !== undefined && close >= 0) push("string", close + tag.length);
  else push("word", at + lengthOf(/^\$[\w$]*/, sql, at));
}
