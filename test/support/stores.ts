import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChdbStore } from "../../src/store/chdb/index.js";
import { ClickHouseStore } from "../../src/store/clickhouse/index.js";
import type { LineFile, Store } from "../../src/store/port.js";
import { startHttpFront } from "./http-front.js";

export interface TestStore {
  store: Store;
  /** A file in the test's own folder. */
  file(name: string, content: string | Uint8Array): LineFile;
  close(): Promise<void>;
}

/** Every engine that a store test runs on: real ones, no mock. */
export const ENGINES: readonly { name: string; open(): Promise<TestStore> }[] = [
  { name: "chdb in this process", open: async () => wrap((folder) => ChdbStore.open(join(folder, "store"))) },
  {
    name: "clickhouse over HTTP",
    open: async () => {
      const front = await startHttpFront();
      const store = `${front.url}/longwatch_test`;
      return wrap(() => ClickHouseStore.open(store, { environment: {}, delays: [5, 20, 50] }), front.close);
    },
  },
];

async function wrap(
  open: (folder: string) => Promise<Store>,
  after: () => Promise<void> = async () => {},
): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-store-"));
  const store = await open(folder);
  return {
    store,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return { path, bytes: typeof content === "string" ? Buffer.byteLength(content) : content.length };
    },
    async close() {
      await store.close();
      await after();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
