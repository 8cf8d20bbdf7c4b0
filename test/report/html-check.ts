/** A strict reader of the HTML that we write: quoted attributes, balanced tags. It fails where a browser would guess. */
export interface Element {
  name: string;
  attributes: Map<string, string>;
}

const VOID = new Set(["meta", "br", "link", "img", "hr", "input"]);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:-]+)(?:="([^"]*)")?/g;

/** All elements in order. @throws where tags do not nest or something reads like half a tag. */
export function readHtml(html: string): Element[] {
  const elements: Element[] = [];
  const open: string[] = [];
  let at = html.indexOf(">") + 1;
  if (!html.startsWith("<!doctype html>")) throw new Error("no doctype");
  for (;;) {
    const next = html.indexOf("<", at);
    if (next < 0) break;
    TAG.lastIndex = next;
    const match = TAG.exec(html);
    if (match === null) throw new Error(`not a tag: ${JSON.stringify(html.slice(next, next + 120))}`);
    const [, closing, rawName = "", attributes = "", selfClosing] = match;
    const name = rawName.toLowerCase();
    at = TAG.lastIndex;
    if (closing) {
      const expected = open.pop();
      if (expected !== name)
        throw new Error(
          `</${name}> closes <${expected}> near ${JSON.stringify(html.slice(Math.max(0, next - 120), next + 20))}`,
        );
      continue;
    }
    const found = [...attributes.matchAll(ATTRIBUTE)].map((pair): [string, string] => [
      (pair[1] ?? "").toLowerCase(),
      pair[2] ?? "",
    ]);
    elements.push({ name, attributes: new Map(found) });
    if (selfClosing || VOID.has(name)) continue;
    open.push(name);
    // Text of a style sheet is not markup.
    if (name === "style") at = html.indexOf("</style>", at);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(" ")}`);
  return elements;
}

/** The elements that stand in for anything that could run or load. */
export function dangers(elements: readonly Element[]): string[] {
  const found: string[] = [];
  for (const { name, attributes } of elements) {
    if (
      [
        "script",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "img",
        "audio",
        "video",
        "foreignobject",
        "use",
        "image",
      ].includes(name)
    )
      found.push(`<${name}>`);
    for (const [attribute, value] of attributes) {
      if (attribute.startsWith("on")) found.push(`${name} ${attribute}`);
      if (
        ["href", "src", "srcset", "action", "xlink:href", "data", "poster"].includes(attribute) &&
        !/^#[\w-]+$/.test(value)
      )
        found.push(`${name} ${attribute}=${value}`);
      if (attribute === "style" && /url\(|expression|@import/i.test(value))
        found.push(`${name} style=${value}`);
    }
  }
  return found;
}
