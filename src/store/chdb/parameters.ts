import type { SqlParameters, SqlValue } from "../port.js";

/**
 * The statement that tells a session the values of `{name:Type}`. A value stands in it as a literal of text, which the engine reads as the type that the placeholder
 * names: whatever a text holds, it can only be that value.
 */
export function setParameters(parameters: SqlParameters): string {
  const assignments = Object.entries(parameters).map(
    ([name, value]) => `param_${name} = ${quoted(written(value))}`,
  );
  return `SET ${assignments.join(", ")}`;
}

/** A value as the engine reads one: text as in TabSeparated, elements of arrays as literals. */
function written(value: SqlValue): string {
  if (value === null) return "\\N";
  return typeof value === "string" ? escaped(value) : literal(value);
}

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoted(value);
  return Array.isArray(value) ? `[${value.map(literal).join(",")}]` : String(value);
}

function quoted(text: string): string {
  return `'${escaped(text).replaceAll("'", "\\'")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\0": "\\0",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in a value as they are
  return text.replace(/[\\\0\x08\f\n\r\t]/g, (character) => ESCAPES[character] as string);
}
