/** How a long step tells the outside where it is. The command line draws it; tests and machines ignore it. */
export interface ProgressReport {
  /** What is going on, e.g. `ingest`. */
  step: string;
  done: number;
  /** Unknown until it is known. */
  total?: number;
  unit: "bytes" | "files" | "detectors" | "rows" | "steps";
  /** Rows handled so far, for rows/s. */
  rows?: number;
  /** What is being worked on, e.g. a file. */
  item?: string;
}

export interface Progress {
  report(state: ProgressReport): void;
  /** The step is over; `summary` is one line for people. */
  finish(step: string, summary: string): void;
}

export const silentProgress: Progress = { report() {}, finish() {} };
