/** Where in an event a field stands: `system` is what every event has, `data` is its own, `rendering` is text that a collector added. */
export type FieldGroup = "system" | "data" | "rendering";

/** One name in one group. Equal fields of one table are one object. */
export interface Field {
  readonly group: FieldGroup;
  readonly name: string;
  /** Number within its table. */
  readonly id: number;
}

/** Undefined: the field is not in this record. A list: the event has the field more than once, or none of an empty list. */
export type FieldValue = string | readonly string[] | undefined;

/**
 * The fields of a record in the order of the document: value n of the record belongs to field n. Records of one kind share one layout, so
 * whoever looks for a field by name looks it up once for each layout, not once for each record.
 */
export class Layout {
  readonly fields: readonly Field[];
  /** Names in `system` and in `data`, with the place of their value. */
  readonly system: ReadonlyMap<string, number>;
  readonly data: ReadonlyMap<string, number>;
  /** Places of what every record is asked for; -1 where this layout does not have it. */
  readonly channel: number;
  readonly provider: number;
  readonly eventId: number;
  readonly computer: number;
  readonly time: number;

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    const system = new Map<string, number>();
    const data = new Map<string, number>();
    for (const [place, { group, name }] of fields.entries())
      if (group === "system") system.set(name, place);
      else if (group === "data") data.set(name, place);
    this.system = system;
    this.data = data;
    const placeOf = (name: string) => system.get(name) ?? -1;
    this.channel = placeOf("Channel");
    this.provider = placeOf("Provider_Name");
    this.eventId = placeOf("EventID");
    this.computer = placeOf("Computer");
    this.time = placeOf("TimeCreated_SystemTime");
  }
}

/** A layout as a template gives it, where a field may stand more than once, and the way to the one where each stands once. */
export interface RawLayout {
  readonly layout: Layout;
  /** Which place of `layout` each value goes to; undefined where each field stands once and values stay where they are. */
  readonly places: readonly number[] | undefined;
  readonly fields: readonly Field[];
}

const MOST_FIELDS = 65_536;
/** Fields of all layouts together. */
const MOST_PLACES = 262_144;

/** The layouts of one reader. What is known is forgotten when hostile files make it too much; layouts in use stay valid. */
export class Layouts {
  readonly #fields = {
    system: new Map<string, Field>(),
    data: new Map<string, Field>(),
    rendering: new Map<string, Field>(),
  };
  #nextId = 0;
  readonly #layouts = new Map<number, RawLayout[]>();
  #places = 0;

  field(group: FieldGroup, name: string): Field {
    const found = this.#fields[group].get(name);
    if (found !== undefined) return found;
    if (this.#fields[group].size >= MOST_FIELDS) this.#fields[group].clear();
    const field = { group, name, id: this.#nextId++ };
    this.#fields[group].set(name, field);
    return field;
  }

  /** The layout with these fields in this order. */
  of(fields: readonly Field[]): RawLayout {
    let code = fields.length;
    for (let at = 0; at < fields.length; at++) code = Math.imul(code ^ (fields[at] as Field).id, 0x01000193);
    const candidates = this.#layouts.get(code);
    const found = candidates?.find((candidate) => sameFields(candidate.fields, fields));
    if (found !== undefined) return found;
    this.#places += fields.length;
    if (this.#places > MOST_PLACES) {
      this.#layouts.clear();
      this.#places = fields.length;
    }
    const made = rawLayout([...fields]);
    if (candidates !== undefined && this.#layouts.has(code)) candidates.push(made);
    else this.#layouts.set(code, [made]);
    return made;
  }
}

/** As many values as the layout has fields, each in the place of its field; those of a field that stood more than once become a list. */
export function placed({ layout, places, fields }: RawLayout, values: readonly FieldValue[]): FieldValue[] {
  if (places === undefined) return values.slice(0, fields.length);
  const placed: FieldValue[] = new Array(layout.fields.length).fill(undefined);
  const lists = new Map<number, string[]>();
  for (let at = 0; at < places.length; at++) {
    const place = places[at] as number;
    const value = values[at];
    const before = placed[place];
    if (value === undefined) continue;
    if (before === undefined) {
      placed[place] = value;
      continue;
    }
    let list = lists.get(place);
    if (list === undefined) {
      list = typeof before === "string" ? [before] : [...before];
      lists.set(place, list);
      placed[place] = list;
    }
    if (typeof value === "string") list.push(value);
    else for (const item of value) list.push(item);
  }
  return placed;
}

function sameFields(one: readonly Field[], other: readonly Field[]): boolean {
  return one.length === other.length && one.every((field, at) => field === other[at]);
}

function rawLayout(fields: readonly Field[]): RawLayout {
  const once = new Map<Field, number>();
  const places = fields.map((field) => {
    const place = once.get(field) ?? once.size;
    once.set(field, place);
    return place;
  });
  const repeats = once.size < fields.length;
  return { layout: new Layout([...once.keys()]), places: repeats ? places : undefined, fields };
}
