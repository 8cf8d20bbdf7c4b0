/** Latin-1. */
const COMMON = 256;

/**
 * Finds many texts in one pass over a value (Aho & Corasick, CACM 1975), as a table of states over the characters that occur in the texts.
 * Each text carries the number of what it stands for.
 */
export class Automaton {
  /** Character code to column; 0 is every character that no text has. A table for the common ones, for there are thousands of automata. */
  readonly #columns = new Uint16Array(COMMON);
  readonly #rare = new Map<number, number>();
  readonly #width: number;
  readonly #next: Int32Array | Uint16Array;
  /** State to the first of its outputs, -1 for none. */
  readonly #outputs: readonly (Int32Array | undefined)[];
  /** State to the longest proper suffix that has outputs, 0 for none. */
  readonly #shorter: Int32Array;

  constructor(texts: readonly { text: string; id: number }[]) {
    let width = 1;
    for (const { text } of texts)
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (this.#column(code) !== 0) continue;
        if (code < COMMON) this.#columns[code] = width++;
        else this.#rare.set(code, width++);
      }
    this.#width = width;
    const states = 1 + texts.reduce((sum, { text }) => sum + text.length, 0);
    let next: Int32Array = new Int32Array(states * width);
    const ids: number[][] = [[]];
    let count = 1;
    for (const { text, id } of texts) {
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        const cell = state * width + this.#column(text.charCodeAt(at));
        if (next[cell] === 0) {
          next[cell] = count++;
          ids.push([]);
        }
        state = next[cell] as number;
      }
      ids[state]?.push(id);
    }
    next = next.slice(0, count * width);
    const fail = new Int32Array(count);
    const shorter = new Int32Array(count);
    // Breadth first: a state's suffix is nearer to the root and known before it.
    const queue: number[] = [];
    for (let column = 1; column < width; column++) if (next[column] !== 0) queue.push(next[column] as number);
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] as number;
      const suffix = fail[state] as number;
      shorter[state] = (ids[suffix] as number[]).length > 0 ? suffix : (shorter[suffix] as number);
      for (let column = 1; column < width; column++) {
        const child = next[state * width + column] as number;
        const other = next[suffix * width + column] as number;
        if (child === 0) next[state * width + column] = other;
        else {
          fail[child] = other;
          queue.push(child);
        }
      }
    }
    // Half the memory, where it can say all states.
    this.#next = count <= 65_536 ? Uint16Array.from(next) : next;
    this.#shorter = shorter;
    this.#outputs = ids.map((list) => (list.length === 0 ? undefined : Int32Array.from(new Set(list))));
  }

  #column(code: number): number {
    return code < COMMON ? (this.#columns[code] as number) : (this.#rare.get(code) ?? 0);
  }

  /** Numbers of the texts that stand in the value, each once or oftener. */
  search(value: string, found: (id: number) => void): void {
    const next = this.#next;
    const width = this.#width;
    let state = 0;
    for (let at = 0; at < value.length; at++) {
      state = next[state * width + this.#column(value.charCodeAt(at))] as number;
      if (state === 0) continue;
      for (
        let here = this.#outputs[state] === undefined ? (this.#shorter[state] as number) : state;
        here !== 0;
        here = this.#shorter[here] as number
      ) {
        const outputs = this.#outputs[here] as Int32Array;
        for (let index = 0; index < outputs.length; index++) found(outputs[index] as number);
      }
    }
  }
}
