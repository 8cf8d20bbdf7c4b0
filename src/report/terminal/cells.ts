import { clip, shorten, visible } from "../text.js";

/** Longest untrusted text in one cell or sentence. */
const LIMIT = 2_000;

/** Untrusted text for a terminal: escape sequences and other controls become visible spellings and so cannot act. */
export function safe(text: string): string {
  return visible(clip(text, LIMIT));
}

/** Columns that a character takes: none for marks and joiners, two for wide East Asian ones and emoji (UAX 11, the ranges that matter). */
function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours, which take no room
const COLOURS = /\u001b\[\d+m/g;

/** Columns that a text takes on a terminal, colours not counted. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text.replace(COLOURS, "")) columns += characterWidth(character);
  return columns;
}

/**
 * Exactly `columns` wide: cut at the end, or in the middle where names differ at both ends, or filled with spaces. For uncoloured text.
 */
export function cutTo(text: string, columns: number, where: "end" | "middle" = "end"): string {
  let short = text;
  for (let limit = columns; columnsOf(short) > columns && limit > 0; limit--) {
    short =
      where === "middle"
        ? shorten(text, limit)
        : `${Array.from(text)
            .slice(0, limit - 1)
            .join("")}…`;
  }
  return short + " ".repeat(Math.max(0, columns - columnsOf(short)));
}

/** Words put into lines of at most `width` columns; words longer than a line are broken. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const room = Math.max(10, width - indent.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    for (const piece of breakWord(word, room)) {
      if (line !== "" && columnsOf(line) + 1 + columnsOf(piece) > room) {
        lines.push(indent + line);
        line = piece;
      } else line = line === "" ? piece : `${line} ${piece}`;
    }
  }
  if (line !== "" || lines.length === 0) lines.push(indent + line);
  return lines;
}

function breakWord(word: string, room: number): string[] {
  if (columnsOf(word) <= room) return [word];
  const pieces: string[] = [];
  let piece = "";
  let columns = 0;
  for (const character of word) {
    const width = characterWidth(character);
    if (columns + width > room) {
      pieces.push(piece);
      piece = "";
      columns = 0;
    }
    piece += character;
    columns += width;
  }
  return piece === "" ? pieces : [...pieces, piece];
}
