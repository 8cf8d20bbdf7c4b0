/** What the pipeline needs of the Sigma engine. */
export { checkRules } from "./check.js";
export { type LogSourceEntry, logSources, logSourcesSchema } from "./logsource/index.js";
export { Correlator } from "./match/correlate.js";
export type { FieldValue, SigmaEvent } from "./match/event.js";
export { Matcher } from "./match/matcher.js";
export type { RuleProblem, SigmaRule } from "./rule/model.js";
export { MOST_BYTES, parseRules } from "./rule/parse.js";
export type { RuleSet } from "./rule-set.js";
export { eventsAsked } from "./sql/events-asked.js";
export { huntStored } from "./sql/hunt.js";
