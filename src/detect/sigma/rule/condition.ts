import type { Condition } from "./model.js";
import { RuleError } from "./problem.js";

/** The named parts of a rule's detection, in order. */
export type Selections = ReadonlyMap<string, Condition>;

const TOKEN = /\s*(\(|\)|\||[^\s()|]+)/y;
/** Deeper nesting is an attack on the reader, not a rule. */
const MOST_DEPTH = 200;

/**
 * The condition language: `not` binds tightest, then `and`, then `or`; `1 of`, `any of` and `all of` take `them` or a name with `*` anywhere;
 * names that begin with `_` are not in `them`.
 * @throws RuleError with the reason
 */
export function parseCondition(text: string, selections: Selections): Condition {
  const tokens = tokenize(text);
  let at = 0;
  const is = (word: string): boolean => tokens[at]?.toLowerCase() === word;

  function chain(kind: "or" | "and", next: (depth: number) => Condition, depth: number): Condition {
    const parts = [next(depth)];
    while (is(kind)) {
      at++;
      parts.push(next(depth));
    }
    return parts.length === 1 ? (parts[0] as Condition) : { kind, parts };
  }
  const or = (depth: number): Condition => chain("or", and, depth);
  const and = (depth: number): Condition => chain("and", unary, depth);

  function unary(depth: number): Condition {
    if (depth > MOST_DEPTH) throw new RuleError("the condition is nested too deeply");
    if (is("not")) {
      at++;
      return { kind: "not", part: unary(depth + 1) };
    }
    if (is("(")) {
      at++;
      const inner = or(depth + 1);
      if (!is(")")) throw new RuleError(`the condition lacks a closing parenthesis: ${text}`);
      at++;
      return inner;
    }
    return quantified() ?? named();
  }

  function quantified(): Condition | undefined {
    const quantity = tokens[at]?.toLowerCase();
    if (tokens[at + 1]?.toLowerCase() !== "of" || quantity === undefined) return undefined;
    if (!["1", "any", "all"].includes(quantity))
      throw new RuleError(`the condition asks for "${tokens[at]} of": only 1, any and all exist`);
    const pattern = tokens[at + 2];
    if (pattern === undefined) throw new RuleError(`the condition ends after "${quantity} of"`);
    at += 3;
    const parts = matching(pattern, selections);
    if (parts.length === 0) throw new RuleError(`the condition names ${pattern}, which nothing is called`);
    return parts.length === 1 ? (parts[0] as Condition) : { kind: quantity === "all" ? "and" : "or", parts };
  }

  function named(): Condition {
    const name = tokens[at];
    if (name === undefined) throw new RuleError(`the condition ends too early: ${text}`);
    const selection = selections.get(name);
    if (selection === undefined) throw new RuleError(`the condition names ${name}, which does not exist`);
    at++;
    return selection;
  }

  const condition = or(0);
  if (tokens[at] === "|")
    throw new RuleError(
      "the condition has an aggregation (|), which the specification has replaced by correlations",
      undefined,
      "unsupported",
    );
  if (at < tokens.length)
    throw new RuleError(`the condition has "${tokens[at]}" where and, or, or its end was due`);
  return condition;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text))
    tokens.push(match[1] as string);
  return tokens;
}

function matching(pattern: string, selections: Selections): Condition[] {
  if (pattern.toLowerCase() === "them")
    return [...selections].filter(([name]) => !name.startsWith("_")).map(([, condition]) => condition);
  const pieces = pattern.split("*");
  return [...selections].filter(([name]) => fits(name, pieces)).map(([, condition]) => condition);
}

function fits(name: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  if (rest.length === 0) return name === first;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
