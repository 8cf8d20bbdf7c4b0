/** What the command line offers, and says in its help: by itself, so that help need not wait for the steps to be loaded. */
export { EXPORT_FORMATS, type ExportFormat } from "../report/port.js";

/** Detections that a replay makes unless told otherwise: 2^12 days are more than any case has, and organisations share most of them. */
export const DEFAULT_LOOKS = 12;

/** Plantings of each level unless told otherwise. */
export const DEFAULT_PLANTINGS = 2;
export const DEFAULT_SEED = 1;
