import { ChdbStore, DEFAULT_LIMITS } from "../store/chdb/index.js";
import { ClickHouseStore } from "../store/clickhouse/index.js";
import type { Store } from "../store/port.js";

/** Which engine, as the command line says it. */
export interface OpenStore {
  /** URL of a ClickHouse server; the embedded engine where it is not given. */
  storeUrl?: string;
}

/** The only place that knows the adapters. */
export async function openStore(folder: string, options: OpenStore): Promise<Store> {
  if (options.storeUrl !== undefined) return ClickHouseStore.open(options.storeUrl);
  return ChdbStore.open(folder, DEFAULT_LIMITS);
}
