import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What an argument of a sentence is. A `word` is one of ours, by its key in a catalogue; `said` is a sentence or a part of one that was said before, by its English text. Both are
 * translated, and a report for others blacks out what they name, not them.
 */
export const ARGUMENT_TYPES = [
  "text",
  "number",
  "bytes",
  "time",
  "duration",
  "percent",
  "host",
  "domain",
  "address",
  "organisation",
  "list",
  "word",
  "said",
] as const;

export interface Argument {
  type: (typeof ARGUMENT_TYPES)[number];
  value: string | number | string[];
  /** Whose it is, so that a report for others can black it out. */
  org?: string | undefined;
}

/** A key of a catalogue with its arguments: what a sentence is made of, in whatever language. */
export interface Statement {
  key: string;
  args: Argument[];
}

/** An argument that is more than its text: names stay names, so that a report for others can replace them one by one. */
export interface Typed {
  text: string;
  argument: Argument;
}

/** Statements by the English text that they make. */
export type Statements = Map<string, Statement>;

/** Statements kept at once, of some 300 bytes: what a detector says of candidates that come to nothing is forgotten first. */
const MOST = 200_000;

/** What a catalogue says without arguments: said by whoever holds the text, when it was said. */
export function constantsOf(catalogue: Readonly<Record<string, string>>): Statements {
  return new Map(
    Object.entries(catalogue).flatMap(([key, text]) =>
      /\{\d/.test(text) ? [] : [[text, { key, args: [] }] as const],
    ),
  );
}

const notes = new AsyncLocalStorage<Statements>();

/** Runs something and keeps what it says, by its English text. @param statements what was said before, which is added to */
export function noting<Result>(statements: Statements, run: () => Result): Result {
  return notes.run(statements, run);
}

/** Keeps a sentence that has just been said. */
export function note(text: string, key: string, args: readonly (string | number | Typed)[]): void {
  const statements = notes.getStore();
  if (statements === undefined) return;
  // Said again it counts as new.
  statements.delete(text);
  statements.set(text, { key, args: args.map((each) => argumentOf(each, statements)) });
  const [oldest] = statements.size > MOST ? statements.keys() : [];
  if (oldest !== undefined) statements.delete(oldest);
}

function argumentOf(arg: string | number | Typed, statements: Statements): Argument {
  if (typeof arg === "number") return { type: "number", value: arg };
  if (typeof arg !== "string") return arg.argument;
  return { type: statements.has(arg) ? "said" : "text", value: arg };
}
