import type { ChunkBytes } from "./chunk-bytes.js";
import { type Code, hashCode, sameCode } from "./code.js";
import { CHUNK_SIZE, Damage, Token } from "./format.js";
import type { Layouts } from "./layout.js";
import type { Place } from "./naming.js";
import { compile, type Program } from "./program.js";
import type { Scanner } from "./scanner.js";
import { type Element, treeOf } from "./tree.js";

/** One template, whatever chunks and files it was met in. Two of them with one GUID and different content are two. */
export class Template {
  readonly code: Code;
  readonly tree: Element;
  /** Values that an instance has to have for all its substitutions. */
  readonly valueCount: number;
  readonly #layouts: Layouts;
  readonly #programs: (Program | "walk" | undefined)[] = [];

  constructor(code: Code, layouts: Layouts) {
    this.code = code;
    this.tree = treeOf(code);
    this.valueCount = countValues(this.tree);
    this.#layouts = layouts;
  }

  /** The program for this template at a place; undefined where its tree has to be walked. */
  program(place: Place): Program | undefined {
    const known = this.#programs[place];
    if (known !== undefined) return known === "walk" ? undefined : known;
    const made = compile(this.tree, place, this.#layouts);
    this.#programs[place] = made ?? "walk";
    return made;
  }
}

function countValues(element: Element): number {
  const nodes = [...element.content, ...element.attributes.flatMap(({ value }) => value)];
  return nodes.reduce((count, node) => {
    if (node.kind === "element") return Math.max(count, countValues(node.element));
    return node.kind === "value" ? Math.max(count, node.index + 1) : count;
  }, 0);
}

/** Numbers and characters of all templates that are kept; Windows' own (some thousand) need a tenth of it. */
const MOST_CODE = 4_194_304;
/** Templates with one hash: more is contrived. */
const MOST_ALIKE = 8;

/** Templates across chunks and files, by content. */
export class TemplateStore {
  readonly #layouts: Layouts;
  readonly #byHash = new Map<number, Template[]>();
  #size = 0;

  constructor(layouts: Layouts) {
    this.#layouts = layouts;
  }

  /** @throws Damage where the code is no element. */
  of(code: Code): Template {
    const hash = hashCode(code);
    const alike = this.#byHash.get(hash) ?? [];
    for (const template of alike) if (sameCode(template.code, code)) return template;
    const template = new Template(code, this.#layouts);
    this.#size += code.ints.length + code.strings.reduce((sum, text) => sum + text.length, 0);
    if (this.#size > MOST_CODE) {
      this.#byHash.clear();
      this.#size = 0;
    }
    this.#byHash.set(hash, [...alike.slice(0, MOST_ALIKE - 1), template]);
    return template;
  }
}

/** The templates of the chunk that is being read, by the offset of their definition. */
export class ChunkTemplates {
  readonly #chunk: ChunkBytes;
  readonly #scanner: Scanner;
  readonly #store: TemplateStore;
  readonly #byOffset = new Map<number, Template>();
  /** Templates of this and of other chunks by id; undefined where two have one id. Only for what was overwritten: see {@link distrusts}. */
  readonly #learned = new Map<number, Template | undefined>();
  /**
   * What is read lies in space that is not in use: names have to agree with their hash, and a template whose definition was overwritten is taken
   * from another chunk, if one has it.
   */
  #distrusts = false;

  constructor(chunk: ChunkBytes, scanner: Scanner, store: TemplateStore) {
    this.#chunk = chunk;
    this.#scanner = scanner;
    this.#store = store;
  }

  /** To be called for each new chunk. */
  reset(): void {
    this.#byOffset.clear();
    this.distrusts = false;
  }

  /** Forgets the templates of other chunks. */
  forget(): void {
    this.#learned.clear();
  }

  set distrusts(distrusts: boolean) {
    this.#distrusts = distrusts;
    this.#scanner.checkNames = distrusts;
  }

  /**
   * [Metz] "Template definition": next definition, GUID, size of the data; the data is a fragment header, an element and the end.
   * @param id first four bytes of the GUID, which stand in the instance as well: else the definition was overwritten by another
   * @param count of the instance's values
   * @throws Damage, RangeError
   */
  at(offset: number, id: number, count: number): Template {
    if (!this.#distrusts) return this.#defined(offset, id);
    try {
      return this.#defined(offset, id);
    } catch (error) {
      const learned = this.#learned.get(id);
      if (learned === undefined || learned.valueCount > count) throw error;
      return learned;
    }
  }

  #defined(offset: number, id: number): Template {
    if (this.#chunk.view.getUint32(offset + 4, true) !== id) throw new Damage("its template was overwritten");
    const known = this.#byOffset.get(offset);
    if (known !== undefined) return known;
    const data = offset + DEFINITION_HEADER_SIZE;
    const limit = this.endOf(offset);
    if (this.#chunk.bytes[data] !== Token.FragmentHeader)
      throw new Damage("a template does not begin with a fragment");
    const template = this.#store.of(this.#scanner.element(data + 4, limit, true));
    this.#byOffset.set(offset, template);
    if (!this.#distrusts) {
      const other = this.#learned.get(id);
      this.#learned.set(
        id,
        other === undefined && !this.#learned.has(id) ? template : other === template ? other : undefined,
      );
    }
    return template;
  }

  /** Behind a definition. */
  endOf(offset: number): number {
    const end = offset + DEFINITION_HEADER_SIZE + this.#chunk.view.getUint32(offset + 20, true);
    if (end > CHUNK_SIZE) throw new Damage("a template reaches beyond the end of the chunk");
    return end;
  }
}

const DEFINITION_HEADER_SIZE = 24;
