import type { TableSource } from "../logsource/index.js";
import type { FieldValue, SigmaEvent } from "../match/event.js";
import { attributesOf } from "./attribute-table.js";
import { PARTIES } from "./attributes.js";
import type { Contact, StoredRecord } from "./stored-record.js";

/** A row of a table of network or web logs, as far as rules see it. */
export interface TableRow extends Contact {
  source_id: string;
  source_line: number;
  at: string;
  /** Values of the source's attributes in their order, of texts and of lists apart. */
  texts: readonly string[];
  lists: readonly (readonly string[])[];
}

/** Expressions for the columns of {@link TableRow}. */
export function rowColumns(source: TableSource): string[] {
  const attributes = attributesOf(source);
  const of = (lists: boolean): string =>
    attributes
      .filter(({ list }) => list === lists)
      .map(({ sql }) => sql)
      .join(", ");
  const { src, dst, name, what = "''" } = PARTIES[source.table];
  return [
    "source_id",
    "source_line",
    "concat(replaceOne(toString(time), ' ', 'T'), 'Z') AS at",
    "address_realm AS realm",
    "sensor_id AS sensor",
    `${source.table === "http_activity" ? "toString(log_role)" : "'sensor'"} AS role`,
    `${src} AS src`,
    `${dst} AS dst`,
    `${name} AS name`,
    `${what} AS what`,
    `CAST([${of(false)}] AS Array(String)) AS texts`,
    `CAST([${of(true)}] AS Array(Array(String))) AS lists`,
  ];
}

/** Such a row by the names of one log source, as the matcher of events sees it. */
export class StoredRow implements SigmaEvent, StoredRecord {
  readonly recordId = null;
  readonly channel = "";
  readonly provider = "";
  readonly eventId = -1;
  readonly #source: TableSource;
  readonly #row: TableRow;
  readonly #values = new Map<string, readonly string[]>();

  constructor(source: TableSource, row: TableRow) {
    this.#source = source;
    this.#row = row;
    let [text, list] = [0, 0];
    for (const attribute of attributesOf(source)) {
      const values = attribute.list ? (row.lists[list++] ?? []) : [row.texts[text++] ?? ""];
      this.#values.set(
        attribute.name,
        values.filter((value) => value !== ""),
      );
    }
  }

  get table(): string {
    return this.#source.table;
  }

  get sourceId(): string {
    return this.#row.source_id;
  }

  get line(): number {
    return this.#row.source_line;
  }

  get time(): string {
    return this.#row.at;
  }

  get about(): Contact {
    return this.#row;
  }

  field(name: string): FieldValue | undefined {
    const { fields } = this.#source;
    const mapped = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (mapped === undefined) return undefined;
    if ("value" in mapped) return mapped.value;
    const values = [...new Set(mapped.attributes.flatMap((each) => this.#values.get(each) ?? []))];
    return values.length === 0 ? undefined : values.length === 1 ? (values[0] as string) : values;
  }

  texts(): string[] {
    return [...this.#values.values()].flat();
  }
}
