import type { FileReport } from "../../../model/ingest-report.js";
import type { Slice } from "../slice.js";
import type { SliceOwner } from "../spool.js";
import type { EventSlice } from "./cut.js";

/** A slice for the batch; how many records it has is known once they have been read. */
export function eventSlice(
  { sourceId, previousId, headId, byteFrom, byteTo, lineFrom, lineTo }: EventSlice,
  { sensorId, realm }: SliceOwner,
): Slice {
  return {
    id: sourceId,
    sensorId,
    realm,
    previousId,
    headId,
    byteFrom,
    byteTo,
    lineFrom,
    lineTo,
    headerLines: 0,
    blankLines: 0,
    dataLines: 0,
    unusedLines: 0,
    rejects: [],
    rejectRows: 0,
    openEnd: false,
  };
}

/** What stands in the manifest for a copy of an event log as such: known by content as any slice, without lines of its own. */
export function acquisitionSlice(id: string, { sensorId, realm }: SliceOwner): Slice {
  return {
    id,
    sensorId,
    realm,
    previousId: "",
    headId: `acquisition:${id}`,
    byteFrom: 0,
    byteTo: 0,
    lineFrom: 1,
    lineTo: 0,
    headerLines: 0,
    blankLines: 0,
    dataLines: 0,
    unusedLines: 0,
    rejects: [],
    rejectRows: 0,
    openEnd: false,
  };
}

/** What a user should know of an event log, beside what the numbers say; it grows while threads read the file. */
export class EventLogNotes {
  readonly #report: FileReport;
  readonly #ofFile: string | undefined;
  #doubtful: string | undefined;
  #first: string | undefined;
  #warnings = 0;

  constructor(report: FileReport, ofFile: string | undefined) {
    this.#report = report;
    this.#ofFile = ofFile;
  }

  /** The log begins as a longer one did that cannot be read any more. */
  doubtful(path: string): void {
    this.#doubtful ??= path;
    this.update();
  }

  warnings(warnings: readonly string[]): void {
    this.#first ??= warnings[0];
    this.#warnings += warnings.length;
    if (warnings.length > 0) this.update();
  }

  update(): void {
    const { skipped, known_slices, waiting_bytes } = this.#report;
    const reasons = [this.#ofFile ?? ""];
    if (skipped && known_slices > 0) reasons.push("already in the case");
    if (this.#doubtful !== undefined)
      reasons.push(
        `a part of it begins as one of ${this.#doubtful} did, which was longer and cannot be read any more: if this is a shorter copy of it, its records now count twice`,
      );
    if (waiting_bytes > 0)
      reasons.push(`the file breaks off in a record; its ${waiting_bytes} bytes wait for the rest`);
    if (this.#warnings > 0)
      reasons.push(`${this.#first}${this.#warnings > 1 ? ` (and ${this.#warnings - 1} more warnings)` : ""}`);
    this.#report.reason = reasons.filter((reason) => reason !== "").join("; ");
  }
}
