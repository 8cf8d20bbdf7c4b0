import type { ChunkBytes } from "./chunk-bytes.js";
import { Damage, DEEPEST_BINXML } from "./format.js";
import type { ChunkTemplates, Template } from "./templates.js";

/** A template with the values for one record ([Metz] "Template instance"). Filled anew for each record; nothing of it may be kept. */
export class Instance {
  template!: Template;
  count = 0;
  types = new Uint8Array(64);
  sizes = new Uint16Array(64);
  offsets = new Int32Array(64);
  /** Behind its values. */
  end = 0;

  /** Type of a value; NULL for one that the record does not have. */
  type(index: number): number {
    return index < this.count ? (this.types[index] as number) : 0;
  }

  grow(count: number): void {
    if (count <= this.types.length) return;
    this.types = new Uint8Array(count);
    this.sizes = new Uint16Array(count);
    this.offsets = new Int32Array(count);
  }
}

/** Reads template instances, one for each depth of nesting at a time. */
export class Instances {
  readonly #chunk: ChunkBytes;
  readonly #templates: ChunkTemplates;
  readonly #byDepth = Array.from({ length: DEEPEST_BINXML }, () => new Instance());

  constructor(chunk: ChunkBytes, templates: ChunkTemplates) {
    this.#chunk = chunk;
    this.#templates = templates;
  }

  /**
   * The instance whose token stands at `at`: one byte, the template's id, the offset of its definition. At the definition's first use in the
   * chunk it stands right there. Then: number of values, four bytes for each (size, type, 0), the values.
   * @throws Damage, RangeError
   */
  read(at: number, limit: number, depth: number): Instance {
    const instance = this.#byDepth[depth];
    if (instance === undefined) throw new Damage(`BinXml is nested more than ${DEEPEST_BINXML} deep`);
    const view = this.#chunk.view;
    const definition = view.getUint32(at + 6, true);
    let cursor = at + 10;
    if (definition === cursor) cursor = this.#templates.endOf(definition);
    const count = view.getUint32(cursor, true);
    instance.template = this.#templates.at(definition, view.getUint32(at + 2, true), count);
    cursor += 4;
    let offset = cursor + 4 * count;
    if (offset > limit) throw new Damage(`${count} values do not fit in the record`);
    instance.grow(count);
    instance.count = count;
    const { types, sizes, offsets } = instance;
    for (let index = 0; index < count; index++) {
      const size = view.getUint16(cursor, true);
      sizes[index] = size;
      types[index] = view.getUint8(cursor + 2);
      offsets[index] = offset;
      offset += size;
      cursor += 4;
    }
    if (offset > limit) throw new Damage("the values reach beyond the end of the record");
    instance.end = offset;
    return instance;
  }
}
