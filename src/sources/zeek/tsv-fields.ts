/** Fields of Zeek's ASCII writer. Escapes: https://docs.zeek.org/en/master/log-formats.html and src/logging/writers/ascii. */
import type { Checks, Field } from "../checked.js";
import { EMPTY_LIST, Prelude, sqlSet, sqlString } from "../sql.js";
import type { ZeekFields } from "./fields.js";

/** What the `#` lines say. */
export interface TsvHeader {
  separator: string;
  setSeparator: string;
  emptyField: string;
  unsetField: string;
  path: string;
  fields: readonly string[];
  /** Lines of the file end in CR LF. */
  crlf: boolean;
}

const LINE_ARRAY = "f";

/**
 * `\xHH` and `\\` undone. Text without a backslash, which is nearly all of it, is passed through.
 * The pieces between doubled backslashes are decoded one by one: in `\\x41` the `x41` is no escape.
 */
function unescaped(raw: string): string {
  const hex = (piece: string) =>
    `arrayStringConcat(arrayMap((part, n) -> if(n = 1 OR NOT match(part, '^[0-9a-fA-F]{2}'), if(n = 1, part, concat('\\\\x', part)), concat(unhex(substring(part, 1, 2)), substring(part, 3))), splitByString('\\\\x', ${piece}), arrayEnumerate(splitByString('\\\\x', ${piece}))))`;
  return `if(position(${raw}, '\\\\') = 0, ${raw}, arrayStringConcat(arrayMap(piece -> ${hex("piece")}, splitByString('\\\\\\\\', ${raw})), '\\\\'))`;
}

export class TsvFields implements ZeekFields {
  readonly prelude = new Prelude();
  readonly #header: TsvHeader;
  readonly #index: ReadonlyMap<string, number>;
  readonly #nothing: string;

  constructor(header: TsvHeader) {
    this.#header = header;
    // A name that stands twice: the first one counts (labelled logs append columns).
    this.#index = new Map([...header.fields.entries()].reverse().map(([at, name]) => [name, at + 1]));
    this.#nothing = sqlSet([header.unsetField, header.emptyField]);
  }

  has(name: string): boolean {
    return this.#index.has(name);
  }

  field(name: string): Field {
    const at = this.#index.get(name);
    if (at === undefined) return { name, raw: "''", absent: "1" };
    const raw = `${LINE_ARRAY}[${at}]`;
    return { name, raw, absent: `${raw} = ${sqlString(this.#header.unsetField)}` };
  }

  text(name: string): string {
    return this.#scalar(name, unescaped);
  }

  word(name: string): string {
    return this.#scalar(name, (raw) => raw);
  }

  list(name: string): string {
    const { raw, absent } = this.field(name);
    if (absent === "1") return EMPTY_LIST;
    const parts = `arrayFilter(e -> e NOT IN ${this.#nothing}, splitByString(${sqlString(this.#header.setSeparator)}, ${raw}))`;
    return `multiIf(${raw} IN ${this.#nothing}, [], position(${raw}, '\\\\') = 0, ${parts}, arrayMap(e -> ${unescaped("e")}, ${parts}))`;
  }

  isTrue(name: string): string {
    return this.has(name) ? `${this.field(name).raw} = 'T'` : "0";
  }

  isFalse(name: string): string {
    return this.has(name) ? `${this.field(name).raw} = 'F'` : "0";
  }

  time(checks: Checks, name: string): string {
    return checks.epochSeconds(this.field(name));
  }

  claimedTime(checks: Checks, name: string): string {
    return checks.claimedSeconds(this.field(name));
  }

  #scalar(name: string, decode: (raw: string) => string): string {
    const { raw, absent } = this.field(name);
    return absent === "1" ? "''" : `if(${raw} IN ${this.#nothing}, '', ${decode(raw)})`;
  }
}

/** The line cut into fields; first in the prelude of every TSV shape. */
export function lineArray(header: TsvHeader): string {
  const text = header.crlf ? "if(endsWith(line, '\\r'), substring(line, 1, length(line) - 1), line)" : "line";
  // splitByChar is the faster one, and refuses more than one byte.
  const split = Buffer.byteLength(header.separator) === 1 ? "splitByChar" : "splitByString";
  return `${split}(${sqlString(header.separator)}, ${text}) AS ${LINE_ARRAY}`;
}

export function wrongFieldCount(header: TsvHeader): string {
  const expected = header.fields.length;
  return `if(length(${LINE_ARRAY}) = ${expected}, '', concat(${sqlString(`${expected} fields expected, `)}, toString(length(${LINE_ARRAY})), ' found'))`;
}
