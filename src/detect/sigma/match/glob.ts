import type { PatternPart, TextPattern } from "../rule/model.js";

/** Tests a text that is lower-cased already, unless the pattern asks for its case. */
export type TextTest = (text: string) => boolean;

/** The cheapest test that a pattern allows. */
export function textTest({ parts, cased }: TextPattern): TextTest {
  const own = cased
    ? parts
    : parts.map((part) =>
        typeof part === "string" ? part.toLowerCase() : "of" in part ? { of: part.of.toLowerCase() } : part,
      );
  if (own.length === 0) return (text) => text === "";
  const [first, second, third] = own;
  if (own.length === 1 && typeof first === "string") return (text) => text === first;
  if (own.length === 1 && isAny(first)) return () => true;
  if (own.length === 2 && typeof first === "string" && isAny(second)) return (text) => text.startsWith(first);
  if (own.length === 2 && isAny(first) && typeof second === "string") return (text) => text.endsWith(second);
  if (own.length === 3 && isAny(first) && typeof second === "string" && isAny(third))
    return (text) => text.includes(second);
  return globTest(own);
}

const isAny = (part: PatternPart | undefined): boolean =>
  typeof part === "object" && "wild" in part && part.wild === "any";

/**
 * Pieces between asterisks are looked for one after the other, each as early as it stands: no more than (length of text) × (length of pattern) steps, whatever they are.
 */
function globTest(parts: readonly PatternPart[]): TextTest {
  const pieces: PatternPart[][] = [[]];
  for (const part of parts)
    if (isAny(part)) pieces.push([]);
    else pieces.at(-1)?.push(part);
  const lengths = pieces.map((piece) =>
    piece.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 1), 0),
  );
  const last = pieces.length - 1;
  return (text) => {
    const [head = []] = pieces;
    if (!standsAt(text, 0, head)) return false;
    if (last === 0) return text.length === lengths[0];
    let at = lengths[0] as number;
    for (let index = 1; index < last; index++) {
      const piece = pieces[index] as PatternPart[];
      const length = lengths[index] as number;
      while (at + length <= text.length && !standsAt(text, at, piece)) at++;
      if (at + length > text.length) return false;
      at += length;
    }
    const end = text.length - (lengths[last] as number);
    return end >= at && standsAt(text, end, pieces[last] as PatternPart[]);
  };
}

function standsAt(text: string, from: number, piece: readonly PatternPart[]): boolean {
  let at = from;
  for (const part of piece) {
    if (typeof part === "string") {
      if (!text.startsWith(part, at)) return false;
      at += part.length;
    } else {
      if (at >= text.length || ("of" in part && !part.of.includes(text[at] as string))) return false;
      at++;
    }
  }
  return true;
}
