import { type Code, Op } from "./code.js";
import { Damage, ValueType } from "./format.js";

/** One element of a template or of BinXml without one. */
export interface Element {
  name: string;
  attributes: readonly Attribute[];
  content: readonly Node[];
  /** Values in its content (BinXml apart) that must not be NULL, else the element is not there ([MS-EVEN6] 3.1.4.7.2). */
  needs: readonly number[];
}

export interface Attribute {
  name: string;
  value: readonly Node[];
  /** As {@link Element.needs}, for the attribute. */
  needs: readonly number[];
}

export type Node =
  | { kind: "element"; element: Element }
  | { kind: "text"; text: string }
  | { kind: "cdata"; text: string }
  | { kind: "charRef"; code: number }
  | { kind: "entityRef"; name: string }
  | { kind: "pi"; target: string; data: string }
  | { kind: "value"; index: number; type: number };

/** @throws Damage where code says something that XML cannot. */
export function treeOf(code: Code): Element {
  if (code.ints[0] !== Op.Open) throw new Damage("what should be an element does not begin as one");
  return new Builder(code).element();
}

class Builder {
  readonly #ints: Int32Array;
  readonly #strings: readonly string[];
  #at = 0;
  #string = 0;

  constructor({ ints, strings }: Code) {
    this.#ints = ints;
    this.#strings = strings;
  }

  /** The scanner has seen to it that elements are closed and not too deep. */
  element(): Element {
    this.#at++;
    const name = this.#text();
    const attributes: Attribute[] = [];
    while (this.#ints[this.#at] === Op.Attribute) {
      this.#at++;
      const attribute = this.#text();
      const { nodes, needs } = this.#nodes(false);
      attributes.push({ name: attribute, value: nodes, needs });
    }
    if (this.#ints[this.#at] === Op.Close) {
      this.#at++;
      return { name, attributes, content: [], needs: [] };
    }
    if (this.#ints[this.#at++] !== Op.Content) throw new Damage("a value stands in a start tag");
    const { nodes, needs } = this.#nodes(true);
    this.#at++;
    return { name, attributes, content: nodes, needs };
  }

  /** Content up to the element's end, or an attribute's value up to the next attribute or the start tag's end. */
  #nodes(inContent: boolean): { nodes: Node[]; needs: number[] } {
    const nodes: Node[] = [];
    const needs: number[] = [];
    for (;;) {
      switch (this.#ints[this.#at]) {
        case Op.Open:
          nodes.push({ kind: "element", element: this.element() });
          break;
        case Op.Text:
          this.#at++;
          nodes.push({ kind: "text", text: this.#text() });
          break;
        case Op.CData:
          this.#at++;
          nodes.push({ kind: "cdata", text: this.#text() });
          break;
        case Op.CharRef:
          nodes.push({ kind: "charRef", code: this.#ints[this.#at + 1] as number });
          this.#at += 2;
          break;
        case Op.EntityRef:
          this.#at++;
          nodes.push({ kind: "entityRef", name: this.#text() });
          break;
        case Op.Pi:
          if (!inContent) throw new Damage("a processing instruction stands in an attribute");
          this.#at++;
          nodes.push({ kind: "pi", target: this.#text(), data: this.#text() });
          break;
        case Op.Substitution:
        case Op.OptionalSubstitution: {
          const index = this.#ints[this.#at + 1] as number;
          const type = this.#ints[this.#at + 2] as number;
          // Every event has its own data as an optional value right inside `Event`; without data it is still an event.
          if (this.#ints[this.#at] === Op.OptionalSubstitution && type !== ValueType.BinXml)
            needs.push(index);
          nodes.push({ kind: "value", index, type });
          this.#at += 3;
          break;
        }
        default:
          return { nodes, needs };
      }
    }
  }

  #text(): string {
    const text = this.#strings[this.#string++];
    if (text === undefined) throw new Damage("a name or text is missing");
    return text;
  }
}

/** [MS-EVEN6] 3.1.4.7.2: with an optional value that is NULL, the element or attribute right around it is not there. */
export function isLeftOut(
  needs: readonly number[],
  values: { type(index: number): number } | undefined,
): boolean {
  return values !== undefined && needs.some((index) => values.type(index) === ValueType.Null);
}

/** The five entities of XML 1.0, section 4.6; Windows writes no others. */
export function entityText(name: string): string | undefined {
  return ENTITIES.get(name);
}

const ENTITIES = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);
