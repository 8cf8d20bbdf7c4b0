import { describe, expect, it } from "vitest";
import { judgedDays, reliability, type SensorDay } from "../../../src/detect/false-protocol/gate.js";

const LIMITS = { share: 0.5, busy: 20 };
const day = (
  number: number,
  recognised: number,
  whole: number,
  more: Partial<SensorDay> = {},
): SensorDay => ({
  sensor: "s",
  product: "zeek",
  port: 443,
  day: number,
  whole,
  recognised,
  tls: recognised,
  ...more,
});
const spans = (days: readonly SensorDay[]) => judgedDays(days, LIMITS).map(({ from, to }) => [from, to]);

describe("days that are judged", () => {
  it("are those on which the protocol is recognised, in runs", () => {
    expect(spans([day(1, 90, 100), day(2, 95, 100), day(4, 90, 100)])).toEqual([
      [1, 2],
      [4, 4],
    ]);
  });

  it("leave out a busy day without recognition, however good its week", () => {
    expect(spans([day(1, 90, 100), day(2, 0, 60), day(3, 90, 100)])).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it("take a quiet day by the week around it", () => {
    expect(spans([day(1, 90, 100), day(2, 0, 5), day(3, 0, 5), day(9, 0, 5)])).toEqual([[1, 3]]);
  });

  it("are none where nothing is ever recognised", () => {
    expect(spans([day(1, 0, 5), day(2, 0, 500)])).toEqual([]);
    expect(spans([])).toEqual([]);
  });

  it("take a port with little traffic by both ports together", () => {
    expect(spans([day(1, 0, 1), day(1, 50, 52, { port: 80 })])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(spans([day(1, 0, 30), day(1, 50, 52, { port: 80 })])).toEqual([[1, 1]]);
  });

  it("are asked of each sensor and product", () => {
    const judged = judgedDays(
      [day(1, 90, 100), day(1, 0, 100, { sensor: "router", product: "argus" })],
      LIMITS,
    );
    expect(judged).toEqual([{ sensor: "s", product: "zeek", port: 443, from: 1, to: 1 }]);
  });

  it("give the share of what the sensor recognises", () => {
    const days = [day(1, 90, 100), day(2, 0, 60), day(3, 50, 100)];
    expect(reliability(days, judgedDays(days, LIMITS))).toEqual(new Map([["s|zeek|443", 0.7]]));
  });
});
