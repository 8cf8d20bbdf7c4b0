import { sayer, templateOf } from "../kernel/language.js";
import { LIST_MESSAGES } from "../kernel/lists.js";
import { PLANTED_MESSAGES } from "../model/detection-limits-messages.js";
import { SECTOR_MESSAGES } from "../model/sector-words.js";
import { MODEL_WORDS } from "../model/words.js";
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
import { KNOWLEDGE_MESSAGES } from "./messages/knowledge.js";
import { LIMITS_MESSAGES } from "./messages/limits.js";
import { METHOD_MESSAGES } from "./messages/method.js";
import { ORGANISATION_MESSAGES } from "./messages/organisations.js";
import { PAGE_MESSAGES } from "./messages/page.js";
import { REPLAY_MESSAGES } from "./messages/replay.js";
import { SCHEDULE_MESSAGES } from "./messages/schedule.js";
import { TERMINAL_MESSAGES } from "./messages/terminal.js";
import { TIMELINE_MESSAGES } from "./messages/timeline.js";
import { UNIT_MESSAGES } from "./messages/units.js";
import { WEEKS_MESSAGES } from "./messages/weeks.js";
import { WORD_MESSAGES } from "./messages/words.js";
import { REDACTED_MESSAGES } from "./redact/texts.js";

/** The report's words, by key: its own, and those that it shares with the stages before it. */
export const ENGLISH = {
  ...LIST_MESSAGES,
  ...PLANTED_MESSAGES,
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
  ...MODEL_WORDS,
  ...SECTOR_MESSAGES,
  ...PAGE_MESSAGES,
  ...HOURS_MESSAGES,
  ...JUDGEMENT_MESSAGES,
  ...ORGANISATION_MESSAGES,
  ...KNOWLEDGE_MESSAGES,
  ...SCHEDULE_MESSAGES,
  ...TERMINAL_MESSAGES,
  ...TIMELINE_MESSAGES,
  ...UNIT_MESSAGES,
  ...REDACTED_MESSAGES,
} as const;
export type MessageKey = keyof typeof ENGLISH;

/** A sentence of the report. */
export const say = sayer(ENGLISH);

/** The template as it stands in the catalogue of the current language. */
export function messageOf(key: MessageKey): string {
  return templateOf(key, ENGLISH) ?? "";
}

/** What a list that ships names, e.g. a measure; undefined where the catalogue has no words for it. */
export function sayIfKnown(key: string): string | undefined {
  return Object.hasOwn(ENGLISH, key) ? say(key as MessageKey) : undefined;
}
