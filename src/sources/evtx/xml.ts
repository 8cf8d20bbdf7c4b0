import type { BinXml } from "./binxml.js";
import { ValueType } from "./format.js";
import type { Instance } from "./instance.js";
import { type Element, entityText, isLeftOut, type Node } from "./tree.js";

/**
 * Writes a record as the XML that Event Viewer shows, without white space of its own: [MS-EVEN6] 2.2.12.1 to 2.2.12.3. The result is always well-formed:
 * characters that XML 1.0 does not have become U+FFFD, and characters that cannot be in a name `_`.
 */
export class XmlWriter {
  readonly #binXml: BinXml;
  #out = "";

  constructor(binXml: BinXml) {
    this.#binXml = binXml;
  }

  /** @throws Damage, RangeError where the bytes between `at` and `limit` are not BinXml. */
  write(at: number, limit: number): string {
    this.#out = "";
    this.#document(at, limit, 0);
    return this.#out;
  }

  #document(at: number, limit: number, depth: number): void {
    for (const part of this.#binXml.parts(at, limit, depth)) {
      if (part.kind === "pi") this.#instruction(part.target, part.data);
      else if (part.kind === "element") this.#element(part.element, undefined, depth);
      else this.#element(part.instance.template.tree, part.instance, depth);
    }
  }

  /** An element around an array is there once for each item ([Metz] "Normal substitution"). */
  #element(element: Element, instance: Instance | undefined, depth: number): void {
    if (isLeftOut(element.needs, instance)) return;
    const [only] = element.content;
    if (
      element.content.length === 1 &&
      only?.kind === "value" &&
      this.#typeOf(only.index, instance) >= ValueType.ArrayFlag
    ) {
      const items = this.#value(only.index, instance);
      for (const item of typeof items === "string" ? [items] : items) {
        this.#startTag(element, instance);
        this.#put(`>${escapeText(item)}</${xmlName(element.name)}>`);
      }
      return;
    }
    this.#startTag(element, instance);
    if (element.content.length === 0) {
      this.#put("/>");
      return;
    }
    this.#put(">");
    for (const node of element.content) this.#node(node, instance, depth);
    this.#put(`</${xmlName(element.name)}>`);
  }

  #startTag(element: Element, instance: Instance | undefined): void {
    this.#put(`<${xmlName(element.name)}`);
    const seen = new Set<string>();
    for (const { name, value, needs } of element.attributes) {
      // A name that stands twice would spoil the whole document for every reader.
      if (isLeftOut(needs, instance) || seen.has(name)) continue;
      seen.add(name);
      this.#put(` ${xmlName(name)}="`);
      for (const node of value) this.#put(this.#inAttribute(node, instance));
      this.#put('"');
    }
  }

  #inAttribute(node: Node, instance: Instance | undefined): string {
    switch (node.kind) {
      case "value": {
        const value = this.#value(node.index, instance);
        return escapeAttribute(typeof value === "string" ? value : value.join(" "));
      }
      case "text":
      case "cdata":
        return escapeAttribute(node.text);
      default:
        return reference(node);
    }
  }

  #node(node: Node, instance: Instance | undefined, depth: number): void {
    switch (node.kind) {
      case "element":
        this.#element(node.element, instance, depth);
        return;
      case "value":
        this.#content(node.index, instance, depth);
        return;
      case "text":
        this.#put(escapeText(node.text));
        return;
      case "cdata":
        this.#put(`<![CDATA[${xmlCharacters(node.text).replaceAll("]]>", "]]]]><![CDATA[>")}]]>`);
        return;
      case "pi":
        this.#instruction(node.target, node.data);
        return;
      default:
        this.#put(reference(node));
    }
  }

  #content(index: number, instance: Instance | undefined, depth: number): void {
    if (instance !== undefined && this.#typeOf(index, instance) === ValueType.BinXml) {
      const at = instance.offsets[index] as number;
      this.#document(at, at + (instance.sizes[index] as number), depth + 1);
      return;
    }
    const value = this.#value(index, instance);
    this.#put(escapeText(typeof value === "string" ? value : value.join(" ")));
  }

  #instruction(target: string, data: string): void {
    const name = xmlName(target).replaceAll(":", "_");
    // `<?xml …?>` inside a document would be an error.
    this.#put(
      `<?${/^xml$/i.test(name) ? "_" : ""}${name} ${xmlCharacters(data).replaceAll("?>", "?&gt;")}?>`,
    );
  }

  #typeOf(index: number, instance: Instance | undefined): number {
    return instance === undefined ? ValueType.Null : instance.type(index);
  }

  #value(index: number, instance: Instance | undefined): string | readonly string[] {
    return this.#binXml.substituted(index, instance);
  }

  #put(text: string): void {
    this.#binXml.spend(text.length);
    this.#out += text;
  }
}

function reference(node: Node): string {
  if (node.kind === "charRef") return escapeAttribute(String.fromCharCode(node.code));
  if (node.kind === "entityRef")
    return entityText(node.name) === undefined ? `&amp;${escapeText(node.name)};` : `&${node.name};`;
  return "";
}

/** What XML 1.0, section 2.2, does not allow in a document, not even as a reference. */
const NOT_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this expression looks for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function xmlCharacters(text: string): string {
  return /[^\n\r\t -~]/.test(text) ? text.replace(NOT_XML, "\ufffd") : text;
}

function escapeText(text: string): string {
  // A carriage return would be read as a line feed.
  if (/^[\n\t !-%'-;=?-~]*$/.test(text)) return text;
  return xmlCharacters(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}

/** Also what XML 1.0, section 3.3.3, would turn into a space. */
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

/** Names as XML 1.0, section 2.3, has them (as far as they come in events). */
function xmlName(name: string): string {
  if (/^[A-Za-z_][\w.:-]*$/.test(name)) return name;
  const legal = name.replaceAll(/[^\p{L}\p{N}_.:-]/gu, "_");
  return /^[\p{L}_]/u.test(legal) ? legal : `_${legal}`;
}
