import { describe, expect, it } from "vitest";
import { manifest } from "../../../src/detect/beaconing/manifest.js";
import { gapHistogram } from "../../../src/detect/beaconing/rhythm/axis.js";
import type { Blind } from "../../../src/detect/beaconing/rhythm/check-ins.js";
import { glance, QUARTERS } from "../../../src/detect/beaconing/rhythm/glance.js";
import { type Rhythm, rhythmOf } from "../../../src/detect/beaconing/rhythm/rhythm.js";
import { BEGIN, type Beaconing, beaconTimes, browsing, DAY, randomTimes, runOf } from "./arrivals.js";

/** The level at which the detector calls contact regular. */
const LEAST = manifest.parameters.min_bits?.default as number;
const bitsOf = (times: readonly number[], blind: Blind = []) =>
  rhythmOf([runOf(times)], blind)?.bits ?? Number.NEGATIVE_INFINITY;
const mainOf = ({ parts }: Rhythm) => parts.reduce((most, part) => (part.gaps > most.gaps ? part : most));

describe("a rhythm survives", () => {
  const CASES: [string, Beaconing][] = [
    ["ten seconds for an hour", { seed: 1, interval: 10, days: 1 / 24 }],
    ["five minutes with 20 % jitter for a day", { seed: 2, interval: 300, jitter: 0.2, days: 1 }],
    ["an hour with 60 % jitter for ten days", { seed: 3, interval: 3600, jitter: 0.6, days: 10 }],
    [
      "ten minutes with half of the check-ins lost",
      { seed: 4, interval: 600, jitter: 0.1, loss: 0.5, days: 3 },
    ],
    ["40 % jitter and a quarter lost", { seed: 5, interval: 900, jitter: 0.4, loss: 0.25, days: 7 }],
    [
      "a host that sleeps at night",
      { seed: 6, interval: 1800, jitter: 0.3, loss: 0.1, days: 14, awake: [8, 18] },
    ],
    ["a day with 30 % jitter for two months", { seed: 7, interval: DAY, jitter: 0.3, days: 60 }],
    ["six hours for a year", { seed: 8, interval: 6 * 3600, jitter: 0.2, loss: 0.2, days: 365 }],
  ];
  it.each(CASES)("%s", (_, beaconing) => {
    const rhythm = rhythmOf([runOf(beaconTimes(beaconing))]);
    expect(rhythm?.bits).toBeGreaterThan(20);
    const { interval } = mainOf(rhythm as Rhythm);
    expect(interval / beaconing.interval).toBeGreaterThan(0.8);
    expect(interval / beaconing.interval).toBeLessThan(1.25);
  });

  it("an interval that changes: each part is told", () => {
    const slow = beaconTimes({ seed: 9, interval: 3600, jitter: 0.1, days: 4 });
    const quick = beaconTimes({ seed: 10, interval: 240, jitter: 0.1, days: 1 }).map((at) => at + 4 * DAY);
    const rhythm = rhythmOf([runOf([...slow, ...quick])]);
    expect(rhythm?.bits).toBeGreaterThan(100);
    const intervals = rhythm?.parts.map(({ interval }) => Math.round(interval)) ?? [];
    for (const each of [3600, 240])
      expect(intervals.some((interval) => Math.abs(interval / each - 1) < 0.15)).toBe(true);
  });

  it("several connections at one check-in", () => {
    const times = beaconTimes({ seed: 11, interval: 600, jitter: 0.2, days: 2 });
    const rhythm = rhythmOf([runOf(times.flatMap((at) => [at, at + 0.3, at + 1.7]))]);
    expect(mainOf(rhythm as Rhythm).interval / 600).toBeCloseTo(1, 0);
    expect(rhythm?.bits).toBeGreaterThan(100);
  });

  it("connections that stay open through check-ins", () => {
    // Every third session is kept open for half an hour to four hours; the next check-in is due after it.
    const ends: number[] = [];
    const times: number[] = [];
    let at = BEGIN;
    for (let number = 0; number < 150; number++) {
      const lasts = number % 3 === 2 ? 1800 + ((number * 7919) % 12_600) : 0;
      times.push(at);
      ends.push(lasts);
      at += lasts + 300 * (0.9 + 0.2 * ((number * 31) % 10) * 0.1);
    }
    const rhythm = rhythmOf([runOf(times, (_, index) => ends[index] ?? 0)]);
    expect(mainOf(rhythm as Rhythm).interval).toBeGreaterThan(250);
    expect(mainOf(rhythm as Rhythm).interval).toBeLessThan(350);
    expect(rhythm?.bits).toBeGreaterThan(100);
  });

  it("an outage of the sensor, which is no pause of the beacon", () => {
    const all = beaconTimes({ seed: 12, interval: 4 * 3600, jitter: 0.1, days: 12 });
    const outages: [number, number][] = [2, 5, 8].map((day) => [
      BEGIN + day * DAY,
      BEGIN + (day + 1.5) * DAY,
    ]);
    const seen = all.filter((at) => !outages.some(([from, to]) => at >= from && at < to));
    expect(bitsOf(seen, outages)).toBeGreaterThan(bitsOf(seen));
    expect(bitsOf(seen, outages)).toBeGreaterThan(20);
  });

  it("contacts that were left out between two runs", () => {
    const times = beaconTimes({ seed: 13, interval: 60, jitter: 0.1, days: 1 });
    const runs = [times.slice(0, 200), times.slice(700, 900)].map((part) => runOf(part));
    const rhythm = rhythmOf(runs);
    expect(rhythm?.gaps).toBe(398);
    expect(rhythm?.kept).toBeLessThan(401 * 66);
  });
});

describe("no rhythm where there is none", () => {
  const share = (make: (seed: number) => number[], runs: number) =>
    Array.from({ length: runs }, (_, seed) => bitsOf(make(seed * 101 + 17))).filter((bits) => bits >= LEAST)
      .length / runs;

  // Stated in the manifest and on the detector's page: one in a hundred.
  it.each([5, 8, 12, 20, 50])("contact at random, %i times", (count) => {
    expect(share((seed) => randomTimes(seed, count, 30), 400)).toBeLessThanOrEqual(0.01);
  });
  it.each([200, 1000])("much contact at random, %i times", (count) => {
    expect(share((seed) => randomTimes(seed, count, 30), 60)).toBe(0);
  });
  it.each([5, 8, 50])("at random in office hours, %i times in a month", (count) => {
    expect(share((seed) => randomTimes(seed, count, 30, true), 400)).toBeLessThanOrEqual(0.01);
  });
  it.each([200, 1000])("much in office hours, %i times in a month", (count) => {
    expect(share((seed) => randomTimes(seed, count, 30, true), 60)).toBe(0);
  });
  // About once on each working day: days themselves are a rhythm of 24 hours with much jitter.
  it.each([12, 20])("about once a working day, %i times in a month: up to three in a hundred", (count) => {
    expect(share((seed) => randomTimes(seed, count, 30, true), 400)).toBeLessThanOrEqual(0.03);
  });
  it.each([3, 10, 40])("a person who browses, %i visits in a month", (visits) => {
    expect(share((seed) => browsing(seed, visits, 30), 150)).toBeLessThanOrEqual(0.02);
  });
  it.each([20, 40, 100, 600])("bursts at random of up to %i seconds, hours apart", (longest) => {
    const bursts = (seed: number) =>
      randomTimes(seed, 30, 14)
        .flatMap((at, burst) => {
          const lasts = burst % 2 === 0 ? longest : longest * 0.7;
          return randomTimes(seed + burst, 40, lasts / DAY).map((each) => at + (each - BEGIN));
        })
        .sort((a, b) => a - b);
    expect(share(bursts, 60)).toBeLessThanOrEqual(0.02);
  });
});

describe("boundaries", () => {
  it("nothing, one contact, and too few gaps have no rhythm", () => {
    expect(rhythmOf([])).toBeUndefined();
    expect(rhythmOf([[]])).toBeUndefined();
    expect(rhythmOf([runOf([BEGIN])])).toBeUndefined();
    expect(rhythmOf([runOf([0, 600, 1200, 1800].map((at) => BEGIN + at))])).toBeUndefined();
    expect(rhythmOf([runOf([0, 600, 1200, 1800, 2400].map((at) => BEGIN + at))])?.gaps).toBe(4);
  });

  it("contacts of one and the same time are one check-in", () => {
    expect(rhythmOf([runOf(new Array<number>(1000).fill(BEGIN))])).toBeUndefined();
    const times = beaconTimes({ seed: 14, interval: 120, days: 1 });
    expect(rhythmOf([runOf(times.flatMap((at) => [at, at, at]))])?.gaps).toBe(times.length - 1);
  });

  it("bits are numbers, whatever the gaps", () => {
    const gaps = [0.01, 0.6, 1, 1.01, 3600, DAY, 59 * DAY, 200 * DAY];
    for (const first of gaps) {
      for (const second of gaps) {
        let at = BEGIN;
        const times = Array.from({ length: 24 }, (_, index) => (at += index % 2 === 0 ? first : second));
        const rhythm = rhythmOf([runOf(times)]);
        if (rhythm !== undefined) expect(rhythm.bits).not.toBeNaN();
      }
    }
  });

  it("gaps of equal length are the surest of all, and more of them are surer", () => {
    const of = (count: number) => bitsOf(Array.from({ length: count }, (_, at) => BEGIN + at * 3600));
    expect(of(5)).toBeGreaterThan(LEAST);
    expect(of(10)).toBeGreaterThan(of(5));
    expect(of(1000)).toBeGreaterThan(of(10));
  });
});

describe("a glance at the gaps", () => {
  const quartersOf = (times: readonly number[]) => {
    const gaps = times
      .slice(1)
      .map((at, index) => at - (times[index] as number))
      .filter((gap) => gap >= 1);
    return Array.from({ length: QUARTERS }, (_, quarter) =>
      gapHistogram(gaps.filter((_, at) => Math.floor((QUARTERS * at) / gaps.length) === quarter)),
    );
  };
  const glanceAt = (times: readonly number[]) => glance(quartersOf(times), LEAST - 4);

  it("falls short of no rhythm that reading finds", () => {
    let found = 0;
    for (let seed = 0; seed < 200; seed++) {
      const times = beaconTimes({
        seed,
        interval: 60 * 2 ** (seed % 9),
        jitter: (seed % 7) / 10,
        loss: (seed % 4) / 8,
        days: 60 / 1440 + (2 ** (seed % 9) * (10 + (seed % 40))) / 1440,
        ...(seed % 5 === 0 ? { awake: [8, 18] as const } : {}),
      });
      if (bitsOf(times) < LEAST) continue;
      found += 1;
      expect(glanceAt(times), `seed ${seed}`).toBeGreaterThanOrEqual(LEAST - 4);
    }
    expect(found).toBeGreaterThan(100);
  });

  it("sees intervals that change", () => {
    const times = [1800, 200, 7200].flatMap((interval, part) =>
      beaconTimes({ seed: part, interval, jitter: 0.1, days: (interval * 30) / DAY }).map(
        (at) => at + part * 10 * DAY,
      ),
    );
    expect(bitsOf(times)).toBeGreaterThan(LEAST);
    expect(glanceAt(times)).toBeGreaterThanOrEqual(LEAST - 4);
  });

  it("passes over most of what is random", () => {
    const passed = Array.from({ length: 400 }, (_, seed) => glanceAt(randomTimes(seed, 5 + (seed % 40), 30)));
    expect(passed.filter((bits) => bits >= LEAST - 4).length).toBeLessThanOrEqual(20);
    expect(glanceAt([])).toBe(Number.NEGATIVE_INFINITY);
  });
});
