import { INCIDENT_MESSAGES } from "../correlate/index.js";
import { MESSAGES as DETECTOR_MESSAGES } from "../detect/registry.js";

/** Explanation templates of findings, incidents and campaigns, by key. */
export const MESSAGES: Readonly<Record<string, string>> = { ...DETECTOR_MESSAGES, ...INCIDENT_MESSAGES };
