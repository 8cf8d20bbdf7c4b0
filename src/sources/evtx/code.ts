/**
 * BinXml as a flat list of numbers without any offset in it: the same template is the same code in whatever chunk it stands, so code is
 * what templates are compared by (a GUID is only what the file claims). `strings` holds names and literal texts in the order of their use.
 */
export interface Code {
  ints: Int32Array;
  strings: readonly string[];
}

/** What stands in {@link Code.ints}: an operation, then as many operands as the comment says. A string is taken for each `s`. */
export const Op = {
  /** s: name of the element. */
  Open: 1,
  /** s: name of the attribute. Parts of its value follow. */
  Attribute: 2,
  /** The start tag is over: what follows is content. */
  Content: 3,
  /** The element is over. */
  Close: 4,
  /** s: literal text. */
  Text: 5,
  /** s */
  CData: 6,
  /** The character's code. */
  CharRef: 7,
  /** s: name of the entity. */
  EntityRef: 8,
  /** s s: target and data. */
  Pi: 9,
  /** Index of the value, type that the template expects. */
  Substitution: 10,
  OptionalSubstitution: 11,
} as const;

export function sameCode(one: Code, other: Code): boolean {
  if (one.ints.length !== other.ints.length || one.strings.length !== other.strings.length) return false;
  for (let at = 0; at < one.ints.length; at++) if (one.ints[at] !== other.ints[at]) return false;
  for (let at = 0; at < one.strings.length; at++) if (one.strings[at] !== other.strings[at]) return false;
  return true;
}

/** FNV-1a over the numbers and a little of each string: it decides where to look, {@link sameCode} what is equal. */
export function hashCode({ ints, strings }: Code): number {
  let code = 0x811c9dc5;
  for (let at = 0; at < ints.length; at++) code = Math.imul(code ^ (ints[at] as number), 0x01000193);
  for (let at = 0; at < strings.length; at++) {
    const text = strings[at] as string;
    code = Math.imul(code ^ text.length, 0x01000193);
    if (text.length > 0) code = Math.imul(code ^ text.charCodeAt(text.length >> 1), 0x01000193);
  }
  return code | 0;
}
