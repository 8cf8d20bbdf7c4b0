/** What tests and benchmarks call. Each command of the command line imports the steps that it needs, because to load all of them takes a second. */
export { attributeStep } from "./attribute.js";
export { type Case, openCase } from "./case.js";
export { correlateStep } from "./correlate.js";
export { loadFindings } from "./detect.js";
export { printEvents } from "./evtx/index.js";
export { detectStep, ingestStep } from "./hunt.js";
export { renderSchedule } from "./present.js";
export { scheduleStep } from "./schedule/step.js";
export { loadSettings, type Settings } from "./settings.js";
export { huntCase } from "./sigma/hunt.js";
export { matchEvents, type SigmaMatchReport } from "./sigma/match.js";
export { type LoadedRules, loadRules } from "./sigma/rules.js";
