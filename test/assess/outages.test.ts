import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outagesOf } from "../../src/model/outage.js";

/** Hours since 1970 at which 7 August 2023, a Monday, begins. */
const MONDAY = 469_824;
const WEEKS = 10;

/** A reproducible stream of numbers in 0..1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function hoursWhere(keep: (hour: number, weekday: number, at: number) => boolean): number[] {
  return Array.from({ length: WEEKS * 168 }, (_, at) => at)
    .filter((at) => keep(at % 24, Math.floor(at / 24) % 7, at))
    .map((at) => MONDAY + at);
}
const office = (hour: number, weekday: number) => weekday < 5 && hour >= 8 && hour < 18;
const within = (at: number, from: number, to: number) => at >= from && at < to;

describe("outages of a sensor, by its own rhythm", () => {
  it("starts on a Monday", () => {
    expect(new Date(MONDAY * 3_600_000).toISOString()).toBe("2023-08-07T00:00:00.000Z");
  });

  it("finds two silent days of a busy sensor, to the hour", () => {
    const hours = hoursWhere((_, __, at) => !within(at, 500, 548));
    expect(outagesOf(hours)).toEqual([{ from: MONDAY + 500, to: MONDAY + 548 }]);
  });

  it("finds several outages of different length", () => {
    const hours = hoursWhere(
      (_, __, at) => !within(at, 100, 100 + 14 * 24) && !within(at, 700, 748) && !within(at, 1200, 1203),
    );
    expect(outagesOf(hours).map((run) => run.to - run.from)).toEqual([336, 48, 3]);
  });

  it("does not call one silent hour of a busy sensor an outage", () => {
    expect(outagesOf(hoursWhere((_, __, at) => at !== 500))).toEqual([]);
  });

  it("lets a sensor sleep every night and every weekend", () => {
    expect(outagesOf(hoursWhere(office))).toEqual([]);
  });

  it("does not call one public holiday of an office an outage, but a week, without the nights at its edges", () => {
    const holiday = hoursWhere((hour, weekday, at) => office(hour, weekday) && !within(at, 14 * 24, 15 * 24));
    expect(outagesOf(holiday)).toEqual([]);
    const week = hoursWhere((hour, weekday, at) => office(hour, weekday) && !within(at, 14 * 24, 21 * 24));
    const [outage] = outagesOf(week);
    expect(outage).toEqual({ from: MONDAY + 14 * 24 + 8, to: MONDAY + 18 * 24 + 18 });
  });

  it("has few certain outages where there are few records", () => {
    const next = random(7);
    const sparse = hoursWhere(() => next() < 0.15);
    expect(outagesOf(sparse)).toEqual([]);
    const gap = sparse.filter((hour) => !within(hour - MONDAY, 600, 600 + 8 * 24));
    expect(outagesOf(gap)).toHaveLength(1);
  });

  it("keeps its rate of false alarms, whatever the density of records", () => {
    const next = random(42);
    let alarms = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const density = 0.05 + 0.9 * next();
      if (outagesOf(hoursWhere(() => next() < density)).length > 0) alarms++;
    }
    // Stated: at most 1 %. Three standard errors above that for 300 runs.
    expect(alarms).toBeLessThanOrEqual(8);
  });

  it("reports only hours without a record, and nothing outside the sensor's own time", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 2000 }), { maxLength: 300 }), (list) => {
        const hours = list.sort((a, b) => a - b);
        for (const run of outagesOf(hours)) {
          expect(run.to).toBeGreaterThan(run.from);
          expect(hours.some((hour) => hour >= run.from && hour < run.to)).toBe(false);
          expect(run.from).toBeGreaterThan(hours[0] as number);
          expect(run.to).toBeLessThanOrEqual(hours.at(-1) as number);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
