/** Lines of separated values: how they are cut, in JavaScript for a header line and in SQL for the data. */
import type { Field } from "./checked.js";
import { sqlString } from "./sql.js";

const LINE_ARRAY = "f";

/** The line without the CR that some programs end it with. */
const LINE = "trim(TRAILING '\\r' FROM line)";

/** A line that begins with a byte order mark or ends in CR, without these. */
export function plainLine(line: string): string {
  return line.replace(/^\uFEFF/, "").replace(/\r$/, "");
}

/** First in the prelude: the line cut at each delimiter. For formats without quotes. */
export function cutAtDelimiter(delimiter: string): string {
  return `splitByChar(${sqlString(delimiter)}, ${LINE}) AS ${LINE_ARRAY}`;
}

/**
 * First in the prelude: the line cut where RFC 4180 does it, quotes taken off and doubled ones made single. A quote that is never
 * closed is taken as it stands, and a field that goes on in the next line is not supported: the count of fields tells both.
 */
export function cutQuoted(delimiter: string): string {
  const byte = `\\\\x${delimiter.charCodeAt(0).toString(16).padStart(2, "0")}`;
  const pattern = `'((?:[ ]*"(?:[^"]|"")*"[ ]*)|[^${byte}]*)${byte}'`;
  const unquoted = `arrayMap(v -> if(match(v, '^ *".*" *$'), replaceAll(substring(trimBoth(v), 2, length(trimBoth(v)) - 2), '""', '"'), v), extractAll(concat(${LINE}, ${sqlString(delimiter)}), ${pattern}))`;
  return `if(position(line, '"') = 0, splitByChar(${sqlString(delimiter)}, ${LINE}), ${unquoted}) AS ${LINE_ARRAY}`;
}

/** The same cut in JavaScript, for the header line. */
export function cutHeader(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (const character of plainLine(line)) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      fields.push(field.trim());
      field = "";
    } else field += character;
  }
  return [...fields, field.trim()];
}

export function fieldCountDiffers(expected: number): string {
  return `if(length(${LINE_ARRAY}) = ${expected}, '', concat(${sqlString(`${expected} fields expected, `)}, toString(length(${LINE_ARRAY})), ' found'))`;
}

/** Columns of a header line by name. */
export class Columns {
  readonly names: readonly string[];
  readonly #at: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.names = names;
    // A name that stands twice: the first one counts.
    this.#at = new Map([...names.entries()].reverse().map(([at, name]) => [name.toLowerCase(), at + 1]));
  }

  has(name: string): boolean {
    return this.#at.has(name.toLowerCase());
  }

  /** The first of these columns that is there; names are compared without regard to case. */
  field(...names: readonly string[]): Field {
    const name = names.find((candidate) => this.has(candidate));
    const at = name === undefined ? undefined : this.#at.get(name.toLowerCase());
    if (name === undefined || at === undefined) return { name: names[0] ?? "", raw: "''", absent: "1" };
    const raw = `trimBoth(${LINE_ARRAY}[${at}])`;
    return { name, raw, absent: `${raw} = ''` };
  }
}
