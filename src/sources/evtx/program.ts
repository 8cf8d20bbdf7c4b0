import { ValueType } from "./format.js";
import type { Field, Layouts, RawLayout } from "./layout.js";
import {
  groupOf,
  inside,
  isFieldWhenEmpty,
  isNamespace,
  localName,
  nameAttribute,
  type Place,
} from "./naming.js";
import { type Element, entityText, type Node } from "./tree.js";

/**
 * A template as a flat list of fields: each is one value, or a literal. Nearly all templates of Windows are of this kind; of one that is not
 * (two values in one text, a name that is a value) there is no program, and its tree is walked for each record (walk.ts).
 */
export interface Program {
  readonly fields: readonly Field[];
  /** Index of the field's value, or -1 for a literal. */
  readonly values: Int32Array;
  /** 1 where a NULL takes the field away. */
  readonly optional: Uint8Array;
  /** Index of a value that takes the field away if it is NULL: that of the element around an attribute. -1 where there is none. */
  readonly guards: Int32Array;
  readonly literals: readonly string[];
  /** The value that is BinXml itself (`EventData` of most events), where its fields stand in the order, and where it is put in. */
  readonly nested: { readonly index: number; readonly before: number; readonly place: Place } | undefined;
  /** Of names and literals. */
  readonly characters: number;
  /** The whole layout by that of the nested BinXml; undefined is for none. */
  readonly layouts: Map<RawLayout | undefined, RawLayout>;
}

/** Undefined where the template needs more than a program can. */
export function compile(root: Element, place: Place, layouts: Layouts): Program | undefined {
  const compiler = new Compiler(layouts);
  return compiler.element(root, place) ? compiler.program() : undefined;
}

class Compiler {
  readonly #layouts: Layouts;
  readonly #fields: Field[] = [];
  readonly #values: number[] = [];
  readonly #optional: number[] = [];
  readonly #guards: number[] = [];
  readonly #literals: string[] = [];
  #nested: Program["nested"];

  constructor(layouts: Layouts) {
    this.#layouts = layouts;
  }

  program(): Program {
    return {
      fields: this.#fields,
      values: Int32Array.from(this.#values),
      optional: Uint8Array.from(this.#optional),
      guards: Int32Array.from(this.#guards),
      literals: this.#literals,
      nested: this.#nested,
      characters: this.#fields.reduce(
        (sum, { name }, at) => sum + name.length + (this.#literals[at] as string).length,
        0,
      ),
      layouts: new Map(),
    };
  }

  /** False where it cannot be done. */
  element(element: Element, place: Place): boolean {
    const content = inside(place, localName(element.name));
    const group = groupOf(content);
    const nameAt = nameAttribute(element);
    let key = localName(element.name);
    if (nameAt >= 0) {
      const name = literalOf(element.attributes[nameAt]?.value ?? []);
      if (name === undefined) return false;
      if (name !== "") key = name;
    }
    if (element.needs.length > 1) return false;
    const [guard = -1] = element.needs;
    for (const [at, attribute] of element.attributes.entries()) {
      if (at === nameAt || isNamespace(attribute.name)) continue;
      const field = this.#layouts.field(group, `${key}_${localName(attribute.name)}`);
      if (!this.#field(field, attribute.value, attribute.needs.length > 0, guard)) return false;
    }
    if (element.content.length === 0) {
      if (!isFieldWhenEmpty(element, place, nameAt >= 0)) return true;
      return this.#field(this.#layouts.field(group, key), [], false, guard);
    }
    const texts = element.content.filter(isText);
    if (texts.length === 0) return this.#children(element, content);
    if (texts.length < element.content.length) return false;
    return this.#field(this.#layouts.field(group, key), texts, element.needs.length > 0, guard);
  }

  #children(element: Element, content: Place): boolean {
    for (const node of element.content) {
      if (node.kind === "element") {
        if (!this.element(node.element, content)) return false;
      } else if (node.kind === "value") {
        if (this.#nested !== undefined) return false;
        this.#nested = { index: node.index, before: this.#fields.length, place: content };
      }
    }
    return true;
  }

  #field(field: Field, value: readonly Node[], optional: boolean, guard: number): boolean {
    const [first] = value;
    const literal = literalOf(value);
    if (literal === undefined && (value.length !== 1 || first?.kind !== "value")) return false;
    this.#fields.push(field);
    this.#values.push(literal === undefined && first?.kind === "value" ? first.index : -1);
    this.#optional.push(optional ? 1 : 0);
    this.#guards.push(guard);
    this.#literals.push(literal ?? "");
    return true;
  }
}

/** Content that is the element's text: not another element, not BinXml, not a processing instruction. */
function isText(node: Node): boolean {
  return node.kind === "value"
    ? node.type !== ValueType.BinXml
    : node.kind !== "element" && node.kind !== "pi";
}

/** The text of content without values; undefined where there are some. */
function literalOf(nodes: readonly Node[]): string | undefined {
  let text = "";
  for (const node of nodes) {
    if (node.kind === "value" || node.kind === "element") return undefined;
    text += literalText(node);
  }
  return text;
}

/** The text that a literal part of an element or attribute stands for. */
export function literalText(node: Exclude<Node, { kind: "value" } | { kind: "element" }>): string {
  switch (node.kind) {
    case "text":
    case "cdata":
      return node.text;
    case "charRef":
      return String.fromCharCode(node.code);
    case "entityRef":
      return entityText(node.name) ?? `&${node.name};`;
    case "pi":
      return "";
  }
}
