/** Tables that are partitioned by batch: their rows count only if the manifest names the batch. */
export const BATCHED_TABLES = [
  "network_activity",
  "dns_activity",
  "http_activity",
  "tls_activity",
  "certificate",
  "file_activity",
  "email_activity",
  "software_inventory",
  "dhcp_activity",
  "detection_finding",
  "windows_event",
  "log_file_fact",
  "contact_hourly",
  "coverage_hourly",
  "host_identity",
  "rejected_record",
] as const;

/** Batch ids are ours (hex and a few words), which is what makes it safe to write them into a setting. */
const BATCH_ID = /^[0-9a-z_-]{1,64}$/;

/** Value of `additional_table_filters`: every reading statement sees committed batches only. */
export function committedFilter(batchIds: readonly string[]): string {
  const bad = batchIds.find((id) => !BATCH_ID.test(id));
  if (bad !== undefined) throw new Error(`not a batch id: ${bad}`);
  const condition =
    batchIds.length === 0 ? "0" : `batch_id IN (${batchIds.map((id) => `\\'${id}\\'`).join(", ")})`;
  return `{${BATCHED_TABLES.map((table) => `'${table}': '${condition}'`).join(", ")}}`;
}
