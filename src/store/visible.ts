import type { Visible } from "./port.js";

/** Which rows of a table there were before a moment: SQL, with the moment in whole seconds. Undefined where a table knows no time. */
type Before = ((seconds: number) => string) | undefined;

const EVENT: Before = (seconds) => `time < fromUnixTimestamp(${seconds})`;
const HOURLY: Before = (seconds) => `hour < fromUnixTimestamp(${seconds})`;

/** Tables that are partitioned by batch: their rows count only if the manifest names the batch. */
const TABLES = {
  network_activity: EVENT,
  dns_activity: EVENT,
  http_activity: EVENT,
  tls_activity: EVENT,
  certificate: EVENT,
  file_activity: EVENT,
  email_activity: EVENT,
  software_inventory: EVENT,
  dhcp_activity: EVENT,
  remote_access_activity: EVENT,
  detection_finding: EVENT,
  windows_event: EVENT,
  // A copy with later records had not been made yet.
  log_file_fact: (seconds: number) => `last_time < fromUnixTimestamp(${seconds})`,
  contact_hourly: HOURLY,
  coverage_hourly: HOURLY,
  host_identity: (seconds: number) => `day < toDate(fromUnixTimestamp(${seconds}))`,
  rejected_record: undefined,
} satisfies Record<string, Before>;

export type BatchedTable = keyof typeof TABLES;
export const BATCHED_TABLES = Object.keys(TABLES) as BatchedTable[];

/** Batch ids are ours (hex and a few words), which is what makes it safe to write them into a setting. */
const BATCH_ID = /^[0-9a-z_-]{1,64}$/;

/**
 * Conditions of `additional_table_filters`, by table; a table without one is not in it.
 * @param inBatches SQL condition for the batches; undefined where all are seen
 */
export function visibleRows(
  { before }: Pick<Visible, "before">,
  inBatches: string | undefined,
): Record<string, string> {
  const filters: Record<string, string> = {};
  for (const [table, condition] of Object.entries<Before>(TABLES)) {
    const parts = [inBatches, before === undefined ? undefined : condition?.(Math.floor(before / 1000))];
    const text = parts.filter((part) => part !== undefined).join(" AND ");
    if (text !== "") filters[table] = text;
  }
  return filters;
}

/** The batches as a condition that has their ids in its text. */
export function batchCondition(batchIds: readonly string[]): string {
  const bad = batchIds.find((id) => !BATCH_ID.test(id));
  if (bad !== undefined) throw new Error(`not a batch id: ${bad}`);
  return batchIds.length === 0 ? "0" : `batch_id IN (${batchIds.map((id) => `'${id}'`).join(", ")})`;
}

/** Value of the setting as SQL text. */
export function filterText(filters: Readonly<Record<string, string>>): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return `{${Object.entries(filters)
    .map(([table, condition]) => `${quoted(table)}: ${quoted(condition)}`)
    .join(", ")}}`;
}
