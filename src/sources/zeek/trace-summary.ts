/** `conn-summary.log`: a text report that zeekctl's trace-summary writes at each rotation. It repeats conn.log in sums. */
import type { LineKind, Reader, Shape } from "../port.js";

const HEADING = /^>== .+ === \d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2} - /;

export function isTraceSummary(lines: readonly string[]): boolean {
  const first = lines.find((line) => line.trim() !== "");
  return first !== undefined && HEADING.test(first);
}

export class TraceSummaryReader implements Reader {
  readonly format = "zeek-summary";
  readonly log = "conn-summary";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0a]);
  readonly shape: Shape = { key: "zeek-summary", prelude: [], rejectLine: "''", plans: [] };
  readonly sensorInLog = undefined;

  special(line: string): LineKind {
    return line.trim() === "" ? "blank" : "data";
  }

  wholeWithoutNewline(): boolean {
    return true;
  }
}
