import { expect, test } from "vitest";
import { Lanes } from "../../src/pipeline/ingest/lanes.js";

/** Work that ends when it is told to. */
function piece() {
  let end: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const work = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { work, end, fail };
}

const isPending = async (promise: Promise<void>) =>
  (await Promise.race([
    promise.then(() => "settled"),
    new Promise((resolve) => setImmediate(resolve, "pending")),
  ])) === "pending";

test("there is room until there is as much work as there may be, and again when some of it has ended", async () => {
  const lanes = new Lanes(2);
  const [first, second] = [piece(), piece()];
  await lanes.free();
  lanes.take(first.work);
  await lanes.free();
  lanes.take(second.work);
  const free = lanes.free();
  expect(await isPending(free)).toBe(true);
  second.end();
  await free;
  const all = lanes.all();
  expect(await isPending(all)).toBe(true);
  first.end();
  await all;
});

test("who waits meets the failure of work that has ended before, and everybody after", async () => {
  const lanes = new Lanes(2);
  const [first, second] = [piece(), piece()];
  lanes.take(first.work);
  lanes.take(second.work);
  const all = lanes.all();
  first.fail(new Error("disk full"));
  await expect(lanes.free()).rejects.toThrow("disk full");
  second.end();
  await expect(all).rejects.toThrow("disk full");
  await expect(lanes.free()).rejects.toThrow("disk full");
});
