import type { RuleStatus } from "./model.js";

/** Thrown while one document is read; the reader turns it into a `RuleProblem` and goes on with the next. */
export class RuleError extends Error {
  constructor(
    message: string,
    /** Where in the file, as an offset in characters; undefined for the document as a whole. */
    readonly offset?: number,
    readonly status: Exclude<RuleStatus, "ok"> = "invalid",
  ) {
    super(message);
  }
}
