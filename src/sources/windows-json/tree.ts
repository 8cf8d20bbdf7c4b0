import { add, type Fields, type HostEvent, utcTime } from "../host-event.js";
import { addValue, eventOf, isObject, type Json, own, textOf } from "./event.js";

/** A GUID as `evtx_dump` writes it. In the XML, and so in all rules, it stands in braces. */
const BARE_GUID = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/;
/** `evtx_dump --separate-json-attributes`: beside an element, its attributes. */
const BESIDE = "_attributes";

/**
 * The event's XML as JSON: `{"Event": {"System": …, "EventData": …}}`. Attributes stand in `#attributes` (`evtx_dump`), beside the element
 * (`evtx_dump --separate-json-attributes`) or under names that begin with `@` (xmltodict and its like). Fields are named as those of event logs are:
 * the text of an element has its name, an attribute is `Element_Attribute`, and `<Data Name="X">` is `X`.
 */
export function eventOfTree(event: Json): HostEvent {
  const groups: Record<"system" | "data" | "rendering", Fields> = {
    system: new Map(),
    data: new Map(),
    rendering: new Map(),
  };
  for (const [name, value] of Object.entries(event)) {
    if (name.startsWith("#") || name.startsWith("@") || name === "xmlns") continue;
    if (name.endsWith(BESIDE) && isObject(value)) {
      addAttributes(groups.data, name.slice(0, -BESIDE.length), value);
      continue;
    }
    const group = name === "System" ? "system" : name === "RenderingInfo" ? "rendering" : "data";
    for (const each of Array.isArray(value) ? value : [value])
      if (isObject(each)) {
        addAttributes(groups[group], name, attributesOf(each));
        addContent(groups[group], each);
      }
  }
  const { system, data, rendering } = groups;
  const created = system.get("TimeCreated_SystemTime");
  return eventOf("evtx-dump-json", system, data, typeof created === "string" ? utcTime(created) : "", {
    rendering,
  });
}

/** The elements within an element, and the attributes that stand beside them. */
function addContent(fields: Fields, content: Json): void {
  for (const name of Object.keys(content)) {
    if (name.startsWith("#") || name.startsWith("@") || name.startsWith("xmlns")) continue;
    const value = content[name];
    if (name.endsWith(BESIDE) && isObject(value)) addAttributes(fields, name.slice(0, -BESIDE.length), value);
    else addElement(fields, name, value);
  }
}

function addElement(fields: Fields, name: string, value: unknown): void {
  if (Array.isArray(value)) {
    if (value.length === 0) add(fields, name, []);
    for (const each of value) addElement(fields, name, each);
    return;
  }
  if (!isObject(value)) {
    addTexts(fields, name, value);
    return;
  }
  const attributes = attributesOf(value);
  const called = textOf(own(attributes, "Name"));
  const text = own(value, "#text");
  if (name === "Data" && called !== undefined) {
    addTexts(fields, called, text ?? "");
    return;
  }
  const before = fields.size;
  addAttributes(fields, name, attributes);
  if (text !== undefined) addTexts(fields, name, text);
  addContent(fields, value);
  if (fields.size === before && Object.keys(attributes).length === 0) addTexts(fields, name, "");
}

function attributesOf(element: Json): Json {
  const grouped = own(element, "#attributes");
  if (isObject(grouped)) return grouped;
  let found: Record<string, unknown> | undefined;
  for (const name of Object.keys(element)) {
    if (!name.startsWith("@")) continue;
    found ??= Object.create(null) as Record<string, unknown>;
    found[name.slice(1)] = element[name];
  }
  return found ?? {};
}

function addAttributes(fields: Fields, element: string, attributes: Json): void {
  for (const name of Object.keys(attributes))
    if (name !== "xmlns" && !name.startsWith("xmlns:"))
      addTexts(fields, `${element}_${name}`, attributes[name]);
}

function addTexts(fields: Fields, name: string, value: unknown): void {
  if (typeof value === "string" && value.length === 36 && BARE_GUID.test(value))
    add(fields, name, `{${value.toLowerCase()}}`);
  else addValue(fields, name, value);
}
