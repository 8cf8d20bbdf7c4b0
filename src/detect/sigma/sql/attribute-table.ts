import { unique } from "../../../kernel/group-by.js";
import type { RuleTable, TableSource } from "../logsource/index.js";
import { ATTRIBUTES, type Attribute } from "./attributes.js";
import type { FieldSql, Parameters, TableSql } from "./compile.js";

/**
 * How a table of network or web logs answers for the fields of rules, by the names of one log source. As in `WindowsTable` each field becomes columns of a
 * subquery ({@link columns}), so that it is made once a row however many rules ask for it.
 */
export class AttributeTable implements TableSql {
  readonly #source: TableSource;
  readonly #fields = new Map<string, FieldSql>();
  readonly #columns: string[] = [];
  #everything = false;

  constructor(source: TableSource) {
    this.#source = source;
  }

  /** Expressions with the aliases that conditions speak of. */
  get columns(): readonly string[] {
    if (!this.#everything) return this.#columns;
    const lists = attributesOf(this.#source).map(({ sql, list }) => (list ? sql : `[${sql}]`));
    return [
      ...this.#columns,
      `arrayFilter(v -> v != '', arrayConcat(${lists.join(", ")})) AS every`,
      "arrayMap(v -> lowerUTF8(v), every) AS every_lower",
    ];
  }

  field(name: string, parameters: Parameters): FieldSql {
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const [value, lower] = [`f${this.#fields.size}`, `l${this.#fields.size}`];
    const { sql, list } = fieldOf(this.#source, name, parameters);
    const field: FieldSql = list
      ? { values: value, lower, present: `notEmpty(${value})` }
      : { one: value, lower, has: `(${value} != '')`, present: `(${value} != '')` };
    this.#fields.set(name, field);
    this.#columns.push(
      `${sql} AS ${value}`,
      `${list ? `arrayMap(v -> lowerUTF8(v), ${value})` : `lowerUTF8(${value})`} AS ${lower}`,
    );
    return field;
  }

  get everything(): string {
    this.#everything = true;
    return "every";
  }

  get everythingLower(): string {
    this.#everything = true;
    return "every_lower";
  }
}

/** A field that the log source does not have is without a value in every row. */
function fieldOf({ table, fields }: TableSource, name: string, parameters: Parameters): Attribute {
  const mapped = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (mapped === undefined) return { sql: "''", list: false };
  if ("value" in mapped) return { sql: parameters.text(mapped.value), list: false };
  const [first, ...others] = mapped.attributes.map((each) => attributeOf(table, each));
  if (first !== undefined && others.length === 0 && !first.list) return first;
  const lists = [first, ...others].map((each) => (each?.list ? each.sql : `[${each?.sql}]`));
  return { sql: `arrayDistinct(arrayFilter(v -> v != '', arrayConcat(${lists.join(", ")})))`, list: true };
}

/** Attributes that a log source speaks of, each once, in order of their first mention. */
export function attributesOf({ table, fields }: TableSource): (Attribute & { name: string })[] {
  const names = Object.values(fields).flatMap((mapped) => ("attributes" in mapped ? mapped.attributes : []));
  return unique(names).map((name) => ({ name, ...attributeOf(table, name) }));
}

function attributeOf(table: RuleTable, name: string): Attribute {
  const attribute = ATTRIBUTES[table][name];
  if (attribute === undefined) throw new Error(`log sources: ${table} has no attribute ${name}`);
  return attribute;
}
