/** Characters that are parsed at a time. */
const BLOCK = 1 << 20;
/** A quoted field may reach over lines; where none of the last so many characters ends one, its quote was never closed. */
const PATIENCE = 1 << 17;
/** A line beyond this is none: a binary file, or one that has lost its line ends. */
const LONGEST_LINE = 1 << 22;

/** Whole lines of a text, or a line that is too long to be one, of which nothing is kept. */
export type TextBlock = { text: string } | { tooLong: true };

/**
 * A stream cut behind line ends outside of quotes, in blocks of bounded size. UTF-8, or UTF-16 with its byte order mark.
 */
export async function* textBlocks(chunks: AsyncIterable<Uint8Array>): AsyncIterable<TextBlock> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let pending = "";
  let skipping = false;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk);
    pending += decoder.decode(chunk, { stream: true });
    if (skipping) {
      const end = lineEnd(pending);
      pending = end < 0 ? "" : pending.slice(end);
      skipping = end < 0;
    }
    while (pending.length >= BLOCK) {
      const cut = cutOf(pending);
      if (cut > 0) yield { text: pending.slice(0, cut) };
      else if (pending.length < LONGEST_LINE) break;
      else yield { tooLong: true };
      if (cut > 0) pending = pending.slice(cut);
      else [pending, skipping] = ["", true];
    }
  }
  pending += decoder?.decode() ?? "";
  if (pending !== "" && !skipping) yield { text: pending };
}

function decoderFor([first, second]: Uint8Array): InstanceType<typeof TextDecoder> {
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le");
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be");
  return new TextDecoder("utf-8");
}

/** Behind the first line end; -1 where there is none. */
function lineEnd(text: string): number {
  const at = text.search(/[\r\n]/);
  return at < 0 ? -1 : at + 1;
}

/** Behind the last line end before which quotes are paired; behind the last of all where a quote stays open for too long; 0 where there is none. */
function cutOf(text: string): number {
  const end = text.includes("\n") ? "\n" : "\r";
  let paired = 0;
  let open = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') open = !open;
    else if (character === end && !open) paired = at + 1;
  }
  return text.length - paired <= PATIENCE ? paired : Math.max(paired, text.lastIndexOf(end) + 1);
}
