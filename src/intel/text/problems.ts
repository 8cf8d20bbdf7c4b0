import { type ErrorCode, LongwatchError } from "../../kernel/errors.js";

const SHOWN = 20;

/** Collects what is wrong with a file, so that a user corrects it once and not line by line. */
export class Problems {
  readonly #list: { line: number; message: string }[] = [];

  constructor(
    readonly code: ErrorCode,
    readonly file: string,
  ) {}

  add(line: number, message: string): void {
    this.#list.push({ line, message });
  }

  get count(): number {
    return this.#list.length;
  }

  /** @throws LongwatchError with the first place in `file` and `line`, and up to 20 places in its message. */
  throwIfAny(): void {
    const list = this.#list.toSorted((a, b) => a.line - b.line);
    const [first] = list;
    if (first === undefined) return;
    const place = { file: this.file, line: first.line };
    if (list.length === 1) throw new LongwatchError(this.code, first.message, place);
    const shown = list.slice(0, SHOWN).map((problem) => `  line ${problem.line}: ${problem.message}`);
    const more = list.length > SHOWN ? [`  and ${list.length - SHOWN} more`] : [];
    const message = [`${list.length} problems; correct them and run again:`, ...shown, ...more].join("\n");
    throw new LongwatchError(this.code, message, place);
  }
}

/** Warnings, each said once, with a cap: a list of a million bad lines must not become a million warnings. */
export class Warnings {
  readonly #list = new Set<string>();
  #dropped = 0;

  constructor(readonly limit = 200) {}

  add(message: string): void {
    if (this.#list.has(message)) return;
    if (this.#list.size < this.limit) this.#list.add(message);
    else this.#dropped++;
  }

  list(): string[] {
    return this.#dropped === 0 ? [...this.#list] : [...this.#list, `and ${this.#dropped} more warnings`];
  }
}

/** Untrusted text inside a message: bounded, and without control characters that could steer a terminal. */
export function quoted(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
  return `"${plain.length > 80 ? `${plain.slice(0, 79)}…` : plain}"`;
}
