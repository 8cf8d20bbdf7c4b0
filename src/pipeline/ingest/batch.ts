import { rmSync } from "node:fs";
import { LongwatchError } from "../../kernel/errors.js";
import { maskSecrets } from "../../kernel/mask.js";
import type { Store } from "../../store/port.js";
import { type Acquisition, writeLogFileFacts } from "./event-log/write-facts.js";
import { identityStatement } from "./identity.js";
import type { Manifest, ManifestRow } from "./manifest.js";
import type { Slice } from "./slice.js";
import type { Unit } from "./spool.js";
import {
  COVERED_CLASSES,
  countStatement,
  coverageStatement,
  insertStatement,
  isContactTable,
  kindsQuery,
  type Observer,
  OPEN_PRODUCT,
  rejectStatement,
  rollupStatement,
  stretchesOf,
  stretchParameters,
  unitParameters,
} from "./statements.js";

/** What a slice belongs to, for its manifest row. */
export interface SliceContext {
  path: string;
  format: string;
  log: string;
  tlp: string;
  owner: string;
  sharingGroup: string;
}

interface SliceState {
  slice: Slice;
  context: SliceContext;
  rows: number;
  rejected: number;
  /** Counts must be asked of the store: not every data line of it became a row. */
  irregular: boolean;
}

/** The table of all rows in RowBinary. */
const EVENTS = "windows_event";

/** Records before this are counted: no sensor ran then, a clock was wrong or a capture carried relative times. */
const EARLY_TIME = "1971-01-01 00:00:00";

/**
 * The unit of commitment: slices of about 1 GB together. Rows go into the tables' partition of the batch; only {@link commit} makes them
 * count. The id is that of the batch's first slice, and so known before the last is read.
 */
export class Batch {
  #store: Store;
  #manifest: Manifest;
  #slices = new Map<string, SliceState>();
  #tables = new Set<string>();
  /** Who saw the rows of a table: each observer once. */
  #observers = new Map<string, Map<string, Observer>>();
  #firstEarly = new Map<string, number>();
  #acquisitions: Acquisition[] = [];
  #id: string | undefined;
  /** Records that the engine was given as rows in RowBinary. */
  #given = 0;
  bytes = 0;

  constructor(store: Store, manifest: Manifest) {
    this.#store = store;
    this.#manifest = manifest;
  }

  get size(): number {
    return this.#slices.size;
  }

  add(slice: Slice, context: SliceContext): void {
    this.#id ??= slice.id;
    const rows = slice.dataLines - slice.unusedLines;
    const rejected = slice.rejects.length + slice.rejectRows;
    this.#slices.set(slice.id, { slice, context, rows, rejected, irregular: false });
    this.bytes += slice.byteTo - slice.byteFrom;
  }

  /** A copy of an event log, all of whose records are in this batch or in one before. Its slice has no lines. */
  addAcquisition(acquisition: Acquisition, slice: Slice, context: SliceContext): void {
    this.add(slice, context);
    this.#acquisitions.push(acquisition);
  }

  /** Lets the engine read one spool file, and deletes it. */
  async ingest(unit: Unit): Promise<void> {
    const { shape } = unit;
    const file = {
      path: unit.path,
      bytes: unit.bytes,
      ...(shape.structure && { structure: shape.structure }),
    };
    const parameters = unitParameters(this.#requireId(), unit);
    try {
      let plans = shape.plans;
      if (shape.kind !== undefined) {
        const kinds = new Set(
          (await this.#store.queryLines<{ kind: string }>(kindsQuery(shape), file)).map((row) => row.kind),
        );
        plans = plans.filter(
          (plan) => plan.kinds === undefined || plan.kinds.some((kind) => kinds.has(kind)),
        );
      }
      for (const plan of plans)
        await this.#store.ingestLines(insertStatement(shape, plan, unit.segments), file, parameters);
      if (shape.structure !== undefined) {
        for (const { table } of plans) this.#tables.add(table);
        this.#given += unit.dataRows;
        if (unit.rejectRows > 0)
          await this.#store.ingestLines(rejectStatement(shape, unit.segments), file, parameters);
        return;
      }
      let inserted = 0;
      for (const table of new Set(plans.map((plan) => plan.table)))
        inserted += await this.#countAndRollUp(unit, table);
      if (inserted === unit.dataRows) return;
      for (const { slice } of unit.segments) this.#markIrregular(slice.id);
      await this.#store.ingestLines(rejectStatement(shape, unit.segments), file, parameters);
    } finally {
      rmSync(unit.path, { force: true });
    }
  }

  /** Writes the roll-ups and then, last, the manifest. Returns the manifest rows. */
  async commit(): Promise<ManifestRow[]> {
    const batchId = this.#requireId();
    await this.#assertTaken(batchId);
    await this.#countIrregular(batchId);
    const overlong = [...this.#slices.values()].flatMap(({ slice }) =>
      slice.rejects.map((reject) => ({
        batch_id: batchId,
        source_id: slice.id,
        source_line: reject.line,
        reason: reject.reason,
        text: maskSecrets(reject.text),
      })),
    );
    for (let index = 0; index < overlong.length; index += 10_000)
      await this.#store.insert("rejected_record", overlong.slice(index, index + 10_000));
    for (const table of this.#tables) if (COVERED_CLASSES.has(table)) await this.#cover(table, batchId);
    for (const table of this.#tables) {
      const identities = identityStatement(table);
      if (identities !== undefined) await this.#store.command(identities, { batch_id: batchId });
    }
    await writeLogFileFacts(this.#store, batchId, this.#acquisitions);
    const early = await this.#earlyTimes(batchId);
    const rows = [...this.#slices.values()].map((state) =>
      manifestRow(batchId, state, early.get(state.slice.id) ?? 0),
    );
    await this.#manifest.commit(rows);
    return rows;
  }

  /** Rolls up what a unit brought into a table, where it is of contacts. Returns the rows that it brought. */
  async #countAndRollUp(unit: Unit, table: string): Promise<number> {
    let inserted = 0;
    for (const stretches of stretchesOf(unit)) {
      const parameters = { batch_id: this.#requireId(), ...stretchParameters(stretches) };
      const counted = await this.#store.query<Observer & { n: number }>(
        countStatement(table, stretches),
        parameters,
      );
      for (const { n } of counted) inserted += n;
      this.#observed(table, counted);
      const observers = counted.filter(({ product }) => product !== OPEN_PRODUCT);
      const [observer] = observers;
      if (!isContactTable(table) || observer === undefined) continue;
      const { sensor_id, address_realm, product } = observer;
      const only = observers.length === 1;
      await this.#store.command(
        rollupStatement(table, stretches, only),
        only ? { ...parameters, sensor_id, address_realm, product } : parameters,
      );
    }
    if (inserted > 0) this.#tables.add(table);
    return inserted;
  }

  #observed(table: string, observers: readonly Observer[]): void {
    const known = this.#observers.get(table) ?? new Map<string, Observer>();
    for (const { sensor_id, address_realm, product } of observers)
      known.set(JSON.stringify([sensor_id, address_realm, product]), { sensor_id, address_realm, product });
    this.#observers.set(table, known);
  }

  async #cover(table: string, batch_id: string): Promise<void> {
    const [observer, ...others] = this.#observers.get(table)?.values() ?? [];
    const only = observer !== undefined && others.length === 0;
    await this.#store.command(
      coverageStatement(table, only),
      only ? { batch_id, ...observer } : { batch_id },
    );
  }

  /** For each slice with rejects the first of them. After {@link commit}. */
  async firstRejects(): Promise<{ source_id: string; line: number; reason: string }[]> {
    if (![...this.#slices.values()].some((state) => state.rejected > 0)) return [];
    return this.#store.query(
      `SELECT source_id, min(source_line) AS line, argMin(reason, source_line) AS reason FROM rejected_record
       WHERE batch_id = {batch_id:String} GROUP BY source_id`,
      { batch_id: this.#requireId() },
    );
  }

  /** Who wrote these rows counted them: one that the engine did not take would be lost without a word. */
  async #assertTaken(batchId: string): Promise<void> {
    if (this.#given === 0) return;
    const [row] = await this.#store.query<{ n: number }>(
      `SELECT count() AS n FROM ${EVENTS} WHERE batch_id = {batch_id:String}`,
      { batch_id: batchId },
    );
    if (row?.n !== this.#given)
      throw new LongwatchError("LW_STORE", `the engine took ${row?.n} of ${this.#given} events of hosts`);
  }

  async #countIrregular(batchId: string): Promise<void> {
    const irregular = [...this.#slices.values()].filter((state) => state.irregular);
    if (irregular.length === 0) return;
    for (const state of irregular) state.rows = 0;
    for (const table of this.#tables)
      for (const { source_id, n } of await this.#countBySource(table, batchId)) {
        const state = this.#slices.get(source_id);
        if (state?.irregular) state.rows += n;
      }
    for (const { source_id, n } of await this.#countBySource("rejected_record", batchId)) {
      const state = this.#slices.get(source_id);
      if (state?.irregular) state.rejected += n;
    }
    for (const state of irregular) {
      const { slice } = state;
      const rejected = state.rejected - slice.rejects.length;
      slice.unusedLines = Math.max(0, slice.dataLines - state.rows - rejected);
    }
  }

  /** Line of the first record before 1971 in each slice that has one. After {@link commit}. */
  get firstEarlyLines(): ReadonlyMap<string, number> {
    return this.#firstEarly;
  }

  async #earlyTimes(batchId: string): Promise<Map<string, number>> {
    const early = new Map<string, number>();
    for (const table of this.#tables) {
      const rows = await this.#store.query<{ source_id: string; n: number; line: number }>(
        `SELECT source_id, count() AS n, min(source_line) AS line FROM ${table} WHERE batch_id = {batch_id:String} AND time < toDateTime64({limit:String}, 6, 'UTC') GROUP BY source_id`,
        { batch_id: batchId, limit: EARLY_TIME },
      );
      for (const { source_id, n, line } of rows) {
        early.set(source_id, (early.get(source_id) ?? 0) + n);
        this.#firstEarly.set(source_id, Math.min(line, this.#firstEarly.get(source_id) ?? line));
      }
    }
    return early;
  }

  #countBySource(table: string, batchId: string): Promise<{ source_id: string; n: number }[]> {
    const sql = `SELECT source_id, count() AS n FROM ${table} WHERE batch_id = {batch_id:String} GROUP BY source_id`;
    return this.#store.query(sql, { batch_id: batchId });
  }

  #markIrregular(sliceId: string): void {
    const state = this.#slices.get(sliceId);
    if (state) state.irregular = true;
  }

  #requireId(): string {
    if (this.#id === undefined) throw new Error("a batch without slices has no id");
    return this.#id;
  }
}

function manifestRow(
  batchId: string,
  { slice, context, rows, rejected }: SliceState,
  earlyTimes: number,
): ManifestRow {
  return {
    batch_id: batchId,
    source_id: slice.id,
    previous_id: slice.previousId,
    head_id: slice.headId,
    path: context.path,
    format: context.format,
    log: context.log,
    sensor_id: slice.sensorId,
    address_realm: slice.realm,
    tlp: context.tlp,
    owner: context.owner,
    sharing_group: context.sharingGroup,
    byte_from: slice.byteFrom,
    byte_to: slice.byteTo,
    line_from: slice.lineFrom,
    line_to: slice.lineTo,
    rows,
    rejected,
    header_lines: slice.headerLines,
    blank_lines: slice.blankLines,
    unused_lines: slice.unusedLines,
    open_end: slice.openEnd ? 1 : 0,
    early_times: earlyTimes,
  };
}
