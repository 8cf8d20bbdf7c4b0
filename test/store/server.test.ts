import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ClickHouseStore } from "../../src/store/clickhouse/index.js";
import type { FaultPlan } from "../support/front-faults.js";
import { type HttpFront, startHttpFront } from "../support/http-front.js";
import { collect } from "../support/stores.js";
import { CERTIFICATE, startTlsFront } from "../support/tls-front.js";

const PASSWORD = "s3cret'\"ភ";
let front: HttpFront;
let store: ClickHouseStore;
const folder = mkdtempSync(join(tmpdir(), "longwatch-server-"));
const open = (
  path = "/faults",
  environment: Record<string, string> = { LONGWATCH_STORE_PASSWORD: PASSWORD },
) =>
  ClickHouseStore.open(`${front.url.replace("://", "://analyst@")}${path}`, {
    environment,
    delays: [5, 50, 1_500],
  });

beforeAll(async () => {
  front = await startHttpFront(PASSWORD);
  store = await open();
  await store.command(
    "CREATE TABLE IF NOT EXISTS written (n UInt64) ENGINE = MergeTree PARTITION BY n % 2 ORDER BY n",
  );
});
afterAll(async () => {
  await front?.plan();
  await store?.close();
  await front?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await front.plan();
  await store.command("TRUNCATE TABLE written");
});

const fault = (kind: FaultPlan["fault"], pattern: string, times = 1): Promise<void> =>
  front.plan({ fault: kind, pattern, times });
const written = () => store.query<{ n: number }>("SELECT n FROM written ORDER BY n");

describe("a read that meets a fault is tried again", () => {
  test.each(["drop-before", "drop-after", "drop-midway", "status-503"] as const)(
    "%s, twice",
    async (kind) => {
      await fault(kind, "FROM numbers", 2);
      const rows = await store.query("SELECT number AS n FROM numbers(1000)");
      expect(rows).toHaveLength(1000);
    },
  );

  test("and gives up with a clear error", async () => {
    await fault("status-503", "FROM numbers", 100);
    await expect(store.query("SELECT number FROM numbers(1)")).rejects.toMatchObject({
      code: "LW_STORE_UNREACHABLE",
      exitCode: 4,
    });
  });

  test("a stream is tried again only before its first row", async () => {
    await fault("drop-before", "FROM numbers");
    expect(await collect(store.stream("SELECT number AS n FROM numbers(3)"))).toEqual([
      { n: 0 },
      { n: 1 },
      { n: 2 },
    ]);
    await fault("drop-midway", "FROM numbers");
    const seen: unknown[] = [];
    const broken = (async () => {
      for await (const row of store.stream("SELECT number AS n FROM numbers(100000)")) seen.push(row);
    })();
    await expect(broken).rejects.toMatchObject({ code: "LW_STORE_UNREACHABLE" });
    expect(seen.length).toBeLessThan(100_000);
    expect(seen.slice(0, 3)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  });
});

describe("a write that meets a fault", () => {
  const insert = () => store.insert("written", [{ n: 1 }, { n: 2 }]);
  const unreachable = { code: "LW_STORE_UNREACHABLE" };

  test.each([
    ["drop-before", []],
    ["drop-before-body", []],
    ["status-503", []],
    ["drop-after", [{ n: 1 }, { n: 2 }]],
    ["drop-early", [{ n: 1 }, { n: 2 }]],
  ] as const)("%s: never written twice, and settled when the error comes", async (kind, expected) => {
    await fault(kind, "INSERT INTO written");
    await expect(insert()).rejects.toMatchObject(unreachable);
    // Read at once: nothing may still be under way.
    expect(await written()).toEqual(expected);
  });

  test.each(["drop-before", "drop-after", "drop-early"] as const)(
    "%s while lines stream: the batch is dropped and written anew, and nothing is there twice",
    async (kind) => {
      const path = join(folder, `${kind}.log`);
      writeFileSync(path, Array.from({ length: 50_000 }, (_, index) => `${index * 2}\n`).join(""));
      const file = { path, bytes: 1 };
      const ingest = () =>
        store.ingestLines("INSERT INTO written SELECT toUInt64(line) FROM __LINES__", file);
      await fault(kind, "INSERT INTO written SELECT");
      await expect(ingest()).rejects.toMatchObject(unreachable);
      await store.command("ALTER TABLE written DROP PARTITION 0");
      await ingest();
      expect(
        await store.query("SELECT count() AS n, (SELECT uniqExact(n) FROM written) AS u FROM written"),
      ).toEqual([{ n: 50_000, u: 50_000 }]);
    },
  );

  test("a statement that may run twice is tried again", async () => {
    await insert();
    await fault("drop-early", "DROP PARTITION");
    await store.command("ALTER TABLE written DROP PARTITION 0");
    await insert();
    expect(await written()).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
  });

  test("INSERT … SELECT is not such a statement", async () => {
    await fault("drop-after", "INSERT INTO written");
    await expect(store.command("INSERT INTO written SELECT 5")).rejects.toMatchObject(unreachable);
    await fault("drop-after", "INSERT INTO written");
    await expect(store.command("WITH 6 AS six INSERT INTO written SELECT six")).rejects.toMatchObject(
      unreachable,
    );
    expect(await written()).toEqual([{ n: 5 }, { n: 6 }]);
  });
});

describe("a server that does not answer", () => {
  test("is asked no longer than LONGWATCH_STORE_TIMEOUT", async () => {
    const hasty = await open("/faults", { LONGWATCH_STORE_PASSWORD: PASSWORD, LONGWATCH_STORE_TIMEOUT: "1" });
    await fault("slow", "SELECT 42");
    await expect(hasty.query("SELECT 42")).rejects.toMatchObject({ code: "LW_STORE_UNREACHABLE" });
    await hasty.close();
  });

  test("because nobody listens there", async () => {
    const port = await freePort();
    const opening = ClickHouseStore.open(`http://127.0.0.1:${port}/x`, { environment: {}, delays: [1, 1] });
    await expect(opening).rejects.toMatchObject({
      code: "LW_STORE_UNREACHABLE",
      message: expect.stringMatching(/ECONNREFUSED.*--store/),
    });
  });

  test("because it speaks no TLS", async () => {
    const opening = ClickHouseStore.open(front.url.replace("http:", "https:"), {
      environment: {},
      delays: [1, 1],
    });
    await expect(opening).rejects.toMatchObject({
      code: "LW_STORE_UNREACHABLE",
      message: expect.stringContaining("https"),
    });
  });

  test("because it is no ClickHouse", async () => {
    const other: Server = createServer((_, response) =>
      response.writeHead(404).end("<html>not found</html>"),
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const opening = ClickHouseStore.open(`http://127.0.0.1:${port}`, { environment: {}, delays: [1] });
    await expect(opening).rejects.toMatchObject({ code: "LW_STORE_UNREACHABLE" });
    other.close();
  });

  test("because the password is wrong, and it is not printed", async () => {
    const opening = open("/faults", { LONGWATCH_STORE_PASSWORD: "not-the-right-one" });
    await expect(opening).rejects.toMatchObject({
      code: "LW_STORE_UNREACHABLE",
      message: expect.stringMatching(/refuses user analyst.*LONGWATCH_STORE_PASSWORD/),
    });
    await opening.catch((error: unknown) => expect(String(error)).not.toContain("not-the-right-one"));
  });
});

describe("over TLS", () => {
  const certificate = join(folder, "authority.pem");
  let secure: Awaited<ReturnType<typeof startTlsFront>>;
  beforeAll(async () => {
    writeFileSync(certificate, CERTIFICATE);
    secure = await startTlsFront(front.url);
  });
  afterAll(() => secure?.close());
  const openSecure = (environment: Record<string, string>) =>
    ClickHouseStore.open(`${secure.url}/faults`, {
      environment: { LONGWATCH_STORE_PASSWORD: PASSWORD, ...environment },
      delays: [1],
    });

  test("a certificate of an unknown authority is refused, and the message says what to set", async () => {
    await expect(openSecure({})).rejects.toMatchObject({
      code: "LW_STORE_UNREACHABLE",
      message: expect.stringContaining("LONGWATCH_STORE_CA"),
    });
  });

  test("with its authority's certificate the server is read and written", async () => {
    const opened = await openSecure({ LONGWATCH_STORE_CA: certificate });
    await opened.insert("written", [{ n: 7 }]);
    expect(await opened.query("SELECT n FROM written")).toEqual([{ n: 7 }]);
    await opened.close();
  });
});

describe("opening", () => {
  test("creates a missing database and finds it again", async () => {
    const first = await open("/made_by_test");
    await first.command("CREATE TABLE IF NOT EXISTS here (n UInt8) ENGINE = MergeTree ORDER BY n");
    await first.close();
    const second = await open("/made_by_test", { CLICKHOUSE_PASSWORD: PASSWORD });
    expect(await second.query("EXISTS TABLE here")).toEqual([{ result: 1 }]);
    await second.close();
  });

  test("leaves no scratch table behind", async () => {
    const opened = await open("/scratches");
    opened.setVisible({ batches: ["aa"] });
    await opened.query("SELECT 1");
    const path = join(folder, "scratch.log");
    writeFileSync(path, "x\n");
    await opened.queryLines("SELECT count() AS n FROM __LINES__", { path, bytes: 2 });
    await opened.close();
    const again = await open("/scratches");
    expect(await again.query("SHOW TABLES")).toEqual([]);
    await again.close();
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
