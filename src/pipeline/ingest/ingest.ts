import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { LongwatchError } from "../../kernel/errors.js";
import type { Progress } from "../../kernel/progress.js";
import type { FileReport, IngestReport } from "../../model/ingest-report.js";
import { detectFormat } from "../../sources/detect-format.js";
import type { Reader, SourceSettings } from "../../sources/port.js";
import type { Case } from "../case.js";
import { inputProblem } from "../system-error.js";
import { Batch, type SliceContext } from "./batch.js";
import { MANY_BATCHES, mergeSmallBatches } from "./compact.js";
import { type ByteSource, openBytes } from "./decompress.js";
import { deriveContacts } from "./derive.js";
import { followKey, type ManifestRow } from "./manifest.js";
import { probeFile } from "./probe.js";
import { type SensorAssignment, sensorOf } from "./sensor.js";
import type { FindKnown, KnownSlice, Slice } from "./slice.js";
import { SLICE_BYTES, sliceLog } from "./slicer.js";
import { Spool, type Unit } from "./spool.js";
import { digestOfStretch } from "./stretch.js";
import { type InputFile, walkInput } from "./walk.js";

/** Where work is cut. Other values give other batches and slice ids, but the same rows; tests use small ones. */
export interface IngestLimits {
  /** Bytes of log after which a slice ends. */
  sliceBytes: number;
  /** Bytes of log after which a batch is committed. */
  batchBytes: number;
  /** Slices after which a batch is committed: its manifest rows must fit into one atomic block, its parts into one partition. */
  batchSlices: number;
  /** A unit goes to the engine when it is this large, or has this many segments (which the engine searches for each row). */
  unitBytes: number;
  unitSegments: number;
  /** All units go to the engine when there are more. */
  units: number;
  /** More live batches than this, and the small ones are merged. */
  liveBatches: number;
}

const LIMITS: IngestLimits = {
  sliceBytes: SLICE_BYTES,
  batchBytes: 1024 ** 3,
  batchSlices: 8192,
  unitBytes: SLICE_BYTES * 0.75,
  unitSegments: 256,
  units: 256,
  liveBatches: MANY_BATCHES,
};

export interface IngestOptions {
  paths: readonly string[];
  /** Files and folders that are no telemetry: the case itself, the configuration. */
  exclude: readonly string[];
  settings: SourceSettings;
  sensorFor: (path: string, relativePath: string) => SensorAssignment | undefined;
  /** Files that the configuration leaves out. */
  isExcluded: (relativePath: string) => boolean;
  progress: Progress;
  limits?: Partial<IngestLimits>;
}

/**
 * Brings logs into the case. One broken file never stops the rest; work that was interrupted goes on where the last committed batch ended.
 * @throws LW_INPUT_MISSING, LW_INPUT_EMPTY, LW_DISK_FULL, LW_STORE
 */
export async function ingest(openCase: Case, options: IngestOptions): Promise<IngestReport> {
  const started = performance.now();
  const walk = walkInput(options.paths, options.exclude);
  if (walk.files.length === 0 && walk.unreadable.length === 0)
    throw new LongwatchError(
      "LW_INPUT_EMPTY",
      "there is no file in it; give the folder that holds the logs",
      { file: options.paths.join(", ") },
    );
  const run = new IngestRun(
    openCase,
    options,
    walk.files.filter((file) => !options.isExcluded(file.relative)),
  );
  for (const { path, reason } of walk.unreadable) run.reports.push(unreadable(path, reason));
  try {
    await run.all();
  } finally {
    await run.dispose();
  }
  await mergeSmallBatches(openCase.store, openCase.manifest, run.limits.liveBatches);
  await deriveContacts(openCase.store, openCase.manifest);
  // Embedded, nobody else writes; and the filter would hide the batch under way from a second import by this process.
  if (openCase.store.engine !== "chdb") openCase.store.setCommittedBatches(openCase.manifest.liveBatches());
  const seconds = (performance.now() - started) / 1000;
  options.progress.finish("ingest", "");
  return { files: run.reports, seconds, bytes: run.bytesRead };
}

class IngestRun {
  readonly reports: FileReport[] = [];
  bytesRead = 0;
  #case: Case;
  #options: IngestOptions;
  #files: readonly InputFile[];
  #totalBytes: number;
  #spool: Spool;
  #batch: Batch;
  #rows = 0;
  /** The engine works on one unit while the next is being spooled. */
  #inEngine: Promise<void> = Promise.resolve();
  /** One batch is being committed while the next is being read. */
  #committing: Promise<void> = Promise.resolve();
  #bySlice = new Map<string, FileReport>();
  /** Slices of the batch under way, and of the one being committed: a second copy of a log in the same run is known, too. */
  #pending = new Map<string, KnownSlice[]>();
  #settling = new Map<string, KnownSlice[]>();
  readonly limits: IngestLimits;

  constructor(openCase: Case, options: IngestOptions, files: readonly InputFile[]) {
    this.#case = openCase;
    this.#options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.#files = files;
    this.#totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#spool = new Spool(openCase.spoolFolder);
    this.#batch = new Batch(openCase.store, openCase.manifest);
  }

  async all(): Promise<void> {
    for (const file of this.#files) {
      const before = this.bytesRead;
      this.reports.push(await this.#file(file));
      this.bytesRead = before + file.bytes;
      this.#report(file.path, 0);
    }
    await this.#commit();
    await this.#committing;
  }

  async dispose(): Promise<void> {
    // A store that is closed between two statements of a unit would be asked again.
    await Promise.allSettled([this.#inEngine, this.#committing]);
    this.#spool.discard();
  }

  async #file(file: InputFile): Promise<FileReport> {
    let bytes: ByteSource;
    let reader: Reader;
    try {
      const probed = await probeFile(file.path);
      if (probed.probe.head.length === 0)
        return unreadable(
          file.path,
          file.bytes === 0 ? "the file is empty" : "nothing of the file can be decompressed",
        );
      const detected = detectFormat(probed.probe, this.#options.settings);
      if (!("reader" in detected)) return unreadable(file.path, detected.message);
      reader = detected.reader;
      bytes = openBytes(file.path, probed.magic);
    } catch (error) {
      return unreadable(
        file.path,
        error instanceof LongwatchError ? error.message : `cannot be read: ${inputProblem(error)}`,
      );
    }
    const sensor = sensorOf(
      this.#options.sensorFor(file.path, file.relative),
      file.relative,
      reader.sensorInLog,
    );
    const report = fileReport(file.path, reader, sensor.id);
    const context: SliceContext = {
      path: resolve(file.path),
      format: reader.format,
      log: reader.log,
      tlp: sensor.tlp,
      owner: sensor.owner,
      sharingGroup: sensor.sharingGroup,
    };
    let newSlices = 0;
    let doubtful: string | undefined;
    const slices = sliceLog(bytes.chunks, {
      reader,
      spool: this.#spool,
      sensorId: sensor.id,
      realm: sensor.realm,
      findKnown: this.#findKnown,
      isBeginningOf: async (known, { from, bytes: length, digest }) => {
        const paths = this.#bySlice.has(known.id)
          ? [this.#bySlice.get(known.id)?.path ?? ""]
          : this.#case.manifest.pathsOf(known.id);
        for (const path of paths) {
          const found = await digestOfStretch(path, from, length);
          if (found !== undefined) return found === digest;
        }
        doubtful = paths[0];
        return false;
      },
      sliceBytes: this.limits.sliceBytes,
      isWhole: () => bytes.compression !== "none" && bytes.problem() === undefined,
      problem: bytes.problem,
    });
    for (;;) {
      const next = await slices.next();
      if (next.done) {
        report.waiting_bytes = next.value.waitingBytes;
        break;
      }
      if (next.value.kind === "known") {
        report.known_slices++;
        this.#case.manifest.notePath(next.value.id, context.path);
        continue;
      }
      const { slice } = next.value;
      newSlices++;
      this.#bySlice.set(slice.id, report);
      this.#remember(slice);
      this.#batch.add(slice, context);
      await this.#feed(this.#isFull);
      if (this.#batch.bytes >= this.limits.batchBytes || this.#batch.size >= this.limits.batchSlices)
        await this.#commit();
      this.#report(file.path, bytes.consumed());
    }
    const reasons = [bytes.problem() ?? ""];
    if (newSlices === 0 && report.known_slices > 0) {
      report.skipped = true;
      reasons.push("already in the case");
    }
    if (newSlices > 0 && doubtful !== undefined)
      reasons.push(
        `it begins as ${doubtful} did, which was longer and cannot be read any more: if this is a shorter copy of it, its records now count twice`,
      );
    if (report.waiting_bytes > 0)
      reasons.push(`the last line (${report.waiting_bytes} bytes) has no end yet and waits for it`);
    report.reason = reasons.filter((reason) => reason !== "").join("; ");
    return report;
  }

  #findKnown: FindKnown = (previousId, headId) => {
    const committed = this.#case.manifest.findKnown(previousId, headId);
    const key = followKey(previousId, headId);
    const settling = this.#settling.get(key);
    const pending = this.#pending.get(key);
    return settling || pending ? [...committed, ...(settling ?? []), ...(pending ?? [])] : committed;
  };

  #remember({ id, previousId, headId, byteTo, lineTo, openEnd }: Slice): void {
    const key = followKey(previousId, headId);
    const known = { id, byteTo, lineTo, openEnd };
    const list = this.#pending.get(key);
    if (list) list.push(known);
    else this.#pending.set(key, [known]);
  }

  #isFull = (unit: Unit): boolean => {
    const { unitBytes, unitSegments, units } = this.limits;
    return unit.bytes >= unitBytes || unit.segments.length >= unitSegments || this.#spool.size > units;
  };

  /** Hands full units to the engine, one at a time. */
  async #feed(isFull: (unit: Unit) => boolean): Promise<void> {
    for (const unit of this.#spool.take(isFull)) {
      try {
        await this.#inEngine;
      } catch (error) {
        rmSync(unit.path, { force: true });
        throw error;
      }
      const work = this.#batch.ingest(unit);
      // The failure is met at the next await; until then it must not count as unhandled.
      work.catch(() => {});
      this.#inEngine = work;
    }
  }

  /** Ends the batch and begins the next; roll-ups and manifest are written while that one is being read. One batch at a time. */
  async #commit(): Promise<void> {
    await this.#committing;
    await this.#feed(() => true);
    const work = this.#settle(this.#batch, this.#inEngine);
    // As above: met at the next commit or at the end.
    work.catch(() => {});
    this.#committing = work;
    this.#settling = this.#pending;
    this.#pending = new Map();
    this.#batch = new Batch(this.#case.store, this.#case.manifest);
  }

  async #settle(batch: Batch, lastUnit: Promise<void>): Promise<void> {
    await lastUnit;
    if (batch.size > 0) {
      for (const row of await batch.commit()) this.#count(row);
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
    await this.#case.manifest.flushPaths();
  }

  #count(row: ManifestRow): void {
    this.#rows += row.rows;
    const report = this.#bySlice.get(row.source_id);
    if (!report) return;
    report.rows += row.rows;
    report.rejected += row.rejected;
    report.header_lines += row.header_lines;
    report.blank_lines += row.blank_lines;
    report.unused_lines += row.unused_lines;
    report.early_times += row.early_times;
  }

  #report(item: string, consumed: number): void {
    this.#options.progress.report({
      step: "ingest",
      done: this.bytesRead + consumed,
      total: this.#totalBytes,
      unit: "bytes",
      rows: this.#rows,
      item,
    });
  }
}

function fileReport(path: string, reader: Reader, sensorId: string): FileReport {
  return {
    ...unreadable(path, ""),
    format: reader.format,
    log: reader.log,
    sensor_id: sensorId,
    skipped: false,
  };
}

function unreadable(path: string, reason: string): FileReport {
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
