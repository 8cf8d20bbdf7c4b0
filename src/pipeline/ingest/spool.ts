import { closeSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Shape } from "../../sources/port.js";

/** Lines of one slice that lie next to each other in a spool file: row `row` of the spool is line `line` of the log. */
export interface Segment {
  slice: SliceOwner;
  row: number;
  line: number;
}

/** What a segment needs of its slice; the id is known once the slice has ended. */
export interface SliceOwner {
  id: string;
  sensorId: string;
  realm: string;
}

/** A plain file of data lines (or rows) of one shape, gathered from one or many logs, for the engine to read by itself. */
export interface Unit {
  shape: Shape;
  path: string;
  bytes: number;
  /** Lines in the file, empty ones (which stand for lines that are not data) included. */
  rows: number;
  /** Lines that hold data; rows that are records. */
  dataRows: number;
  /** Rows that say why a line is no record. */
  rejectRows: number;
  segments: Segment[];
}

type Mark = ReadonlyMap<
  Unit,
  Pick<Unit, "bytes" | "rows" | "dataRows" | "rejectRows"> & { segments: number }
>;

const LINE_FEED = 10;

/** Empty lines that are written at once. */
const MOST_EMPTY = 1 << 16;

/**
 * Writes data lines into one spool file for each shape. A slice whose content turns out to be known is taken back with
 * {@link rollback}.
 */
export class Spool {
  #folder: string;
  #units = new Map<string, Unit>();
  #sequence = 0;
  #current: Unit | undefined;
  /** Of the current unit; the others are closed, because a log may be written in any number of shapes. */
  #descriptor = -1;
  /** Empty lines of the current unit that are not written yet: they come in long runs. */
  #empty = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** From here on lines belong to this shape, slice and line number. Returns the number of their segment ({@link RowPlace}). */
  begin(shape: Shape, slice: SliceOwner, line: number): number {
    let unit = this.#units.get(shape.key);
    if (!unit) {
      const path = join(this.#folder, `${process.pid}-${this.#sequence++}.lines`);
      unit = { shape, path, bytes: 0, rows: 0, dataRows: 0, rejectRows: 0, segments: [] };
      this.#units.set(shape.key, unit);
    }
    // Other rows say themselves where they come from.
    if (shape.structure === undefined || shape.ofSegments === true)
      unit.segments.push({ slice, row: unit.rows, line });
    if (this.#current !== unit) {
      this.end();
      this.#descriptor = openSync(unit.path, "a", 0o600);
      this.#current = unit;
    }
    return unit.segments.length;
  }

  /** Whole lines, each with its LF, or rows. @param rejects rows that say why a line is no record */
  write(bytes: Uint8Array, records: number, rejects = 0): void {
    const unit = this.#current;
    if (!unit || bytes.length === 0) return;
    this.#writeEmpty();
    this.#write(bytes);
    unit.bytes += bytes.length;
    unit.rows += records + rejects;
    unit.dataRows += records;
    unit.rejectRows += rejects;
  }

  /** Keeps the place of lines that are not data, so that rows and line numbers stay in step; rows in RowBinary have numbers of their own. */
  writeEmpty(): void {
    const unit = this.#current;
    if (!unit || unit.shape.structure !== undefined) return;
    this.#empty++;
    unit.bytes += 1;
    unit.rows += 1;
  }

  /** No shape applies (a log that is not used): nothing is written until the next {@link begin}. */
  end(): void {
    if (this.#current) {
      this.#writeEmpty();
      closeSync(this.#descriptor);
    }
    this.#current = undefined;
  }

  get size(): number {
    return this.#units.size;
  }

  mark(): Mark {
    return new Map(
      [...this.#units.values()].map((unit) => {
        const { bytes, rows, dataRows, rejectRows, segments } = unit;
        return [unit, { bytes, rows, dataRows, rejectRows, segments: segments.length }];
      }),
    );
  }

  rollback(mark: Mark): void {
    this.end();
    for (const [key, unit] of this.#units) {
      const at = mark.get(unit);
      if (!at) {
        this.#units.delete(key);
        rmSync(unit.path, { force: true });
        continue;
      }
      if (at.bytes === unit.bytes && at.segments === unit.segments.length) continue;
      truncateSync(unit.path, at.bytes);
      unit.bytes = at.bytes;
      unit.rows = at.rows;
      unit.dataRows = at.dataRows;
      unit.rejectRows = at.rejectRows;
      unit.segments.length = at.segments;
    }
  }

  /** Hands over the units that are full, or all of them. The receiver deletes their files. */
  take(isFull: (unit: Unit) => boolean): Unit[] {
    const taken: Unit[] = [];
    for (const [key, unit] of this.#units) {
      if (!isFull(unit)) continue;
      this.#units.delete(key);
      if (this.#current === unit) this.end();
      if (unit.dataRows + unit.rejectRows === 0) rmSync(unit.path, { force: true });
      else taken.push(unit);
    }
    return taken;
  }

  discard(): void {
    for (const unit of this.take(() => true)) rmSync(unit.path, { force: true });
  }

  #writeEmpty(): void {
    for (; this.#empty > 0; this.#empty -= Math.min(this.#empty, MOST_EMPTY))
      this.#write(Buffer.alloc(Math.min(this.#empty, MOST_EMPTY), LINE_FEED));
  }

  #write(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(this.#descriptor, bytes, offset);
  }
}
