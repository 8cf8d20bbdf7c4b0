/** A place in a text: `[from, to)`, and what is to stand there. */
export interface Hit {
  from: number;
  to: number;
  substitute: string;
}

interface State {
  next: Map<number, number>;
  fallback: number;
  /** Terms that end here: their lengths and substitutes, longest first. */
  ends: { length: number; substitute: string }[];
}

/** Case is folded unit by unit, so that positions in the folded text are positions in the text. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (each) =>
    each.toLowerCase().length === each.length ? each.toLowerCase() : each,
  ).join("");
}

const WORD = /[\p{L}\p{N}]/u;

/**
 * Finds thousands of terms in one pass over a text (Aho and Corasick, 1975), in any case. A term counts where it stands by itself: `10.1.1.1` is not
 * in `10.1.1.10`, but it is in `conn_10.1.1.1.log`.
 */
export class Terms {
  readonly #states: State[] = [{ next: new Map(), fallback: 0, ends: [] }];

  constructor(terms: ReadonlyMap<string, string>) {
    for (const [term, substitute] of terms) this.#insert(fold(term), substitute);
    this.#link();
  }

  find(text: string): Hit[] {
    const folded = fold(text);
    const hits: Hit[] = [];
    let at = 0;
    for (let index = 0; index < folded.length; index++) {
      at = this.#step(at, folded.charCodeAt(index));
      for (const { length, substitute } of this.#state(at).ends) {
        const from = index + 1 - length;
        if (standsAlone(folded, from, index + 1)) hits.push({ from, to: index + 1, substitute });
      }
    }
    return hits;
  }

  #state(index: number): State {
    return this.#states[index] as State;
  }

  #insert(term: string, substitute: string): void {
    let at = 0;
    for (let index = 0; index < term.length; index++) {
      const code = term.charCodeAt(index);
      let next = this.#state(at).next.get(code);
      if (next === undefined) {
        next = this.#states.push({ next: new Map(), fallback: 0, ends: [] }) - 1;
        this.#state(at).next.set(code, next);
      }
      at = next;
    }
    if (at !== 0) this.#state(at).ends.push({ length: term.length, substitute });
  }

  #link(): void {
    const queue = [...this.#state(0).next.values()];
    for (let head = 0; head < queue.length; head++) {
      const at = queue[head] as number;
      for (const [code, next] of this.#state(at).next) {
        const fallback = this.#step(this.#state(at).fallback, code);
        this.#state(next).fallback = fallback;
        this.#state(next).ends.push(...this.#state(fallback).ends);
        queue.push(next);
      }
    }
  }

  #step(from: number, code: number): number {
    for (let at = from; ; at = this.#state(at).fallback) {
      const next = this.#state(at).next.get(code);
      if (next !== undefined) return next;
      if (at === 0) return 0;
    }
  }
}

/** Escapes that logs put before a name: of JSON (Windows writes `Name:\t\tjdoe`), of Zeek, and of addresses of the web. Their last letter is none of a word. */
const ESCAPE = /(?:\\[bfnrtv0]|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|%[0-9a-f]{2})$/;
const LONGEST_ESCAPE = 6;

function standsAlone(text: string, from: number, to: number): boolean {
  if (isWord(text, to, to - 1)) return false;
  return !isWord(text, from - 1, from) || ESCAPE.test(text.slice(Math.max(0, from - LONGEST_ESCAPE), from));
}

/** Whether the character beside an end of a term continues it; an end that is no letter or digit itself needs no boundary. */
function isWord(text: string, beside: number, end: number): boolean {
  return WORD.test(text.charAt(beside)) && WORD.test(text.charAt(end));
}

/** The text with its hits replaced; of hits that overlap the longest stands, then the first. */
export function substituted(text: string, hits: readonly Hit[]): string {
  if (hits.length === 0) return text;
  const ordered = [...hits].sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  const taken: Hit[] = [];
  const covered = new Uint8Array(text.length);
  for (const hit of ordered) {
    if (covered.subarray(hit.from, hit.to).some((each) => each === 1)) continue;
    covered.fill(1, hit.from, hit.to);
    taken.push(hit);
  }
  taken.sort((a, b) => a.from - b.from);
  let result = "";
  let at = 0;
  for (const { from, to, substitute } of taken) {
    result += text.slice(at, from) + substitute;
    at = to;
  }
  return result + text.slice(at);
}
