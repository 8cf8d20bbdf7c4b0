export type { ScheduleEvent } from "./units.js";
