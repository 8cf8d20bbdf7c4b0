/**
 * Rows from `JSONCompactEachRowWithNamesAndTypes`, which names the columns once instead of in every row and tells their types, so
 * that only 64-bit columns are touched. Both adapters ask the engine for quoted 64-bit integers: unquoted ones would lose digits.
 */
export const COMPACT_FORMAT = "JSONCompactEachRowWithNamesAndTypes";
export const COMPACT_SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 0,
  output_format_json_quote_decimals: 0,
  output_format_json_named_tuples_as_objects: 1,
  output_format_json_escape_forward_slashes: 0,
} as const;

type Convert = (value: unknown) => unknown;

function safeInteger(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Arguments of `Name(a, b)`, split at commas that stand in no inner parentheses and no quotes. */
function typeArguments(type: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let from = type.indexOf("(") + 1;
  for (let at = from; at < type.length; at++) {
    const char = type[at] as string;
    if (quote !== "") {
      if (char === "\\") at++;
      else if (char === quote) quote = "";
    } else if (char === "'" || char === "`") quote = char;
    else if (char === "(") depth++;
    else if ((char === "," && depth === 0) || (char === ")" && depth-- === 0)) {
      parts.push(type.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts;
}

/** What turns a value of this type into ours; undefined where it already is. 128 and 256 bits stay strings. */
export function converterOf(type: string): Convert | undefined {
  if (/^U?Int64$/.test(type)) return safeInteger;
  const outer = /^(\w+)\(/.exec(type)?.[1];
  if (outer === undefined || !/U?Int64/.test(type)) return undefined;
  const inner = typeArguments(type);
  if (outer === "Nullable" || outer === "LowCardinality") return converterOf(inner[0] ?? "");
  if (outer === "SimpleAggregateFunction") return converterOf(inner[1] ?? "");
  if (outer === "Array")
    return mapped(converterOf(inner[0] ?? ""), (each) => (value) => (value as unknown[]).map(each));
  if (outer === "Map")
    return mapped(converterOf(inner[1] ?? ""), (each) => (value) => convertValues(value, () => each));
  if (outer === "Tuple") return tupleConverter(inner);
  return undefined;
}

function mapped(each: Convert | undefined, make: (each: Convert) => Convert): Convert | undefined {
  return each === undefined ? undefined : make(each);
}

function convertValues(value: unknown, of: (key: string) => Convert | undefined): unknown {
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, of(key)?.(item) ?? item]),
  );
}

/** `Tuple(UInt64, String)` arrives as an array, `Tuple(a UInt64, b String)` as an object. */
function tupleConverter(members: readonly string[]): Convert {
  const named = members.map((member) => /^(?:(\w+)|`((?:[^`\\]|\\.)+)`) (.+)$/s.exec(member));
  const converters = members.map((member, index) => converterOf(named[index]?.[3] ?? member));
  const byName = new Map(named.map((match, index) => [match?.[1] ?? match?.[2] ?? "", converters[index]]));
  return (value) =>
    Array.isArray(value)
      ? value.map((item: unknown, index) => converters[index]?.(item) ?? item)
      : convertValues(value, (key) => byName.get(key));
}

/** Makes an object of each row's values. */
export function rowBuilder<Row>(
  names: readonly string[],
  types: readonly string[],
): (values: unknown[]) => Row {
  const converters = types.map((type) => converterOf(type));
  return (values) => {
    const row: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) {
      const convert = converters[index];
      const value = values[index];
      row[names[index] as string] = convert === undefined || value === null ? value : convert(value);
    }
    return row as Row;
  };
}

/** Turns lines of {@link COMPACT_FORMAT} into rows; the first two lines are names and types, and yield nothing. */
export function rowReader<Row>(): (line: string) => Row | undefined {
  let names: string[] | undefined;
  let build: ((values: unknown[]) => Row) | undefined;
  return (line) => {
    if (build !== undefined) return build(JSON.parse(line) as unknown[]);
    if (names === undefined) names = JSON.parse(line) as string[];
    else build = rowBuilder<Row>(names, JSON.parse(line) as string[]);
    return undefined;
  };
}

/** A whole result at once. */
export function rowsFromCompact<Row>(text: string): Row[] {
  const read = rowReader<Row>();
  const rows: Row[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const row = to > from ? read(text.slice(from, to)) : undefined;
    if (row !== undefined) rows.push(row);
    from = to + 1;
  }
  return rows;
}

/** Rows out of chunks that are small results of their own, each with its two head lines, as the embedded engine streams them. */
export async function* rowsFromCompactLines<Row>(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const chunk of chunks) yield* rowsFromCompact<Row>(chunk);
}

/** Rows out of one result that arrives cut anywhere, also inside a character. Holds one chunk and one torn line. */
export async function* rowsFromCompactBytes<Row>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const read = rowReader<Row>();
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      const row = end > from ? read(text.slice(from, end)) : undefined;
      from = end + 1;
      if (row !== undefined) yield row;
    }
    rest = text.slice(from);
  }
  const row = rest === "" ? undefined : read(rest);
  if (row !== undefined) yield row;
}
