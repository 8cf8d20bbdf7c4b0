import { formatNumber, pluralForm, templateParts } from "../../kernel/language.js";
import { type MessageKey, messageOf } from "../catalogue.js";
import { clip, visible } from "../text.js";

/** Markup that may stand in the page as it is. Only {@link html} and {@link trusted} make it. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Child = Markup | string | number | null | undefined | false | readonly Child[];

/** No untrusted string takes more room than this; evidence has limits of its own. */
const STRING_LIMIT = 2_000;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Safe as text and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  if (!/[&<>"'`]/.test(text)) return text;
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

function childText(child: Child): string {
  if (child instanceof Markup) return child.text;
  if (child === null || child === undefined || child === false) return "";
  if (typeof child === "object") return child.map(childText).join("");
  return escapeHtml(visible(clip(String(child), STRING_LIMIT)));
}

/** Template tag: every interpolated string is cut, made visible and escaped, so that forgetting it is not possible. */
export function html(strings: TemplateStringsArray, ...children: Child[]): Markup {
  let text = strings[0] ?? "";
  for (let index = 0; index < children.length; index++)
    text += childText(children[index]) + (strings[index + 1] ?? "");
  return new Markup(text);
}

/** Our own constant text, or text that was escaped by other means. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** A date, or an offset from UTC: what must not break at its hyphen at the end of a line. */
const SOLID = /(\d{4}-\d\d-\d\d|UTC[-−]\d{1,2}(?::\d\d)?)/;

/** Running text in which dates and offsets from UTC stay whole. */
export function prose(text: string): Markup {
  return html`${clip(text, STRING_LIMIT)
    .split(SOLID)
    .map((part, at) => (at % 2 === 1 ? html`<span class="solid">${part}</span>` : part))}`;
}

/** A sentence of the catalogue whose arguments may be markup; numbers are written as the language writes them. */
export function phrase(key: MessageKey, ...args: Child[]): Markup {
  return html`${templateParts(messageOf(key)).map((part): Child => {
    if (typeof part === "string") return part;
    const arg = args[part.position];
    if (typeof arg !== "number") return arg;
    return part.forms === undefined ? formatNumber(arg) : pluralForm(part.forms, arg);
  })}`;
}
