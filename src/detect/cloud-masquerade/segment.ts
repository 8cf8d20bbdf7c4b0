import type { Lexicon } from "./lexicon.js";

/** A stretch of a label: a word of the lexicon with its idea, a neutral word (no idea), or letters nobody knows. */
export interface Segment {
  text: string;
  known: boolean;
  idea?: string;
  strength: number;
}

/** Words of up to this length need an edge or a known neighbour: they hide in too many others. */
const SHORT = 4;
const LONGEST_LABEL = 63;

const COST_UNKNOWN_RUN = 3;
const COST_UNKNOWN_LETTER = 1.2;
const COST_WORD = 2;
/** A longer word is preferred to two short ones that cover the same letters. */
const GAIN_PER_LETTER = 0.15;

/**
 * Takes a label apart into known words and the fewest unknown letters (dynamic programming over all split points). Hyphens,
 * underscores and digits separate. `infoclouds` style run-together names come out as words; what is in no list stays one unknown run.
 */
export function segment(label: string, lexicon: Lexicon): Segment[] {
  return label
    .slice(0, LONGEST_LABEL)
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((part) => part !== "")
    .flatMap((part) => dropDoubtful(segmentPart(part, lexicon)));
}

interface Step {
  cost: number;
  from: number;
  known: boolean;
}

function segmentPart(part: string, lexicon: Lexicon): Segment[] {
  const best: Step[] = [{ cost: 0, from: 0, known: true }];
  for (let end = 1; end <= part.length; end++) {
    let step: Step = { cost: Number.POSITIVE_INFINITY, from: end - 1, known: false };
    for (let from = Math.max(0, end - lexicon.longest); from < end; from++) {
      const before = best[from] as Step;
      const text = part.slice(from, end);
      if (lexicon.has(text)) {
        const cost = before.cost + COST_WORD - GAIN_PER_LETTER * text.length;
        if (cost < step.cost) step = { cost, from, known: true };
      }
    }
    const before = best[end - 1] as Step;
    const extend = before.cost + COST_UNKNOWN_LETTER + (end > 1 && !before.known ? 0 : COST_UNKNOWN_RUN);
    if (extend < step.cost) step = { cost: extend, from: end - 1, known: false };
    best.push(step);
  }
  return trace(part, best, lexicon);
}

function trace(part: string, best: readonly Step[], lexicon: Lexicon): Segment[] {
  const segments: Segment[] = [];
  for (let end = part.length; end > 0; ) {
    const step = best[end] as Step;
    const text = part.slice(step.from, end);
    const next = segments[0];
    if (!step.known && next !== undefined && !next.known) next.text = text + next.text;
    else segments.unshift({ text, known: step.known, ...meaningOf(text, step.known, lexicon) });
    end = step.from;
  }
  return segments;
}

function meaningOf(text: string, known: boolean, lexicon: Lexicon): { idea?: string; strength: number } {
  const word = known ? lexicon.word(text) : undefined;
  return word === undefined ? { strength: 0 } : { idea: word.idea, strength: word.strength };
}

/** A short word between or beside unknown letters is taken back, unless it stands at an edge with a run long enough to be a word. */
function dropDoubtful(segments: Segment[]): Segment[] {
  return segments.map((each, index) => {
    if (each.idea === undefined || each.text.length > SHORT || segments.length === 1) return each;
    const left = segments[index - 1];
    const right = segments[index + 1];
    const sound = (side: Segment | undefined): boolean => side === undefined || side.known;
    if (sound(left) && sound(right)) return each;
    const unknown = [left, right].filter((side) => side !== undefined && !side.known);
    const wordLike = unknown.length === 1 && (unknown[0]?.text.length ?? 0) >= SHORT && segments.length === 2;
    // "…box" and "…sync" behind an unknown word of some length is how brands are made; three letters beside it are chance.
    return wordLike && each.text.length === SHORT
      ? { ...each, strength: each.strength * 0.7 }
      : { ...each, idea: undefined, strength: 0 };
  });
}
