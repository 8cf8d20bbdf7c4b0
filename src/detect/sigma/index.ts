/** What the pipeline needs of the Sigma engine. */
export { checkRules } from "./check.js";
export { windowsLogSources } from "./logsource/index.js";
export type { RuleProblem, SigmaRule } from "./rule/model.js";
export { MOST_BYTES, parseRules } from "./rule/parse.js";
