import { rmSync } from "node:fs";
import { LongwatchError } from "../../kernel/errors.js";
import type { Progress } from "../../kernel/progress.js";
import type { FileReport, IngestReport } from "../../model/ingest-report.js";
import { type Detected, detectFormat, linedOf } from "../../sources/detect-format.js";
import { chunkFacts, openEvtx, openEvtxStream } from "../../sources/evtx/index.js";
import type { RecordFile, SourceSettings } from "../../sources/port.js";
import type { Case } from "../case.js";
import { inputProblem } from "../system-error.js";
import { Batch, type SliceContext } from "./batch.js";
import { MANY_BATCHES, mergeSmallBatches } from "./compact.js";
import { deriveContacts } from "./derive.js";
import { cutEventLog, digestOfPart } from "./event-log/cut.js";
import { LogFile } from "./event-log/log-file.js";
import { acquisitionSlice, EventLogNotes, eventSlice } from "./event-log/notes.js";
import { ChunkThreads } from "./event-log/threads.js";
import { Lanes } from "./lanes.js";
import { type LogInput, logsIn } from "./logs-in.js";
import { Reports, unreadable } from "./reports.js";
import { RunSlices } from "./run-slices.js";
import { type SensorAssignment, sensorOf } from "./sensor.js";
import type { FindKnown, IsBeginningOf, KnownSlice } from "./slice.js";
import { SLICE_BYTES, sliceLog } from "./slicer.js";
import { type SliceOwner, Spool, type Unit } from "./spool.js";
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

/** One for each of two processors: more would only take more memory. */
const UNITS_IN_ENGINE = 2;

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
  /** That read event logs; as many as there are processors where this is not said. */
  threads?: number;
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
  for (const { path, reason } of walk.unreadable) run.reports.files.push(unreadable(path, reason));
  try {
    await run.all();
  } finally {
    await run.dispose();
  }
  await mergeSmallBatches(openCase.store, openCase.manifest, run.limits.liveBatches);
  await deriveContacts(openCase.store, openCase.manifest);
  // Embedded, nobody else writes; and the filter would hide the batch under way from a second import by this process.
  if (openCase.store.engine !== "chdb")
    openCase.store.setVisible({ batches: openCase.manifest.liveBatches() });
  const seconds = (performance.now() - started) / 1000;
  options.progress.finish("ingest", "");
  return { files: run.reports.files, seconds, bytes: run.bytesRead };
}

class IngestRun {
  readonly reports = new Reports();
  bytesRead = 0;
  #case: Case;
  #options: IngestOptions;
  #files: readonly InputFile[];
  #totalBytes: number;
  #spool: Spool;
  #batch: Batch;
  /** The engine works on some units while the next is being spooled. */
  #lanes = new Lanes(UNITS_IN_ENGINE);
  /** One batch is being committed while the next is being read. */
  #committing: Promise<void> = Promise.resolve();
  #slices = new RunSlices();
  #threads: ChunkThreads;
  readonly limits: IngestLimits;

  constructor(openCase: Case, options: IngestOptions, files: readonly InputFile[]) {
    this.#case = openCase;
    this.#options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.#files = files;
    this.#totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#spool = new Spool(openCase.spoolFolder);
    this.#batch = new Batch(openCase.store, openCase.manifest);
    this.#threads = new ChunkThreads(this.#totalBytes, options.threads);
  }

  async all(): Promise<void> {
    for (const file of this.#files) {
      const before = this.bytesRead;
      for await (const log of logsIn(file))
        if ("reason" in log) this.reports.files.push(unreadable(log.path, log.reason));
        else if (log.path === file.path || !this.#options.isExcluded(log.relative))
          this.reports.files.push(await this.#log(log));
      this.bytesRead = before + file.bytes;
      this.#report(file.path, 0);
    }
    await this.#threads.drain();
    await this.#commit();
    await this.#committing;
  }

  async dispose(): Promise<void> {
    await this.#threads.end();
    // A store that is closed between two statements of a unit would be asked again.
    await Promise.allSettled([this.#lanes.all(), this.#committing]);
    this.#spool.discard();
  }

  async #log(log: LogInput): Promise<FileReport> {
    const { bytes } = log;
    let detected: Detected;
    try {
      const found = detectFormat(log.probe, this.#options.settings);
      if ("message" in found) return unreadable(log.path, found.message);
      detected = found;
    } catch (error) {
      if (error instanceof LongwatchError) return unreadable(log.path, error.message);
      throw error;
    }
    if ("records" in detected) return this.#eventLog(log, detected.records);
    const { reader } = detected;
    const lined = linedOf(reader.format);
    // Slices come into a batch in the order of the files, whatever a thread takes.
    await this.#threads.drain();
    const { report, context, sensor } = this.#begin(log, reader, reader.sensorInLog);
    let newSlices = 0;
    let doubtful: string | undefined;
    const slices = sliceLog(lined?.(bytes.chunks) ?? bytes.chunks, {
      reader,
      spool: this.#spool,
      sensorId: sensor.id,
      realm: sensor.realm,
      findKnown: this.#findKnown,
      isBeginningOf: async (known, { from, bytes: length, digest }) => {
        const paths = this.#pathsOf(known);
        for (const path of paths) {
          const found = await digestOfStretch(path, from, length, lined);
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
      this.reports.ofSlice(slice.id, report);
      this.#slices.add(slice);
      this.#batch.add(slice, context);
      await this.#advance();
      this.#report(log.path, bytes.consumed());
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
      reasons.push(
        `the last ${lined ? "record" : "line"} (${report.waiting_bytes} bytes) has no end yet and waits for it`,
      );
    report.reason = reasons.filter((reason) => reason !== "").join("; ");
    return report;
  }

  #begin(
    { path, absolute, relative, place }: LogInput,
    { format, log }: { format: string; log: string },
    sensorInLog: string | undefined,
  ) {
    const sensor = sensorOf(this.#options.sensorFor(path, relative), place, sensorInLog);
    const report: FileReport = {
      ...unreadable(path, ""),
      format,
      log,
      sensor_id: sensor.id,
      skipped: false,
    };
    const { tlp, owner, sharingGroup } = sensor;
    const context: SliceContext = { path: absolute, format, log, tlp, owner, sharingGroup };
    return { report, context, sensor };
  }

  /** Gives the new records of an event log to the threads; what becomes of them is in the report once they have been read. */
  async #eventLog(log: LogInput, records: RecordFile): Promise<FileReport> {
    const { shape } = records;
    const { bytes } = log;
    // A file as it lies on disk can be read at any place.
    const inFile = bytes.compression === "none";
    let opened: ReturnType<typeof openEvtx>;
    try {
      opened = inFile ? openEvtx(log.path, false) : openEvtxStream(log.path, log.probe.head);
    } catch (error) {
      return unreadable(log.path, `cannot be read: ${inputProblem(error)}`);
    }
    if ("refused" in opened) return unreadable(log.path, opened.refused);
    const { report, context, sensor } = this.#begin(log, records, undefined);
    const told = new EventLogNotes(report, opened.warning);
    const isBeginningOf: IsBeginningOf = async (known, { from, bytes: length, digest }) => {
      const paths = this.#pathsOf(known);
      for (const path of paths) {
        const found = await digestOfPart(path, from, length);
        if (found !== undefined) return found === digest;
      }
      told.doubtful(paths[0] ?? "");
      return false;
    };
    /** One for all slices of the file: their rows say which of them they belong to. */
    const owner = { id: "", sensorId: sensor.id, realm: sensor.realm };
    const logFile = new LogFile(opened);
    let newSlices = 0;
    // The file itself, and every part of it that threads are reading.
    let awaited = 1;
    const settled = async (): Promise<void> => {
      awaited--;
      if (awaited > 0) return;
      this.#acquired(logFile, owner, context);
      await this.#advance();
    };
    for await (const cut of cutEventLog(opened, this.#findKnown, isBeginningOf, inFile ? undefined : bytes)) {
      if (cut.kind === "torn") report.waiting_bytes += cut.bytes;
      else if (cut.kind === "broken") told.warnings([cut.reason]);
      else if (cut.kind === "known") {
        report.known_slices++;
        this.#case.manifest.notePath(cut.id, context.path);
      } else if (cut.kind === "chunk") {
        const facts = chunkFacts(cut.bytes);
        if (facts !== undefined) logFile.add(cut.offset, cut.bytes.length, facts, cut.slices);
      } else {
        newSlices++;
        awaited++;
        const slice = eventSlice(cut.slice, owner);
        this.reports.ofSlice(slice.id, report);
        this.#slices.giveOut(slice);
        const { bytes: chunk, length, offset, from, to } = cut.slice;
        const recordOwner = { sourceId: slice.id, sensorId: sensor.id, realm: sensor.realm };
        const part = { bytes: chunk, length, offset, from, to, owner: recordOwner };
        await this.#threads.read(part, async ({ rows, records, rejects, warnings }) => {
          slice.dataLines = records;
          slice.rejects = rejects.map((reject) => ({ ...reject, text: "" }));
          told.warnings(warnings);
          this.#slices.add(slice);
          this.#batch.add(slice, context);
          if (records > 0) {
            this.#spool.begin(shape, owner, 0);
            this.#spool.write(rows, records);
          }
          await this.#advance();
          this.#report(log.path, inFile ? cut.slice.byteTo : bytes.consumed());
          await settled();
        });
      }
    }
    // Slices come into a batch in the order of the files.
    if (newSlices === 0) await this.#threads.drain();
    await settled();
    report.skipped = newSlices === 0 && report.known_slices > 0;
    told.update();
    return report;
  }

  /** Keeps what a copy of an event log shows of itself, unless the case knows this copy. */
  #acquired(file: LogFile, { sensorId, realm }: SliceOwner, context: SliceContext): void {
    const slice = acquisitionSlice(file.acquisitionId, { id: "", sensorId, realm });
    if (this.#findKnown("", slice.headId).length > 0) {
      this.#case.manifest.notePath(slice.id, context.path);
      return;
    }
    this.#slices.add(slice);
    this.#batch.addAcquisition({ file, owner: slice }, slice, context);
  }

  #pathsOf({ id }: KnownSlice): string[] {
    const path = this.reports.pathOf(id);
    return path === undefined ? this.#case.manifest.pathsOf(id) : [path];
  }

  /** After a slice: hands on what is full, and ends the batch when it is large enough. */
  async #advance(): Promise<void> {
    await this.#feed(this.#isFull);
    if (this.#batch.bytes >= this.limits.batchBytes || this.#batch.size >= this.limits.batchSlices)
      await this.#commit();
  }

  #findKnown: FindKnown = (previousId, headId) => {
    const committed = this.#case.manifest.findKnown(previousId, headId);
    const others = this.#slices.find(previousId, headId);
    return others.length > 0 ? [...committed, ...others] : committed;
  };

  #isFull = (unit: Unit): boolean => {
    const { unitBytes, unitSegments, units } = this.limits;
    return unit.bytes >= unitBytes || unit.segments.length >= unitSegments || this.#spool.size > units;
  };

  /** Hands full units to the engine. */
  async #feed(isFull: (unit: Unit) => boolean): Promise<void> {
    for (const unit of this.#spool.take(isFull)) {
      try {
        await this.#lanes.free();
      } catch (error) {
        rmSync(unit.path, { force: true });
        throw error;
      }
      this.#lanes.take(this.#batch.ingest(unit));
    }
  }

  /** Ends the batch and begins the next; roll-ups and manifest are written while that one is being read. One batch at a time. */
  async #commit(): Promise<void> {
    await this.#committing;
    await this.#feed(() => true);
    const work = this.#settle(this.#batch, this.#lanes.all());
    // Met at the next commit or at the end; until then it must not count as unhandled.
    work.catch(() => {});
    this.#committing = work;
    this.#slices.nextBatch();
    this.#batch = new Batch(this.#case.store, this.#case.manifest);
  }

  async #settle(batch: Batch, units: Promise<void>): Promise<void> {
    await units;
    if (batch.size > 0) await this.reports.count(await batch.commit(), batch);
    await this.#case.manifest.flushPaths();
  }

  #report(item: string, consumed: number): void {
    this.#options.progress.report({
      step: "ingest",
      done: this.bytesRead + consumed,
      total: this.#totalBytes,
      unit: "bytes",
      rows: this.reports.rows,
      item,
    });
  }
}
