import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PortCommonness, unitsOf } from "../../../src/detect/many-odd-ports/units.js";
import { portKind } from "../../../src/detect/shared/service-ports.js";

const nobody = new PortCommonness(new Map(), 2000);
const ports = (list: readonly number[], commonness = nobody) =>
  unitsOf(list, commonness).map((unit) => unit.ports);

describe("ports as services", () => {
  it("joins neighbours and families, and leaves ordinary ports out", () => {
    expect(ports([80, 81, 82, 443, 769, 4433, 8086, 8089])).toEqual([
      [81, 82],
      [769],
      [4433],
      [8086],
      [8089],
    ]);
    expect(ports([7100, 7102, 7104, 7107])).toEqual([[7100, 7102, 7104], [7107]]);
    expect(ports([50_000, 50_090, 50_180, 50_300])).toEqual([[50_000, 50_090, 50_180], [50_300]]);
    expect(ports([1720, 3235, 5060, 25, 993])).toEqual([[1720, 3235, 5060]]);
  });

  it("counts a known service and an alternative for the web half", () => {
    expect(unitsOf([5000, 8888, 9200], nobody).map((unit) => unit.points)).toEqual([1, 0.5, 0.5]);
  });

  it("counts nothing for a port that is usual in the telemetry", () => {
    const points = (servers: number, all = 2000) =>
      unitsOf([9200], new PortCommonness(new Map([[9200, servers]]), all))[0]?.points ?? Number.NaN;
    expect([1, 3].map((servers) => points(servers))).toEqual([1, 1]);
    expect(points(8)).toBeGreaterThan(0.3);
    expect(points(8)).toBeLessThan(0.7);
    expect(points(21)).toBe(0);
    // The same eight servers are nothing among a million.
    expect(points(8, 1_000_000)).toBe(1);
  });

  it("never makes more of fewer ports, and keeps every odd one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 60 }), (list) => {
        const units = unitsOf(list, nobody);
        expect(units.length).toBeLessThanOrEqual(list.length);
        expect(units.flatMap((unit) => unit.ports).sort((a, b) => a - b)).toEqual(
          list.filter((port) => portKind(port).oddness > 0).sort((a, b) => a - b),
        );
      }),
    );
  });
});
