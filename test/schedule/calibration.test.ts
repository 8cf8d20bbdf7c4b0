import { describe, expect, it } from "vitest";
import { coverage, errors, holidayErrors, seedsFrom } from "./calibration.js";

/**
 * What the analysis states of itself, held against simulated people whose days are not of the family that it assumes. Seeds are fixed, so a failure is a
 * change of the engine and not bad luck; `npm run bench -- schedule` repeats this with more than 1,000 runs of other seeds.
 */
describe("200 interactive events of an office at UTC+8", () => {
  it("the 95 % interval holds the true offset in 93 of 100 runs, is four hours wide at most, and the best estimate is near", () => {
    const { runs, told, covered, withinAnHour, medianWidthHours } = coverage(seedsFrom(1, 200));
    expect(told).toBeGreaterThanOrEqual(0.97 * runs);
    expect(covered).toBeGreaterThanOrEqual(0.93 * told);
    expect(withinAnHour).toBeGreaterThanOrEqual(0.9 * told);
    expect(medianWidthHours).toBeLessThanOrEqual(4);
  });
});

describe("where there is neither a foreign zone nor a holiday effect, they come up at the stated rate of 5 % at most", () => {
  it("activity at any time", () => {
    const { runs, foreign, holidayEffect, human } = errors("no schedule", seedsFrom(5001, 60));
    expect(foreign).toBeLessThanOrEqual(0.05 * runs);
    expect(holidayEffect).toBeLessThanOrEqual(0.05 * runs);
    expect(human).toBeLessThanOrEqual(0.05 * runs);
  });

  it("activity of the watched place's own people", () => {
    const { runs, foreign, holidayEffect, human } = errors("the victim's schedule", seedsFrom(6001, 60));
    expect(foreign).toBeLessThanOrEqual(0.05 * runs);
    expect(holidayEffect).toBeLessThanOrEqual(0.05 * runs);
    // Not by saying nothing: that there are people is seen.
    expect(human).toBeGreaterThanOrEqual(0.9 * runs);
  });

  it("people who keep nobody's holidays, with better and worse weeks and vacations of their own", () => {
    const { runs, fits, single } = holidayErrors(seedsFrom(7001, 60));
    expect(fits + single).toBeLessThanOrEqual(0.05 * runs);
  });
});
