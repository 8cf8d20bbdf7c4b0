/**
 * Text from logs, file names and lists is hostile: control characters drive terminals, and bidirectional overrides make `exe.gpj` read as
 * `jpg.exe` (Unicode TR 36). Whatever of it comes on a screen or into a report passes through here.
 */

/**
 * C0 and C1 controls, DEL, bidirectional marks and overrides, line and paragraph separators, the byte order mark, tag characters, lone
 * surrogates, and noncharacters, for which readers of YAML and XML refuse a whole file. Zero-width space and joiners stay: Khmer, Thai and Persian names need them.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this expression looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2060\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;

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

/** JSON with its own escapes for what would act when somebody looks at it, or end a line for some readers: every parser reads the same from it. */
export function visibleJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    character === "\n"
      ? character
      : character
          .split("")
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .join(""),
  );
}

/** For text of several lines that is ours, with words in it that are not: line ends and tabs stay, nothing else can act. */
export function visibleText(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
}
