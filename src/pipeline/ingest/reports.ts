import type { FileReport } from "../../model/ingest-report.js";
import type { Batch } from "./batch.js";
import type { ManifestRow } from "./manifest.js";

/** What becomes of each file, as the user is told. Numbers of a slice are known once its batch is in the manifest. */
export class Reports {
  readonly files: FileReport[] = [];
  /** Rows that are in the manifest. */
  rows = 0;
  readonly #bySlice = new Map<string, FileReport>();

  /** What is said of a slice belongs to this file. */
  ofSlice(id: string, report: FileReport): void {
    this.#bySlice.set(id, report);
  }

  /** The file of this run that brought a slice. */
  pathOf(id: string): string | undefined {
    return this.#bySlice.get(id)?.path;
  }

  /** Counts a batch that is committed. */
  async count(rows: readonly ManifestRow[], batch: Batch): Promise<void> {
    for (const row of rows) this.#count(row);
    for (const [id, line] of batch.firstEarlyLines) {
      const report = this.#bySlice.get(id);
      if (report) report.first_early_line = Math.min(line, report.first_early_line ?? line);
    }
    for (const { source_id, line, reason } of await batch.firstRejects()) {
      const report = this.#bySlice.get(source_id);
      if (report && (report.first_reject === null || line < report.first_reject.line))
        report.first_reject = { line, reason };
    }
  }

  #count(row: ManifestRow): void {
    this.rows += row.rows;
    const report = this.#bySlice.get(row.source_id);
    if (!report) return;
    report.rows += row.rows;
    report.rejected += row.rejected;
    report.header_lines += row.header_lines;
    report.blank_lines += row.blank_lines;
    report.unused_lines += row.unused_lines;
    report.early_times += row.early_times;
  }
}

/** Of a file that nothing is read of. */
export function unreadable(path: string, reason: string): FileReport {
  return {
    path,
    format: null,
    log: null,
    sensor_id: null,
    rows: 0,
    rejected: 0,
    first_reject: null,
    skipped: true,
    reason,
    header_lines: 0,
    blank_lines: 0,
    unused_lines: 0,
    waiting_bytes: 0,
    early_times: 0,
    first_early_line: null,
    known_slices: 0,
  };
}
