import type { FieldGroup } from "./layout.js";
import type { Element } from "./tree.js";

/**
 * Where in an event an element stands, and so what its fields are called. One rule for all events (docs/evtx.md):
 * the text of an element is a field with the element's name, an attribute is `Element_Attribute`, and the text of `<Data Name="X">` is `X`.
 */
export const Place = { Document: 0, Event: 1, System: 2, Data: 3, Rendering: 4 } as const;
export type Place = (typeof Place)[keyof typeof Place];

/** Where the content of an element stands. */
export function inside(place: Place, name: string): Place {
  if (place === Place.Document) return name === "Event" ? Place.Event : Place.Data;
  if (place !== Place.Event) return place;
  if (name === "System") return Place.System;
  return name === "RenderingInfo" ? Place.Rendering : Place.Data;
}

/** The group of an element's own text and attributes. `content` is where its content stands. */
export function groupOf(content: Place): FieldGroup {
  if (content === Place.System) return "system";
  return content === Place.Rendering ? "rendering" : "data";
}

/** Elements that hold others and are not fields when they are empty: `Event`, `System`, `EventData`, `UserData`. */
export function isFrame(place: Place): boolean {
  return place === Place.Document || place === Place.Event;
}

/** Namespaces say how names are meant; they are no content. */
export function isNamespace(attribute: string): boolean {
  return attribute === "xmlns" || attribute.startsWith("xmlns:");
}

/** A name without its prefix: `auto-ns2:EventXML` is `EventXML`. */
export function localName(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(colon + 1);
}

/** `<Data Name="X">` is a field X: the place of the attribute `Name`, or -1. */
export function nameAttribute(element: Element): number {
  return localName(element.name) === "Data"
    ? element.attributes.findIndex(({ name }) => name === "Name")
    : -1;
}

/** Whether an element without content is a field, with an empty text. `<Correlation/>` and `<Error Code="5"/>` are not. */
export function isFieldWhenEmpty(element: Element, place: Place, named: boolean): boolean {
  return !isFrame(place) && (named || element.attributes.every(({ name }) => isNamespace(name)));
}
