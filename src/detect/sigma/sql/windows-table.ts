import type { EventSource } from "../logsource/index.js";
import { spellingsOf } from "../match/view.js";
import type { FieldSql, Parameters, TableSql } from "./compile.js";

/**
 * How `windows_event` answers for the fields of rules, by the names of one place where events stand: the same answers as `EventView` gives. Each field
 * becomes columns of a subquery ({@link columns}), so that it is looked up once a row however many rules ask for it.
 *
 * There are two forms: for rows without lists, where a field is a text, and for the few that have fields which stand more than once.
 */
export class WindowsTable implements TableSql {
  readonly #source: EventSource;
  readonly #lists: boolean;
  readonly #fields = new Map<string, FieldSql>();
  readonly #columns: string[] = [];
  #everything = false;

  constructor(source: EventSource, lists: boolean) {
    this.#source = source;
    this.#lists = lists;
  }

  /** Expressions with the aliases that conditions speak of. */
  get columns(): readonly string[] {
    return this.#everything ? [...this.#columns, ...EVERYTHING] : this.#columns;
  }

  field(name: string, parameters: Parameters): FieldSql {
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const number = this.#fields.size;
    const [place, value, lower] = [`k${number}`, `f${number}`, `l${number}`];
    const present = `(${place} != 0)`;
    const sql: FieldSql = this.#lists
      ? { values: value, lower, present }
      : { one: value, lower, has: present, present };
    this.#fields.set(name, sql);
    const read = this.#translated(name, this.#read(name, place, parameters), parameters);
    this.#columns.push(`${read} AS ${value}`);
    this.#columns.push(
      `${this.#lists ? `arrayMap(v -> lowerUTF8(v), ${value})` : `lowerUTF8(${value})`} AS ${lower}`,
    );
    return sql;
  }

  get everything(): string {
    this.#everything = true;
    return "every";
  }

  get everythingLower(): string {
    this.#everything = true;
    return "every_lower";
  }

  /** Values of a field before they are translated; adds the column `place`, which is 0 where the event does not have the field. */
  #read(name: string, place: string, parameters: Parameters): string {
    const { join, rename } = this.#source;
    const joined = join?.[name];
    if (joined === undefined) return this.#named(rename?.[name] ?? name, place, parameters);
    const parts = joined.fields.map((each, part) => {
      const read = this.#named(each, `${place}_${part}`, parameters);
      return this.#lists ? `if(length(${read}) = 1, ${read}[1], '')` : read;
    });
    const text = `arrayStringConcat(arrayFilter(v -> v != '', [${parts.join(", ")}]), ${parameters.text(joined.with)})`;
    this.#columns.push(`${text} AS ${place}_text`, `toUInt8(${place}_text != '') AS ${place}`);
    return this.#lists ? `if(${place} = 0, [], [${place}_text])` : `${place}_text`;
  }

  #named(name: string, place: string, parameters: Parameters): string {
    const places = spellingsOf(name).flatMap((spelling) => {
      const key = parameters.text(spelling);
      const own = this.#lists
        ? `if(mapContains(lists, ${key}), lists[${key}], [data[${key}]])`
        : `data[${key}]`;
      return [
        { is: `mapContains(data, ${key})`, value: own },
        { is: `mapContains(system, ${key})`, value: this.#lists ? `[system[${key}]]` : `system[${key}]` },
      ];
    });
    const numbered = places.flatMap(({ is }, at) => [is, String(at + 1)]);
    this.#columns.push(`multiIf(${numbered.join(", ")}, 0) AS ${place}`);
    const read = places.flatMap(({ value }, at) => [`${place} = ${at + 1}`, value]);
    return `multiIf(${read.join(", ")}, ${this.#lists ? "[]" : "''"})`;
  }

  /** Values as rules know them; a field that stands more than once stays as it is. */
  #translated(name: string, read: string, parameters: Parameters): string {
    const values = this.#source.values?.[name];
    const prefixes = this.#source.prefixes?.[name];
    if (values === undefined && prefixes === undefined) return read;
    const of = (v: string): string => {
      let value = v;
      if (values !== undefined)
        value = `transform(${v}, ${parameters.texts(Object.keys(values))}, ${parameters.texts(Object.values(values))}, ${v})`;
      if (prefixes === undefined) return value;
      const cases = Object.entries(prefixes).flatMap(([from, to]) => [
        `startsWith(lowerUTF8(${value}), ${parameters.text(from.toLowerCase())})`,
        `concat(${parameters.text(to)}, substringUTF8(${value}, ${[...from].length + 1}))`,
      ]);
      return `multiIf(${cases.join(", ")}, ${value})`;
    };
    return this.#lists ? `if(length(${read}) = 1, arrayMap(v -> ${of("v")}, ${read}), ${read})` : of(read);
  }
}

const EVERYTHING = [
  `arrayConcat(mapValues(system),
    if(empty(lists), mapValues(data), arrayConcat(mapValues(mapFilter((k, v) -> NOT mapContains(lists, k), data)), arrayFlatten(mapValues(lists)))),
    mapValues(rendering)) AS every`,
  "arrayMap(v -> lowerUTF8(v), every) AS every_lower",
];
