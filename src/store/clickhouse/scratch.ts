import { randomBytes } from "node:crypto";

/** Tables that one process makes for itself and drops at the end. A crash leaves some behind: {@link STALE_SCRATCH} finds them. */
const PREFIX = "scratch_";

/** The name is random, never built from input; it is unique, so that two processes in one database do not meet. */
export function scratchName(purpose: "committed" | "lines"): string {
  return `${PREFIX}${purpose}_${randomBytes(8).toString("hex")}`;
}

/** Scratch tables that a process of another week left behind. A longer-living process would fail loudly, never read less. */
export const STALE_SCRATCH = `
  SELECT name FROM system.tables
  WHERE database = currentDatabase() AND startsWith(name, '${PREFIX}')
    AND metadata_modification_time < now() - INTERVAL 7 DAY`;

/**
 * Condition for rows of the batches in a table. The ids stand there instead of in the setting: a hundred batches in a setting for twelve tables
 * make a request line that proxies refuse.
 */
export function inBatchesOf(database: string, table: string): string {
  return `batch_id IN (SELECT batch_id FROM ${database}.${table})`;
}
