/**
 * Where JSON breaks (RFC 8259). The engine's own message names no place in many cases, and a feed of a hundred thousand lines without
 * a line number is of no help. Runs only after parsing has failed.
 */
const TOKEN = /[ \t\r\n]+|[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Offset behind a string that begins at `from`, or -1. By hand: a string may be as long as the file, a backtracking stack not. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) return -1;
    at = ESCAPE.lastIndex - 1;
  }
  return -1;
}

function tokenEnd(text: string, from: number): number {
  if (text.charCodeAt(from) === 0x22) return stringEnd(text, from);
  TOKEN.lastIndex = from;
  return TOKEN.test(text) ? TOKEN.lastIndex : -1;
}

type Expect = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "end";

/** Whether a token may stand here, and what comes after it. `open` holds the brackets that are still open. */
function step(expect: Expect, token: string, isString: boolean, open: string[]): Expect | undefined {
  const after = (): Expect => (open.length === 0 ? "end" : "comma-or-end");
  if (token === "}" || token === "]") {
    const allowed = expect === "comma-or-end" || expect === (token === "}" ? "key-or-end" : "value-or-end");
    return allowed && open.pop() === (token === "}" ? "{" : "[") ? after() : undefined;
  }
  if (token === ",") return expect !== "comma-or-end" ? undefined : open.at(-1) === "{" ? "key" : "value";
  if (token === ":") return expect === "colon" ? "value" : undefined;
  if (expect === "key" || expect === "key-or-end") return isString ? "colon" : undefined;
  if (expect !== "value" && expect !== "value-or-end") return undefined;
  if (token !== "{" && token !== "[") return after();
  open.push(token);
  return token === "{" ? "key-or-end" : "value-or-end";
}

function errorOffset(text: string): number {
  const open: string[] = [];
  let expect: Expect = "value";
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    if (end < 0) return at;
    const first = text[at] ?? "";
    if (!" \t\r\n".includes(first)) {
      const next = step(expect, first, first === '"', open);
      if (next === undefined) return at;
      expect = next;
    }
    at = end;
  }
  return text.length;
}

/** Line (from 1) of the first place where the text is not JSON; of its end where it is torn. */
export function jsonErrorLine(text: string): number {
  let line = 1;
  const offset = errorOffset(text);
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
