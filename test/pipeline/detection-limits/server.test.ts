import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../../src/kernel/progress.js";
import { type Case, openCase } from "../../../src/pipeline/case.js";
import { dropPlants, PLANTED, showPlants } from "../../../src/pipeline/detection-limits/planted-batch.js";
import { ingestStep } from "../../../src/pipeline/hunt.js";
import { loadSettings } from "../../../src/pipeline/settings.js";
import { type HttpFront, startHttpFront } from "../../support/http-front.js";
import { zeekConnTsv } from "../support/logs.js";
import { contentOfTables } from "../support/tables.js";

const root = mkdtempSync(join(tmpdir(), "longwatch-limits-server-"));
let front: HttpFront;
let writer: Case;

const open = (folder: string, readsOnly: boolean) =>
  openCase({ folder: join(root, folder), storeUrl: `${front.url}/limits`, readsOnly });
const plants = [
  {
    place: {
      orgId: "north",
      sensorId: "s",
      hours: { seen: [], byHourOfDay: [] },
      hosts: [],
      products: new Map([
        ["network_activity", "zeek"],
        ["tls_activity", "zeek"],
        ["dns_activity", "zeek"],
      ]),
      resolver: "10.0.0.53",
    },
    host: { realm: "default", address: "10.0.0.5", hasDns: true, hasTls: true },
    server: {
      address: "198.18.4.4",
      name: "api.invented.example",
      domain: "invented.example",
      port: 443,
      tls: true,
    },
    contacts: [1, 2, 3].map((day) => ({
      time: 1_690_000_000_000 + day * 86_400_000,
      bytesOut: 500,
      bytesIn: 300,
      seconds: 2,
    })),
  },
];
const planted = (table: string) => `SELECT count() AS n FROM ${table} WHERE batch_id = '${PLANTED}'`;
const counted = async ({ store }: Case, table: string) =>
  Number((await store.query<{ n: number }>(planted(table)))[0]?.n);
/** Leases, and the adapter's lists of what a process may see, come and go. */
async function content({ store }: Case) {
  const tables = Object.entries(await contentOfTables(store));
  return tables.filter(([name]) => !/^(writer_lease|scratch_)/.test(name));
}

beforeAll(async () => {
  front = await startHttpFront();
  mkdirSync(join(root, "logs"));
  writeFileSync(join(root, "logs/conn.log"), zeekConnTsv({ rows: 20 }));
  writer = await open("writer", false);
  await ingestStep(
    writer,
    loadSettings(undefined, [join(root, "logs")]),
    [join(root, "logs")],
    silentProgress,
  );
}, 60_000);
afterAll(async () => {
  await writer.close();
  await front.close();
  rmSync(root, { recursive: true, force: true });
});

describe("what is planted in a case on a server", () => {
  it("is seen by who planted it, by nobody else, and is gone afterwards", async () => {
    const before = await content(writer);
    await showPlants(writer.store, writer.manifest, plants);
    for (const table of ["network_activity", "tls_activity", "dns_activity"])
      expect(await counted(writer, table), table).toBe(3);
    // Three flows, three names and three look-ups, each in an hour of its own.
    expect(await counted(writer, "contact_hourly")).toBe(9);
    const reader = await open("reader", true);
    expect(await counted(reader, "network_activity")).toBe(0);
    expect(await counted(reader, "contact_hourly")).toBe(0);
    await reader.close();
    await dropPlants(writer.store, writer.manifest);
    expect(await content(writer)).toEqual(before);
  });

  it("is dropped by the next writer where the process died", async () => {
    const before = await content(writer);
    await showPlants(writer.store, writer.manifest, plants);
    await writer.close();
    writer = await open("next", false);
    expect(writer.orphansDropped).toBe(4);
    expect(await content(writer)).toEqual(before);
  });
});
