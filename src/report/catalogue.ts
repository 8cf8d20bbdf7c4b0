import type { Explanation, ExplanationArg } from "../model/finding.js";
import { SECTOR_MESSAGES } from "../model/sector-words.js";
import { explainText } from "./explain.js";
import { inLocale } from "./format.js";
import { ACTION_MESSAGES } from "./messages/actions.js";
import { ACTIVITY_MESSAGES } from "./messages/activity.js";
import { ATTRIBUTION_MESSAGES } from "./messages/attribution.js";
import { BRIEF_MESSAGES } from "./messages/brief.js";
import { COMMON_MESSAGES } from "./messages/common.js";
import { FINDING_MESSAGES } from "./messages/findings.js";
import { HEAD_MESSAGES } from "./messages/heads.js";
import { HOURS_MESSAGES } from "./messages/hours.js";
import { INCIDENT_MESSAGES } from "./messages/incidents.js";
import { INDICATOR_MESSAGES } from "./messages/indicators.js";
import { INFRASTRUCTURE_MESSAGES } from "./messages/infrastructure.js";
import { JUDGEMENT_MESSAGES } from "./messages/judgements.js";
import { LIMITS_MESSAGES } from "./messages/limits.js";
import { METHOD_MESSAGES } from "./messages/method.js";
import { ORGANISATION_MESSAGES } from "./messages/organisations.js";
import { PAGE_MESSAGES } from "./messages/page.js";
import { REPLAY_MESSAGES } from "./messages/replay.js";
import { TIMELINE_MESSAGES } from "./messages/timeline.js";
import { WEEKS_MESSAGES } from "./messages/weeks.js";
import { WORD_MESSAGES } from "./messages/words.js";

/** The report's own words, by key. A translation is another object with the same keys. */
export const ENGLISH = {
  ...ACTION_MESSAGES,
  ...BRIEF_MESSAGES,
  ...INDICATOR_MESSAGES,
  ...COMMON_MESSAGES,
  ...HEAD_MESSAGES,
  ...LIMITS_MESSAGES,
  ...REPLAY_MESSAGES,
  ...WEEKS_MESSAGES,
  ...ACTIVITY_MESSAGES,
  ...ATTRIBUTION_MESSAGES,
  ...FINDING_MESSAGES,
  ...INCIDENT_MESSAGES,
  ...INFRASTRUCTURE_MESSAGES,
  ...METHOD_MESSAGES,
  ...WORD_MESSAGES,
  ...SECTOR_MESSAGES,
  ...PAGE_MESSAGES,
  ...HOURS_MESSAGES,
  ...JUDGEMENT_MESSAGES,
  ...ORGANISATION_MESSAGES,
  ...TIMELINE_MESSAGES,
} as const;
export type MessageKey = keyof typeof ENGLISH;

/** A translation: whatever key it lacks is said in English. */
export interface Language {
  /** BCP 47, e.g. `km`: for numbers, plural forms and the page's `lang`. */
  tag: string;
  messages: Readonly<Partial<Record<MessageKey, string>>>;
}

let language: Language = { tag: "en", messages: {} };

/** Runs something that renders at once, with all words of the report in another language. */
export function inLanguage<T>(other: Language, render: () => T): T {
  const before = language;
  language = other;
  try {
    return inLocale(other.tag, render);
  } finally {
    language = before;
  }
}

export function languageTag(): string {
  return language.tag;
}

/** The template as it stands in the catalogue of the current language. */
export function messageOf(key: MessageKey): string {
  return language.messages[key] ?? ENGLISH[key];
}

/** A sentence of the report, with its arguments rendered by their types as those of explanations are. */
export function say(key: MessageKey, ...args: (string | number | ExplanationArg)[]): string {
  const typed = args.map((arg): ExplanationArg => {
    if (typeof arg === "number") return { type: "number", value: arg };
    return typeof arg === "string" ? { type: "text", value: arg } : arg;
  });
  return explainText({ key, args: typed }, { [key]: messageOf(key) });
}

/** A sentence that an earlier stage put together by its key. */
export function sayStatement(statement: Explanation): string {
  return explainText(statement, { ...ENGLISH, ...language.messages });
}

/** What a list that ships names, e.g. a measure; undefined where the catalogue has no words for it. */
export function sayIfKnown(key: string): string | undefined {
  return Object.hasOwn(ENGLISH, key) ? say(key as MessageKey) : undefined;
}
