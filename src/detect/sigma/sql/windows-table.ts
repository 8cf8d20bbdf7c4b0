import type { EventSource } from "../logsource/index.js";
import { spellingsOf } from "../match/view.js";
import type { FieldSql, Parameters, TableSql } from "./compile.js";

/**
 * How `windows_event` answers for the fields of rules, by the names of one place where events stand: the same answers as `EventView` gives. Each field
 * becomes columns of a subquery ({@link columns}), so that it is looked up once a row however many rules ask for it.
 */
export class WindowsTable implements TableSql {
  readonly #source: EventSource;
  readonly #fields = new Map<string, FieldSql>();
  readonly #columns: string[] = [];
  #everything = false;

  constructor(source: EventSource) {
    this.#source = source;
  }

  /** Expressions with the aliases that conditions speak of. */
  get columns(): readonly string[] {
    return this.#everything ? [...this.#columns, ...EVERYTHING] : this.#columns;
  }

  field(name: string, parameters: Parameters): FieldSql {
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const number = this.#fields.size;
    const sql = { values: `f${number}`, lower: `l${number}`, present: `notEmpty(k${number})` };
    this.#fields.set(name, sql);
    const { join, rename, values, prefixes } = this.#source;
    const joined = join?.[name];
    const keys = `k${number}`;
    if (joined === undefined) {
      const { found, list } = named(rename?.[name] ?? name, keys, parameters);
      this.#columns.push(`${found} AS ${keys}`);
      this.#columns.push(`${translated(list, values?.[name], prefixes?.[name], parameters)} AS f${number}`);
    } else {
      const parts = joined.fields.map((each, part) => {
        const { found, list } = named(each, `${keys}_${part}`, parameters);
        this.#columns.push(`${found} AS ${keys}_${part}`);
        return `if(length(${list}) = 1, ${list}[1], '')`;
      });
      const text = `arrayStringConcat(arrayFilter(v -> v != '', [${parts.join(", ")}]), ${parameters.text(joined.with)})`;
      this.#columns.push(`if(${text} = '', [], ['joined']) AS ${keys}`);
      this.#columns.push(
        `${translated(`if(${text} = '', [], [${text}])`, values?.[name], prefixes?.[name], parameters)} AS f${number}`,
      );
    }
    this.#columns.push(`arrayMap(v -> lowerUTF8(v), f${number}) AS l${number}`);
    return sql;
  }

  get everything(): FieldSql["values"] {
    this.#everything = true;
    return "every";
  }

  get everythingLower(): FieldSql["lower"] {
    this.#everything = true;
    return "every_lower";
  }
}

const EVERYTHING = [
  `arrayConcat(mapValues(system),
    if(empty(lists), mapValues(data), arrayConcat(mapValues(mapFilter((k, v) -> NOT mapContains(lists, k), data)), arrayFlatten(mapValues(lists)))),
    mapValues(rendering)) AS every`,
  "arrayMap(v -> lowerUTF8(v), every) AS every_lower",
];

/**
 * `found` is a list of one key, or of none: `d` or `s` for the map in which the field stands, and its name there. `list` has the field's values, where
 * the alias `as` stands for `found`.
 */
function named(name: string, as: string, parameters: Parameters): { found: string; list: string } {
  const places = spellingsOf(name).flatMap((spelling) => {
    const key = parameters.text(spelling);
    return [
      [`mapContains(data, ${key})`, `['d', ${key}]`],
      [`mapContains(system, ${key})`, `['s', ${key}]`],
    ];
  });
  return {
    found: `multiIf(${places.flat().join(", ")}, [])`,
    list: `multiIf(empty(${as}), [], ${as}[1] = 's', [system[${as}[2]]], mapContains(lists, ${as}[2]), lists[${as}[2]], [data[${as}[2]]])`,
  };
}

/** Values as rules know them; lists stay as they are. */
function translated(
  list: string,
  values: Readonly<Record<string, string>> | undefined,
  prefixes: Readonly<Record<string, string>> | undefined,
  parameters: Parameters,
): string {
  let value = "v";
  if (values !== undefined) {
    const texts = (all: string[]): string => `[${all.map((each) => parameters.text(each)).join(", ")}]`;
    value = `transform(v, ${texts(Object.keys(values))}, ${texts(Object.values(values))}, v)`;
  }
  if (prefixes !== undefined) {
    const cases = Object.entries(prefixes).flatMap(([from, to]) => [
      `startsWith(lowerUTF8(w), ${parameters.text(from.toLowerCase())})`,
      `concat(${parameters.text(to)}, substringUTF8(w, ${[...from].length + 1}))`,
    ]);
    value = `arrayMap(w -> multiIf(${cases.join(", ")}, w), [${value}])[1]`;
  }
  return value === "v"
    ? list
    : `if(length(${list} AS all_values) = 1, arrayMap(v -> ${value}, all_values), all_values)`;
}
