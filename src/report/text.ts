/** Lengths and numbers of untrusted text; all reports pass it through `kernel/visible.ts` as well. */

import { visible } from "../kernel/visible.js";
import { say } from "./catalogue.js";

export { visible, visibleLine } from "../kernel/visible.js";

/** At most `limit` characters; what is cut is counted, never dropped in silence. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Never cut a surrogate pair in two.
  const end = /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return say("text.cut", text.slice(0, end), text.length - end);
}

/** Much shorter than a line that any reader of rules takes at once (Suricata 8,191 bytes: the rest of a longer comment is a rule to it). */
const LONGEST_NAME = 200;

/** The name of a case where it stands among what programs read. */
export function shortName(text: string): string {
  return visible(clip(text, LONGEST_NAME));
}

/** A short name for a label: at most `limit` characters, the middle cut where names often differ at both ends. */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  const tail = Math.floor((limit - 1) / 3);
  return `${characters.slice(0, limit - 1 - tail).join("")}…${tail > 0 ? characters.slice(-tail).join("") : ""}`;
}
