import { describe, expect, it } from "vitest";
import { rateOf } from "../../src/schedule/calendar/effect.js";
import { countProbability, tailAbove, tailBelow } from "../../src/schedule/calendar/likelihood.js";

describe("tails of a negative binomial count", () => {
  it.each([
    [0, 3, 0.1],
    [5, 3, 0.1],
    [40, 50, 0.04],
    [70, 50, 0.04],
    [12, 12, 0],
  ])("of %i at mean %d, dispersion %d are the sums of its probabilities", (count, mean, dispersion) => {
    let below = 0;
    for (let k = 0; k <= count; k++) below += countProbability(k, mean, dispersion);
    expect(tailBelow(count, mean, dispersion)).toBeCloseTo(below, 9);
    expect(tailAbove(count + 1, mean, dispersion)).toBeCloseTo(1 - below, 9);
  });

  it("keep their digits where the count is far from the mean", () => {
    for (const mean of [1e-4, 0.1, 10, 100]) {
      expect(tailAbove(2000, mean, 0.01)).toBeLessThan(1e-12);
      expect(tailBelow(2000, mean, 0.01)).toBe(1);
    }
    expect(tailBelow(20, 2000, 0.01)).toBeLessThan(1e-12);
    expect(tailBelow(20, 2000, 0.01)).toBeGreaterThan(0);
  });
});

it("a rate of many events has an interval on both sides", () => {
  const week = (events: number) => ({ events, days: 5, score: 5 * Math.sqrt(events / 5) });
  const episodes = Array.from({ length: 30 }, (_, index) => ({
    start: `2020-01-${index + 1}`,
    name: "",
    observed: week(98 + (index % 5)),
    matched: Array.from({ length: 12 }, (_, at) => week(94 + at)),
  }));
  const { ratio, interval95 } = rateOf(episodes);
  expect(ratio).toBeGreaterThan(0.9);
  expect(interval95?.[0]).toBeGreaterThan(0.8);
  expect(interval95?.[1]).toBeLessThan(1.25);
});
