import { add, eventOfFields, type Fields, type HostEvent, lacking, utcTime } from "../host-event.js";

/** A tag with its attributes, or the text before the next; nothing else stands in events. */
const TOKEN = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITY = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g;
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const BEGIN = /<Event[\s>]/;
const END = "</Event>";

interface Element {
  key: string;
  text: string;
  /** It holds elements or attributes of its own. */
  holds: boolean;
}

/**
 * The event that a line holds as XML, whatever a syslog wrote before it; undefined where it holds none. Fields are named as those of event logs are: the text of
 * an element has its name, an attribute is `Element_Attribute`, and `<Data Name="X">` is `X`.
 */
export function eventOfXml(line: string): HostEvent | { refused: string } | undefined {
  const from = line.search(BEGIN);
  if (from < 0) return undefined;
  const to = line.lastIndexOf(END);
  if (to < from) return { refused: "the event breaks off: it has no </Event>" };
  const groups = { system: new Map(), data: new Map(), rendering: new Map() } satisfies Record<
    string,
    Fields
  >;
  if (!read(line.slice(from, to + END.length), groups))
    return { refused: "the event is not well-formed XML" };
  const { system } = groups;
  // Sysmon for Linux spells this one otherwise.
  const user = system.get("Security_UserId");
  if (user !== undefined) system.set("Security_UserID", user);
  system.delete("Security_UserId");
  const created = system.get("TimeCreated_SystemTime");
  const product = system.get("Provider_Name") === "Linux-Sysmon" ? "sysmon-linux" : "event-xml";
  const event = eventOfFields(product, groups, typeof created === "string" ? utcTime(created) : "");
  const refused = lacking(event);
  return refused === undefined ? event : { refused };
}

/** Whether the text is one element with others in it. */
function read(xml: string, groups: Record<"system" | "data" | "rendering", Fields>): boolean {
  const open: Element[] = [];
  let fields = groups.data;
  TOKEN.lastIndex = 0;
  for (let ended = false; TOKEN.lastIndex < xml.length; ) {
    const token = TOKEN.exec(xml);
    // A second root, or anything behind the first.
    if (token === null || ended) return false;
    const [, closes, name = "", attributes = "", isEmpty, text] = token;
    const above = open.at(-1);
    if (text !== undefined) {
      if (above === undefined) return false;
      above.text += text;
    } else if (closes === "/") {
      if (above === undefined || above.key !== local(name)) {
        // `Data` is known by what it is named.
        if (above === undefined || local(name) !== "Data") return false;
      }
      open.pop();
      close(above, open.length, fields);
      ended = open.length === 0;
    } else {
      if (above !== undefined) above.holds = true;
      if (open.length === 1) fields = groupOf(local(name), groups);
      const element = begin(local(name), attributes, fields, open.length);
      if (isEmpty === "/") {
        close(element, open.length, fields);
        ended = open.length === 0;
      } else open.push(element);
    }
  }
  return open.length === 0;
}

const local = (name: string): string => name.slice(name.indexOf(":") + 1);

function groupOf(name: string, groups: Record<"system" | "data" | "rendering", Fields>): Fields {
  if (name === "System") return groups.system;
  return name === "RenderingInfo" ? groups.rendering : groups.data;
}

function begin(name: string, attributes: string, fields: Fields, depth: number): Element {
  const element: Element = { key: name, text: "", holds: false };
  for (const [, key = "", quoted, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = textOf(quoted ?? single ?? "");
    if (name === "Data" && key === "Name") element.key = value;
    else if (key !== "xmlns" && !key.startsWith("xmlns:") && depth > 0) {
      add(fields, `${name}_${local(key)}`, value);
      element.holds = true;
    }
  }
  return element;
}

/** @param depth of the element: what the event holds is 1, its fields are 2 */
function close({ key, text, holds }: Element, depth: number, fields: Fields): void {
  if (depth < 2) return;
  // Between elements, white space is for people.
  if (!holds || text.trim() !== "") add(fields, key, textOf(text));
}

function textOf(raw: string): string {
  if (!raw.includes("&")) return raw;
  return raw.replaceAll(ENTITY, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
