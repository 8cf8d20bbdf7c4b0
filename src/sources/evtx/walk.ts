import type { BinXml } from "./binxml.js";
import { ValueType } from "./format.js";
import type { Instance } from "./instance.js";
import type { Field, FieldValue, Layouts } from "./layout.js";
import { groupOf, inside, isFieldWhenEmpty, isNamespace, localName, nameAttribute, Place } from "./naming.js";
import { literalText } from "./program.js";
import { type Element, isLeftOut, type Node } from "./tree.js";

/** Fields by walking the tree: of BinXml without a template, and of templates that no program is made of. */
export class Walk {
  readonly #reader: BinXml;
  readonly #layouts: Layouts;
  #fields: Field[] = [];
  #values: FieldValue[] = [];

  constructor(reader: BinXml, layouts: Layouts) {
    this.#reader = reader;
    this.#layouts = layouts;
  }

  /** @throws Damage, RangeError */
  document(
    at: number,
    limit: number,
  ): { fields: readonly Field[]; values: readonly FieldValue[]; isEmpty: boolean } {
    this.#fields = [];
    this.#values = [];
    const isEmpty = !this.#binXml(at, limit, Place.Document, 0);
    return { fields: this.#fields, values: this.#values, isEmpty };
  }

  /** Whether there was anything. */
  #binXml(at: number, limit: number, place: Place, depth: number): boolean {
    let found = false;
    for (const part of this.#reader.parts(at, limit, depth)) {
      found = true;
      if (part.kind === "instance") this.#element(part.instance.template.tree, part.instance, place, depth);
      else if (part.kind === "element") this.#element(part.element, undefined, place, depth);
    }
    return found;
  }

  #element(element: Element, instance: Instance | undefined, place: Place, depth: number): void {
    if (isLeftOut(element.needs, instance)) return;
    const content = inside(place, localName(element.name));
    const group = groupOf(content);
    const nameAt = nameAttribute(element);
    let key = localName(element.name);
    if (nameAt >= 0) {
      const name = element.attributes[nameAt];
      const text =
        name === undefined || isLeftOut(name.needs, instance) ? "" : this.#text(name.value, instance);
      if (text !== "") key = text;
    }
    for (const [at, attribute] of element.attributes.entries()) {
      if (at === nameAt || isNamespace(attribute.name)) continue;
      const field = this.#layouts.field(group, `${key}_${localName(attribute.name)}`);
      this.#emit(
        field,
        isLeftOut(attribute.needs, instance) ? undefined : this.#value(attribute.value, instance),
      );
    }
    const field = this.#layouts.field(group, key);
    if (element.content.length === 0) {
      if (isFieldWhenEmpty(element, place, nameAt >= 0)) this.#emit(field, "");
      return;
    }
    const texts = element.content.filter((node) => isText(node, instance));
    if (texts.length > 0) {
      const value = this.#value(texts, instance);
      // Between elements, white space is for people.
      const counts =
        texts.length === element.content.length || typeof value !== "string" || value.trim() !== "";
      if (counts) this.#emit(field, value);
    }
    for (const node of element.content) {
      if (node.kind === "element") this.#element(node.element, instance, content, depth);
      else if (node.kind === "value" && instance?.type(node.index) === ValueType.BinXml) {
        const at = instance.offsets[node.index] as number;
        this.#binXml(at, at + (instance.sizes[node.index] as number), content, depth + 1);
      }
    }
  }

  #emit(field: Field, value: FieldValue): void {
    this.#reader.spend(field.name.length);
    this.#fields.push(field);
    this.#values.push(value);
  }

  /** One value stays a list if it is one; in a longer text, items stand side by side as in XML Schema's lists. */
  #value(nodes: readonly Node[], instance: Instance | undefined): FieldValue {
    const [first] = nodes;
    if (nodes.length === 1 && first?.kind === "value") return this.#reader.substituted(first.index, instance);
    return this.#text(nodes, instance);
  }

  #text(nodes: readonly Node[], instance: Instance | undefined): string {
    let text = "";
    for (const node of nodes) {
      if (node.kind === "value") {
        const value = this.#reader.substituted(node.index, instance);
        text += typeof value === "string" ? value : value.join(" ");
      } else if (node.kind !== "element") {
        const literal = literalText(node);
        this.#reader.spend(literal.length);
        text += literal;
      }
    }
    return text;
  }
}

/** The element's own text, in this record: a value that is BinXml is not, nor one that was to be BinXml and is not there. */
function isText(node: Node, instance: Instance | undefined): boolean {
  if (node.kind === "value") {
    const type = instance?.type(node.index) ?? ValueType.Null;
    return type !== ValueType.BinXml && (type !== ValueType.Null || node.type !== ValueType.BinXml);
  }
  return node.kind !== "element" && node.kind !== "pi";
}
