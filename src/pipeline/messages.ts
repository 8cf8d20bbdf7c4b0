import { ATTRIBUTION_MESSAGES } from "../assess/index.js";
import { INCIDENT_MESSAGES } from "../correlate/index.js";
import { MESSAGES as DETECTOR_MESSAGES } from "../detect/registry.js";

/** Explanation templates of findings, incidents, campaigns and attributions, by key. */
export const MESSAGES: Readonly<Record<string, string>> = {
  ...DETECTOR_MESSAGES,
  ...INCIDENT_MESSAGES,
  ...ATTRIBUTION_MESSAGES,
};
