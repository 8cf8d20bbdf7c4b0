import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openCase } from "../../src/pipeline/case.js";
import { isGone } from "../../src/pipeline/lease.js";
import { ClickHouseStore } from "../../src/store/clickhouse/index.js";
import { type HttpFront, startHttpFront } from "../support/http-front.js";

const folder = mkdtempSync(join(tmpdir(), "longwatch-lease-"));
let front: HttpFront;
let store: ClickHouseStore;
let turn = 0;

const open = (readsOnly = false) =>
  openCase({ folder: join(folder, String(turn++)), storeUrl: `${front.url}/lease`, readsOnly });
const rows = () => store.query("SELECT id, host, pid FROM writer_lease");
/** How this process says when it began, as a holder. */
async function startOfOwn(): Promise<string> {
  const own = await open();
  const [row] = await store.query<{ started: string }>("SELECT started FROM writer_lease");
  await own.close();
  return row?.started as string;
}
/** As another process would have left it. */
const add = (row: { id: string; host: string; pid: number; started: string; silent: number }) =>
  store.command(
    "INSERT INTO writer_lease SELECT {id:String}, {host:String}, {pid:UInt32}, {started:String}, now64(3) - INTERVAL {silent:UInt32} SECOND",
    row,
  );

beforeAll(async () => {
  front = await startHttpFront();
  store = await ClickHouseStore.open(`${front.url}/lease`, { environment: {} });
  await (await open()).close();
});
afterAll(async () => {
  await store?.close();
  await front?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => store.command("TRUNCATE TABLE writer_lease"));

describe("a case on a server", () => {
  it("has one writer: a second one, from another case folder, gives way and leaves no row", async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({
      code: "LW_CASE_BUSY",
      message: expect.stringMatching(new RegExp(`process ${process.pid} on ${hostname()} writes`)),
    });
    expect(await rows()).toHaveLength(1);
    await first.close();
    expect(await rows()).toEqual([]);
    await (await open()).close();
  });

  it("can be read while another writes", async () => {
    const writer = await open();
    await (await open(true)).close();
    expect(await rows()).toHaveLength(1);
    await writer.close();
  });

  it("of two that begin at once never has two writers", async () => {
    const taken = await Promise.allSettled([open(), open(), open()]);
    const opened = taken.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(opened.length).toBeLessThanOrEqual(1);
    for (const one of opened) await one.close();
  });

  it("is taken over from a process that is gone, and from a machine that fell silent", async () => {
    await add({ id: "killed", host: hostname(), pid: 4_194_304, started: await startOfOwn(), silent: 1 });
    await add({ id: "asleep", host: "elsewhere", pid: 1, started: "1", silent: 601 });
    const taken = await open();
    expect(await rows()).toMatchObject([{ pid: process.pid }]);
    await taken.close();
  });

  it("is not taken over from another machine before that", async () => {
    await add({ id: "busy", host: "elsewhere", pid: 1, started: "1", silent: 500 });
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining("process 1 on elsewhere"),
    });
  });

  it("commits nothing once another has taken it over", async () => {
    const slept = await open();
    await store.command("TRUNCATE TABLE writer_lease");
    await expect(slept.manifest.commit([])).rejects.toMatchObject({ code: "LW_CASE_BUSY" });
    await expect(slept.manifest.commitMerge([], "other")).rejects.toMatchObject({ code: "LW_CASE_BUSY" });
    await slept.close();
  });
});

describe("a process", () => {
  it("is gone after ten minutes of silence, or where it is counted among this one's processes and does not run", async () => {
    const own = await startOfOwn();
    const other = { id: "x", host: "elsewhere", pid: process.pid, started: "1", silent: 600 };
    expect(isGone(other)).toBe(false);
    expect(isGone({ ...other, silent: 601 })).toBe(true);
    // A machine of this name, or a container beside this one: its process is not to be seen from here.
    expect(isGone({ ...other, host: hostname(), pid: 4_194_304, silent: 0 })).toBe(false);
    expect(isGone({ ...other, started: own, silent: 0 })).toBe(false);
    expect(isGone({ ...other, started: own, pid: 4_194_304, silent: 0 })).toBe(true);
    expect(isGone({ ...other, started: `0${own}`, silent: 0 })).toBe(true);
  });
});
