import type { ChunkBytes } from "./chunk-bytes.js";
import { Damage, DEEPEST_BINXML, LONGEST_CHUNK_TEXT, Token, ValueType } from "./format.js";
import { type Instance, Instances } from "./instance.js";
import type { Layouts } from "./layout.js";
import { Scanner } from "./scanner.js";
import { ChunkTemplates, TemplateStore } from "./templates.js";
import { type Element, treeOf } from "./tree.js";
import { Values, type ValueText } from "./values.js";

/** A part of BinXml outside of elements: a template with its values, an element as it is, a processing instruction. */
export type Part =
  | { kind: "instance"; instance: Instance }
  | { kind: "element"; element: Element }
  | { kind: "pi"; target: string; data: string };

/** What all that read BinXml of one chunk share: its templates, its values, and how much may come out of it. */
export class BinXml {
  readonly chunk: ChunkBytes;
  readonly #values: Values;
  readonly #scanner: Scanner;
  readonly #templates: ChunkTemplates;
  readonly #instances: Instances;
  #room = LONGEST_CHUNK_TEXT;
  /** Behind the last token of the BinXml on the top that was read last. */
  end = 0;

  constructor(chunk: ChunkBytes, layouts: Layouts) {
    this.chunk = chunk;
    this.#values = new Values(chunk);
    this.#scanner = new Scanner(chunk);
    this.#templates = new ChunkTemplates(chunk, this.#scanner, new TemplateStore(layouts));
    this.#instances = new Instances(chunk, this.#templates);
  }

  nextChunk(): void {
    this.#scanner.reset();
    this.#templates.reset();
    this.#room = LONGEST_CHUNK_TEXT;
  }

  /** See {@link ChunkTemplates}. */
  set distrusts(distrusts: boolean) {
    this.#templates.distrusts = distrusts;
  }

  forgetTemplates(): void {
    this.#templates.forget();
  }

  /**
   * The template instance that this BinXml is, if it is one and nothing else, as that of nearly all records is. Valid until the next one of
   * this depth. @throws Damage, RangeError
   */
  soleInstance(at: number, limit: number, depth: number): Instance | undefined {
    const { bytes } = this.chunk;
    const start = bytes[at] === Token.FragmentHeader ? at + 4 : at;
    if (bytes[start] !== Token.TemplateInstance) return undefined;
    const instance = this.#instances.read(start, limit, depth);
    if (instance.end < limit && bytes[instance.end] !== Token.Eof) return undefined;
    if (depth === 0) this.end = instance.end;
    return instance;
  }

  /**
   * What stands in BinXml, one part after the other, up to the token for its end ([Metz] "Document structure"). An instance is valid until the
   * next part.
   * @throws Damage, RangeError
   */
  *parts(at: number, limit: number, depth: number): Generator<Part> {
    if (depth >= DEEPEST_BINXML) throw new Damage(`BinXml is nested more than ${DEEPEST_BINXML} deep`);
    let cursor = at;
    while (cursor < limit) {
      const token = this.chunk.bytes[cursor] as number;
      switch (token & ~Token.MoreFlag) {
        case Token.Eof:
          if (depth === 0) this.end = cursor;
          return;
        case Token.FragmentHeader:
          cursor += 4;
          break;
        case Token.TemplateInstance: {
          const instance = this.#instances.read(cursor, limit, depth);
          cursor = instance.end;
          yield { kind: "instance", instance };
          break;
        }
        case Token.OpenElement: {
          const element = treeOf(this.#scanner.element(cursor, limit, false));
          cursor = this.#scanner.end;
          yield { kind: "element", element };
          break;
        }
        case Token.PiTarget: {
          const { target, data } = this.#scanner.instruction(cursor);
          cursor = this.#scanner.end;
          yield { kind: "pi", target, data };
          break;
        }
        default:
          throw new Damage(`there is no BinXml token 0x${token.toString(16)} outside of elements`);
      }
      if (depth === 0) this.end = cursor;
    }
  }

  /** One value of an instance as text. An array with one item is that item, an empty one is an empty text. @throws Damage, RangeError */
  text(instance: Instance, index: number): ValueText {
    const text = this.#values.text(
      instance.types[index] as number,
      instance.offsets[index] as number,
      instance.sizes[index] as number,
    );
    if (typeof text === "string") {
      this.spend(text.length);
      return text;
    }
    this.spend(text.reduce((sum, item) => sum + item.length + 1, 0));
    return text.length > 1 ? text : (text[0] ?? "");
  }

  /** What stands in the place of a substitution; `instance` is undefined outside of templates. @throws Damage, RangeError */
  substituted(index: number, instance: Instance | undefined): ValueText {
    if (instance === undefined) throw new Damage("a substitution stands outside of a template");
    const type = instance.type(index);
    if (type === ValueType.Null) return "";
    if (type === ValueType.BinXml) throw new Damage("BinXml stands where only a text can");
    return this.text(instance, index);
  }

  /** Every text counts against what the records of a chunk may become. @throws Damage */
  spend(characters: number): void {
    this.#room -= characters + 1;
    if (this.#room < 0)
      throw new Damage(`the records of this chunk would become more than ${LONGEST_CHUNK_TEXT} characters`);
  }
}
