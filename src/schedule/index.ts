export { analyseSchedule } from "./analyse.js";
export type { ExposureAt } from "./exposure.js";
export { type MachinePart, separateMachines } from "./machine/separate.js";
export type { ScheduleOptions, WatchedPlace } from "./options.js";
export type { ScheduleEvent } from "./units.js";
export { SCHEDULE_WORDS } from "./words/messages.js";
