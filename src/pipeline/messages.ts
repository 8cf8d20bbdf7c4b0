import { ATTRIBUTION_MESSAGES, JUDGEMENT_MESSAGES } from "../assess/index.js";
import { INCIDENT_MESSAGES } from "../correlate/index.js";
import { MESSAGES as DETECTOR_MESSAGES } from "../detect/registry.js";
import { SCHEDULE_WORDS } from "../schedule/index.js";
import { RUN_MESSAGES } from "./run-messages.js";

/** What the stages before the report say, by key: explanations and sentences of findings, incidents, campaigns, attributions, schedules and the assessment. */
export const MESSAGES: Readonly<Record<string, string>> = {
  ...DETECTOR_MESSAGES,
  ...INCIDENT_MESSAGES,
  ...ATTRIBUTION_MESSAGES,
  ...JUDGEMENT_MESSAGES,
  ...SCHEDULE_WORDS,
  ...RUN_MESSAGES,
};
