import type { Statement, Statements } from "../kernel/statements.js";

/** Fields that hold sentences of ours, or their arguments. */
const SENTENCES: ReadonlySet<string> = new Set([
  "title",
  "what",
  "why",
  "meaning",
  "caveats",
  "reason",
  "statement",
  "confidence_statement",
  "likelihood",
  "confidence",
  "paragraph",
  "value",
]);

/** Fields in which nothing is ours. */
const NO_SENTENCES: ReadonlySet<string> = new Set(["statements", "evidence", "facts"]);

/** Whether a text in a field of this name may be a sentence. Values of enumerations, which some of these fields hold elsewhere, are one word. */
const maySay = (field: string, text: string): boolean => SENTENCES.has(field) && /\s/.test(text);

/** What has sentences, and what they are made of. */
interface Saying {
  statements?: Record<string, Statement> | undefined;
}

/** What was said of something, as {@link withStatements} left it there. */
export function saidOf(all: readonly Saying[]): Statements {
  return new Map(all.flatMap(({ statements }) => Object.entries(statements ?? {})));
}

/** With the statements of its sentences, and of what they are made of in turn; parts that have statements of their own keep these. */
export function withStatements<Value extends Saying>(value: Value, said: Statements): Value {
  const own = new Map<string, Statement>();
  const keep = (text: string): void => {
    const statement = said.get(text);
    if (statement === undefined || own.has(text)) return;
    own.set(text, statement);
    for (const { type, value: each } of statement.args) if (type === "said") keep(String(each));
  };
  mapSentences({ ...value, statements: undefined }, (text, nearest) => {
    if (nearest === undefined) keep(text);
    return text;
  });
  return own.size === 0 ? value : { ...value, statements: Object.fromEntries(own) };
}

type Replace = (text: string, statements: Record<string, Statement> | undefined) => string;

/** Every sentence within a value through `replace`, with the statements that it has there: its own part's, or those of what that is a part of. */
export function mapSentences<Value>(value: Value, replace: Replace): Value {
  const walk = (each: unknown, field: string, outer: Saying["statements"]): unknown => {
    if (typeof each === "string") return maySay(field, each) ? replace(each, outer) : each;
    if (Array.isArray(each)) return each.map((item) => walk(item, field, outer));
    if (typeof each !== "object" || each === null) return each;
    const statements = (each as Saying).statements ?? outer;
    return Object.fromEntries(
      Object.entries(each).map(([name, own]) => [
        name,
        NO_SENTENCES.has(name) ? own : walk(own, name, statements),
      ]),
    );
  };
  return walk(value, "", undefined) as Value;
}
