import { LongwatchError } from "../../kernel/errors.js";
import { contentId } from "../../kernel/ids.js";
import type { SqlParameters, Store } from "../../store/port.js";
import { BATCHED_TABLES } from "../../store/visible.js";
import { DERIVED_BATCH, type Manifest } from "./manifest.js";

/** More live partitions than this, and the small ones are merged: a log imported every hour for a year must not make 8,760. */
export const MANY_BATCHES = 64;
/** A batch is small below this many rows in its largest table. */
const SMALL_BATCH_ROWS = 1_000_000;

const STAGING = "merging_";

/** Tables that a killed merge left behind. */
export async function dropUnfinishedMerges(store: Store): Promise<void> {
  const found = await store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {staging:String})",
    { staging: STAGING },
  );
  const left = new Set(found.map((row) => row.name));
  for (const table of BATCHED_TABLES)
    if (left.has(STAGING + table)) await store.command(`DROP TABLE IF EXISTS ${STAGING}${table}`);
}

/**
 * Merges small finished batches into one. Safe to kill at any point: the merged partition counts only once `superseded_batch` names it,
 * and until then it is an orphan that the next opening drops; after that the old ones are.
 */
export async function mergeSmallBatches(
  store: Store,
  manifest: Manifest,
  limit = MANY_BATCHES,
): Promise<number> {
  const live = manifest.liveBatches().filter((id) => id !== DERIVED_BATCH);
  if (live.length <= limit) return 0;
  const sizes = await store.query<{ partition: string; rows: number }>(
    `SELECT partition, max(n) AS rows FROM (
       SELECT table, partition, sum(rows) AS n FROM system.parts
       WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)} GROUP BY table, partition
     ) GROUP BY partition`,
    { tables: [...BATCHED_TABLES] },
  );
  const rowsOf = new Map(sizes.map((row) => [row.partition, row.rows]));
  const small = live.filter((id) => (rowsOf.get(id) ?? 0) < SMALL_BATCH_ROWS);
  if (small.length < 2) return 0;
  const merged = contentId("merge", ...small);
  for (const table of BATCHED_TABLES) await mergeTable(store, table, small, merged);
  await manifest.commitMerge(small, merged);
  await manifest.dropOrphans();
  return small.length;
}

async function mergeTable(
  store: Store,
  table: string,
  small: readonly string[],
  merged: string,
): Promise<void> {
  const staging = `${STAGING}${table}`;
  const expected = await countRows(store, `${table} WHERE batch_id IN {small:Array(String)}`, { small });
  if (expected === 0) return;
  await store.command(`DROP TABLE IF EXISTS ${staging}`);
  await store.command(`CREATE TABLE ${staging} AS ${table}`);
  // The inner query chooses the rows: beside REPLACE, batch_id in a WHERE would mean the new one.
  await store.command(
    `INSERT INTO ${staging} SELECT * REPLACE ({merged:String} AS batch_id) FROM (SELECT * FROM ${table} WHERE batch_id IN {small:Array(String)})`,
    { merged, small },
  );
  const found = await countRows(store, staging, {});
  if (found !== expected)
    throw new LongwatchError(
      "LW_STORE",
      `merging ${table} gave ${found} rows of ${expected}; nothing was replaced`,
    );
  await store.command(`ALTER TABLE ${table} REPLACE PARTITION {merged:String} FROM ${staging}`, { merged });
  await store.command(`DROP TABLE ${staging}`);
}

async function countRows(store: Store, from: string, parameters: SqlParameters): Promise<number> {
  const [row] = await store.query<{ n: number }>(`SELECT count() AS n FROM ${from}`, parameters);
  return row?.n ?? 0;
}
