import type { BinXml } from "./binxml.js";
import { ValueType } from "./format.js";
import type { Instance } from "./instance.js";
import { type FieldValue, type Layout, type Layouts, placed, type RawLayout } from "./layout.js";
import { Place } from "./naming.js";
import type { Program } from "./program.js";
import { Walk } from "./walk.js";

/** The fields of one record. */
export interface Decoded {
  layout: Layout;
  /** Belongs to the caller. */
  values: FieldValue[];
  /** There was nothing between the bounds: not even an event without fields. */
  isEmpty: boolean;
}

/** Turns the BinXml of a record into its fields: by the programs of its templates, or by walking their trees where there is no program. */
export class Decoder {
  readonly #binXml: BinXml;
  readonly #layouts: Layouts;
  readonly #walk: Walk;
  /** Values of the record that is being read; used again for the next. */
  readonly #values: FieldValue[] = [];
  #length = 0;

  constructor(binXml: BinXml, layouts: Layouts) {
    this.#binXml = binXml;
    this.#layouts = layouts;
    this.#walk = new Walk(binXml, layouts);
  }

  /** @throws Damage, RangeError where the bytes between `at` and `limit` are not BinXml. */
  decode(at: number, limit: number): Decoded {
    this.#length = 0;
    const raw = this.#run(at, limit, Place.Document, 0);
    return raw === undefined
      ? this.walk(at, limit)
      : { layout: raw.layout, values: placed(raw, this.#values), isEmpty: false };
  }

  /** As {@link decode} without programs: the same fields, slower. */
  walk(at: number, limit: number): Decoded {
    const { fields, values, isEmpty } = this.#walk.document(at, limit);
    const raw = this.#layouts.of(fields);
    return { layout: raw.layout, values: placed(raw, values), isEmpty };
  }

  /** Undefined where there is something that no program can do. */
  #run(at: number, limit: number, place: Place, depth: number): RawLayout | undefined {
    const instance = this.#binXml.soleInstance(at, limit, depth);
    const program = instance?.template.program(place);
    if (instance === undefined || program === undefined) return undefined;
    this.#binXml.spend(program.characters);
    const { nested } = program;
    if (nested === undefined) {
      if (!this.#fields(program, instance, 0, program.fields.length)) return undefined;
      return this.#layout(program, undefined);
    }
    if (!this.#fields(program, instance, 0, nested.before)) return undefined;
    let inner: RawLayout | undefined;
    const type = instance.type(nested.index);
    const size = instance.sizes[nested.index] as number;
    if (type === ValueType.BinXml && size > 0) {
      const from = instance.offsets[nested.index] as number;
      inner = this.#run(from, from + size, nested.place, depth + 1);
      if (inner === undefined) return undefined;
    } else if (type !== ValueType.BinXml && type !== ValueType.Null) return undefined;
    if (!this.#fields(program, instance, nested.before, program.fields.length)) return undefined;
    return this.#layout(program, inner);
  }

  /** Reads the values of the fields from `from` to `to`; false where one is BinXml, which a program expects in one place only. */
  #fields(program: Program, instance: Instance, from: number, to: number): boolean {
    const { values, optional, literals, guards } = program;
    for (let field = from; field < to; field++) {
      const index = values[field] as number;
      const guard = guards[field] as number;
      let value: FieldValue;
      if (guard >= 0 && guard !== index && instance.type(guard) === ValueType.Null) value = undefined;
      else if (index < 0) value = literals[field] as string;
      else {
        const type = instance.type(index);
        if (type === ValueType.BinXml) return false;
        if (type !== ValueType.Null) value = this.#binXml.text(instance, index);
        else if (optional[field] === 0) value = "";
      }
      this.#values[this.#length++] = value;
    }
    return true;
  }

  #layout(program: Program, inner: RawLayout | undefined): RawLayout {
    const known = program.layouts.get(inner);
    if (known !== undefined) return known;
    const before = program.nested?.before ?? program.fields.length;
    const made = this.#layouts.of([
      ...program.fields.slice(0, before),
      ...(inner?.fields ?? []),
      ...program.fields.slice(before),
    ]);
    if (program.layouts.size >= MOST_LAYOUTS) program.layouts.clear();
    program.layouts.set(inner, made);
    return made;
  }
}

/** Kinds of event with one `System` template. Hostile files have them without end. */
const MOST_LAYOUTS = 16_384;
