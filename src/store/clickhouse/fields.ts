import type { SqlParameters, SqlValue } from "../port.js";

/**
 * Most bytes of a value in one field of a request. A server refuses more than 128 KiB (`http_max_field_value_size`), in the body of a request as in its address,
 * where a byte may take three; no setting of a request can change that.
 */
const MOST_BYTES = 40_000;

/**
 * A statement with its parameters as a server takes them: a list that is longer than one field is handed over in several, which the server puts together before
 * it runs the statement.
 */
export function inFields(
  query: string,
  parameters: SqlParameters,
): { query: string; query_params: SqlParameters } {
  const query_params: SqlParameters = {};
  let text = query;
  for (const [name, value] of Object.entries(parameters)) {
    const parts = isList(value) ? partsOf(value) : [];
    if (parts.length < 2) {
      query_params[name] = value;
      continue;
    }
    const names = parts.map((_, at) => `${name}__${at}`);
    for (const [at, part] of parts.entries()) query_params[names[at] as string] = part;
    text = text.replaceAll(
      new RegExp(`\\{${name}:([^{}]+)\\}`, "g"),
      (_, type: string) => `arrayConcat(${names.map((each) => `{${each}:${type}}`).join(", ")})`,
    );
  }
  return { query: text, query_params };
}

const isList = (value: SqlValue): value is readonly SqlValue[] => Array.isArray(value);

function partsOf(list: readonly SqlValue[]): SqlValue[][] {
  const parts: SqlValue[][] = [];
  let room = 0;
  for (const value of list) {
    const bytes = mostBytesOf(value);
    if (bytes > room || parts.length === 0) {
      parts.push([]);
      room = MOST_BYTES;
    }
    room -= bytes;
    parts.at(-1)?.push(value);
  }
  return parts;
}

/** In quotes, with a comma, and as if each byte had to be escaped. */
function mostBytesOf(value: SqlValue): number {
  if (isList(value)) return value.reduce<number>((sum, each) => sum + mostBytesOf(each), 3);
  return typeof value === "string" ? 2 * Buffer.byteLength(value) + 3 : String(value).length + 1;
}
