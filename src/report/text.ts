/**
 * Text from logs is hostile: control characters drive terminals, bidirectional overrides make `exe.gpj` read as `jpg.exe`
 * (Unicode TR 36), and one field can hold a megabyte. All reports pass untrusted text through here.
 */

/**
 * C0 and C1 controls, DEL, bidirectional marks and overrides, line and paragraph separators, the byte order mark, tag characters and
 * lone surrogates. Zero-width space and joiners stay: Khmer, Thai and Persian names need them.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this expression looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2060\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** The visible spelling of one unsafe character: `\t`, `\x1b`, `\u202e`, `\u{e0041}`. */
function spell(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

/** Unsafe characters made visible; nothing is removed, so that two different texts never look alike. */
export function visible(text: string): string {
  // Nearly all text is printable ASCII, and this is called a hundred thousand times for a large report.
  if (!/[^ -~]/.test(text)) return text;
  return text.replace(UNSAFE, spell);
}

/** Like {@link visible}, but tabs stay: evidence lines are tab-separated, and a tab harms nobody in preformatted text. */
export function visibleLine(text: string): string {
  return text.replace(UNSAFE, (character) => (character === "\t" ? character : spell(character)));
}

/** At most `limit` characters; what is cut is counted, never dropped in silence. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Never cut a surrogate pair in two.
  const end = /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return `${text.slice(0, end)}… (${(text.length - end).toLocaleString("en-US")} more characters)`;
}

/** A short name for a label: at most `limit` characters, the middle cut where names often differ at both ends. */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  const tail = Math.floor((limit - 1) / 3);
  return `${characters.slice(0, limit - 1 - tail).join("")}…${tail > 0 ? characters.slice(-tail).join("") : ""}`;
}

/** `3 hosts`, `1 host`, `2,000 hosts`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
