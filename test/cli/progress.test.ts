import { expect, it } from "vitest";
import { payload } from "../../src/cli/progress.js";

const since = (seconds: number) => performance.now() - seconds * 1000;
const bytes = { step: "ingest", unit: "bytes" as const, total: 1000e6 };

it("says how long a step still takes only where there is a pace to go by", () => {
  expect(payload({ ...bytes, done: 250e6 }, since(10)).left).toBe("ETA 30 s");
  expect(payload({ ...bytes, done: 100e6 }, since(60)).left).toBe("ETA 9 min 0 s");
  expect(payload({ ...bytes, done: 10e6 }, since(60)).left).toBe("ETA 1 h 39 min");
  expect(payload({ ...bytes, done: 250e6 }, since(1)).left).toBe("");
  expect(payload({ ...bytes, done: 1e6 }, since(60)).left).toBe("");
  expect(payload({ step: "detect", unit: "detectors", done: 1, total: 5 }, since(60)).left).toBe("");
});

it("lets no name of a file drive the terminal", () => {
  const item = "\u001b]0;owned\u0007\u202egpj.log";
  expect(payload({ ...bytes, done: 0, item }, since(0)).item).toBe("?]0;owned??gpj.log");
});
