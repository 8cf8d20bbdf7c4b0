import { contentId } from "../../kernel/ids.js";
import type { Store } from "../../store/port.js";
import { BATCHED_TABLES } from "../../store/visible.js";
import type { FindKnown, KnownSlice } from "./slice.js";

/** One row of `source_slice`. */
export interface ManifestRow {
  batch_id: string;
  source_id: string;
  previous_id: string;
  head_id: string;
  path: string;
  format: string;
  log: string;
  sensor_id: string;
  address_realm: string;
  tlp: string;
  owner: string;
  sharing_group: string;
  byte_from: number;
  byte_to: number;
  line_from: number;
  line_to: number;
  rows: number;
  rejected: number;
  header_lines: number;
  blank_lines: number;
  unused_lines: number;
  open_end: number;
  early_times: number;
}

/** What is committed. Held in memory while a case is open: one small entry for each 64 MiB of log. */
export class Manifest {
  #store: Store;
  #assertHeld: () => Promise<void>;
  #following = new Map<string, KnownSlice[]>();
  #slices = new Map<string, { batchId: string; path: string; sensorId: string; realm: string }>();
  #mergedInto = new Map<string, string>();
  #paths = new Set<string>();
  #notedPaths: { source_id: string; path: string }[] = [];

  private constructor(store: Store, assertHeld: () => Promise<void>) {
    this.#store = store;
    this.#assertHeld = assertHeld;
  }

  /** @param assertHeld throws where another process has taken the case over: before each commit it is asked. */
  static async load(store: Store, assertHeld: () => Promise<void> = async () => {}): Promise<Manifest> {
    const manifest = new Manifest(store, assertHeld);
    const columns =
      "batch_id, source_id, previous_id, head_id, path, sensor_id, address_realm, byte_from, byte_to, line_to, open_end";
    for (const row of await store.query<ManifestRow>(`SELECT ${columns} FROM source_slice`))
      manifest.#remember(row);
    for (const row of await store.query<{ batch_id: string; merged_into: string }>(
      "SELECT * FROM superseded_batch",
    ))
      manifest.#mergedInto.set(row.batch_id, row.merged_into);
    for (const row of await store.query<{ source_id: string; path: string }>(
      "SELECT source_id, path FROM source_path",
    ))
      manifest.#paths.add(pathKey(row.source_id, row.path));
    return manifest;
  }

  /** For {@link SliceOptions.findKnown}. */
  readonly findKnown: FindKnown = (previousId, headId) =>
    this.#following.get(followKey(previousId, headId)) ?? [];

  slice(id: string): { batchId: string; path: string; sensorId: string; realm: string } | undefined {
    return this.#slices.get(id);
  }

  /** Ids of the partitions that count, oldest naming last resolved through merges. */
  liveBatches(): string[] {
    const live = new Set<string>();
    for (const { batchId } of this.#slices.values()) live.add(this.#resolve(batchId));
    if (live.size > 0) live.add(DERIVED_BATCH);
    return [...live].sort();
  }

  /** A digest of all content in the case: derived tables are current if they were made from the same. */
  digest(): string {
    // One text: a case has more slices than a call may have arguments.
    return contentId([...this.#slices.keys()].sort().join("\n"));
  }

  /** The commit: one block, so that all slices of a batch are there or none. */
  async commit(rows: readonly ManifestRow[]): Promise<void> {
    await this.#assertHeld();
    await this.#store.insert("source_slice", rows as unknown as Record<string, unknown>[]);
    for (const row of rows) this.#remember(row);
  }

  async commitMerge(batchIds: readonly string[], mergedInto: string): Promise<void> {
    await this.#assertHeld();
    await this.#store.insert(
      "superseded_batch",
      batchIds.map((batch_id) => ({ batch_id, merged_into: mergedInto })),
    );
    for (const id of batchIds) this.#mergedInto.set(id, mergedInto);
  }

  /** Notes that known content was met under another path; {@link flushPaths} writes it down. */
  notePath(sourceId: string, path: string): void {
    const key = pathKey(sourceId, path);
    if (this.#slices.get(sourceId)?.path === path || this.#paths.has(key)) return;
    this.#paths.add(key);
    this.#notedPaths.push({ source_id: sourceId, path });
  }

  /** Many at once: each insert makes a part, and a moved archive is thousands of paths. */
  async flushPaths(): Promise<void> {
    const noted = this.#notedPaths;
    this.#notedPaths = [];
    for (let index = 0; index < noted.length; index += 10_000)
      await this.#store.insert("source_path", noted.slice(index, index + 10_000));
  }

  /** Paths under which a slice was met, the first import's first. */
  pathsOf(sourceId: string): string[] {
    const first = this.#slices.get(sourceId)?.path;
    const prefix = pathKey(sourceId, "");
    const others = [...this.#paths]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
    return first === undefined ? others : [first, ...others];
  }

  /** Drops what a killed process left behind. Returns the number of partitions dropped. */
  async dropOrphans(): Promise<number> {
    const live = new Set(this.liveBatches());
    let dropped = 0;
    for (const table of BATCHED_TABLES) {
      const partitions = await this.#store.query<{ partition_id: string; partition: string }>(
        "SELECT DISTINCT partition_id, partition FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND active",
        { table },
      );
      for (const { partition, partition_id } of partitions) {
        if (live.has(partition)) continue;
        await this.#store.command(`ALTER TABLE ${table} DROP PARTITION ID {id:String}`, { id: partition_id });
        dropped++;
      }
    }
    return dropped;
  }

  #remember(row: ManifestRow): void {
    const key = followKey(row.previous_id, row.head_id);
    const known = {
      id: row.source_id,
      byteFrom: row.byte_from,
      byteTo: row.byte_to,
      lineTo: row.line_to,
      openEnd: row.open_end === 1,
    };
    const list = this.#following.get(key);
    if (list) list.push(known);
    else this.#following.set(key, [known]);
    this.#slices.set(row.source_id, {
      batchId: row.batch_id,
      path: row.path,
      sensorId: row.sensor_id,
      realm: row.address_realm,
    });
  }

  #resolve(batchId: string): string {
    let id = batchId;
    for (let next = this.#mergedInto.get(id); next !== undefined; next = this.#mergedInto.get(id)) id = next;
    return id;
  }
}

/** Partition of rows that are made from several batches (overlaps of observers, connections still open). */
export const DERIVED_BATCH = "derived";

/** Where slices are looked up that may follow: by the slice before, and for first slices by the log's first data line. */
export function followKey(previousId: string, headId: string): string {
  return previousId === "" ? `head:${headId}` : previousId;
}

function pathKey(sourceId: string, path: string): string {
  return `${sourceId}\n${path}`;
}
