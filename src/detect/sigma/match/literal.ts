import type { Condition, Predicate, TextPattern } from "../rule/model.js";
import { regexLiterals } from "./regex-literals.js";

/** A text that stands in the lower-cased value of a field of every event that can match. Field '' is any field. */
export interface Literal {
  field: string;
  text: string;
}

/** At least one of these stands in every event that the condition can match; undefined where nothing of the kind is known. */
export type Requirement = readonly Literal[];

/** Shorter texts stand everywhere, unless they hold a character that is rare in logs. */
const LEAST = 3;
const RARE = /[^\x20-\x7e]/;
/** Alternatives beyond which a requirement is not worth its search. */
const MOST = 400;

/**
 * What must stand in an event before the condition need be looked at in full. Of the parts of an `and` the cheapest serves; an `or` needs something of each part.
 * @param costOf expected price of a literal: how often it will be found without the rule matching
 */
export function requirementOf(
  condition: Condition,
  costOf: (literal: Literal) => number,
): Requirement | undefined {
  switch (condition.kind) {
    case "and": {
      let best: Requirement | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const part of condition.parts) {
        const requirement = requirementOf(part, costOf);
        if (requirement === undefined) continue;
        const cost = requirement.reduce((sum, literal) => sum + costOf(literal), 0);
        if (cost < least) {
          best = requirement;
          least = cost;
        }
      }
      return best;
    }
    case "or": {
      const all: Literal[] = [];
      for (const part of condition.parts) {
        const requirement = requirementOf(part, costOf);
        if (requirement === undefined) return undefined;
        all.push(...requirement);
        if (all.length > MOST) return undefined;
      }
      return all;
    }
    case "not":
      return undefined;
    case "field":
    case "keyword": {
      const field = condition.kind === "field" ? condition.field : "";
      const texts = textsOf(condition.predicate);
      return texts?.every((text) => text.length >= LEAST || RARE.test(text))
        ? texts.map((text) => ({ field, text }))
        : undefined;
    }
  }
}

function textsOf(predicate: Predicate): string[] | undefined {
  if (predicate.kind === "regex") return regexLiterals(predicate.source);
  if (predicate.kind !== "text") return undefined;
  const text = longestLiteral(predicate.pattern);
  return text === undefined ? undefined : [text];
}

export function longestLiteral({ parts }: TextPattern): string | undefined {
  let best: string | undefined;
  for (const part of parts) if (typeof part === "string" && part.length > (best?.length ?? 0)) best = part;
  return best?.toLowerCase();
}
