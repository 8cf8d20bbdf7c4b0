import type { Explanation, ExplanationArg } from "../model/finding.js";
import { explainText } from "./explain.js";
import { ACTION_MESSAGES } from "./messages/actions.js";
import { BRIEF_MESSAGES } from "./messages/brief.js";
import { INDICATOR_MESSAGES } from "./messages/indicators.js";
import { ORGANISATION_MESSAGES } from "./messages/organisations.js";
import { TIMELINE_MESSAGES } from "./messages/timeline.js";

/** The report's own words, by key. A translation is another object with the same keys. */
export const ENGLISH = {
  ...ACTION_MESSAGES,
  ...BRIEF_MESSAGES,
  ...INDICATOR_MESSAGES,
  ...ORGANISATION_MESSAGES,
  ...TIMELINE_MESSAGES,
} as const;
export type MessageKey = keyof typeof ENGLISH;

/** A sentence of the report, with its arguments rendered by their types as those of explanations are. */
export function say(key: MessageKey, ...args: ExplanationArg[]): string {
  const sentence: Explanation = { key, args };
  return explainText(sentence, ENGLISH);
}

/** What a list that ships names, e.g. a measure; undefined where the catalogue has no words for it. */
export function sayIfKnown(key: string): string | undefined {
  return Object.hasOwn(ENGLISH, key) ? say(key as MessageKey) : undefined;
}

export const counted = (value: number): ExplanationArg => ({ type: "number", value });
export const worded = (value: string): ExplanationArg => ({ type: "text", value });
