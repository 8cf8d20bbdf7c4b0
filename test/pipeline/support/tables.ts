import type { Store } from "../../../src/store/port.js";
import { BATCHED_TABLES } from "../../../src/store/visible.js";

/** Tables whose rows are sums: how many rows a key is spread over does not matter. */
const SUMS: Readonly<Record<string, string>> = {
  contact_hourly: `SELECT batch_id, sensor_id, address_realm, product, channel, hour, src_ip, dst_ip, dst_port, protocol, name, sum(connections),
    sum(answered), sum(bytes_out), sum(bytes_in), max(duration_max), min(first_time), max(last_time)
    FROM contact_hourly GROUP BY ALL`,
  coverage_hourly:
    "SELECT batch_id, sensor_id, address_realm, product, class, hour, sum(records) FROM coverage_hourly GROUP BY ALL",
  case_state: "SELECT key, value FROM case_state FINAL",
};

/** Rows and content of every table of a case; equal content gives equal text, whatever the order and the parts. */
export async function contentOfTables(store: Store): Promise<Record<string, string>> {
  const tables = await store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name",
  );
  const content: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = SUMS[name] ?? `SELECT * FROM ${name}`;
    const [row] = await store.query<{ n: number; digest: string }>(
      `SELECT count() AS n, lower(hex(sum(reinterpretAsUInt128(sipHash128(*))))) AS digest FROM (${rows})`,
    );
    content[name] = `${row?.n} rows ${row?.digest}`;
  }
  return content;
}

/** Partitions with their table, as the engine has them. */
export async function partitions(store: Store): Promise<string[]> {
  const rows = await store.query<{ place: string }>(
    `SELECT DISTINCT concat(table, ' ', partition) AS place FROM system.parts
     WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)} ORDER BY place`,
    { tables: [...BATCHED_TABLES] },
  );
  return rows.map((row) => row.place);
}
