import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  believed,
  discount,
  posteriors,
  scaleOf,
  techniqueRatio,
  weighted,
} from "../../../src/assess/attribution/likelihood.js";

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const log = fc.double({ min: -500, max: 500, noNaN: true });

describe("posteriors", () => {
  it("sum to one, and keep the order of equal priors", () => {
    fc.assert(
      fc.property(fc.array(log, { minLength: 1, maxLength: 40 }), (logs) => {
        const found = posteriors(
          logs.map(() => 1 / logs.length),
          logs,
        );
        expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        const best = logs.indexOf(Math.max(...logs));
        expect(found[best]).toBe(Math.max(...found));
      }),
    );
  });

  it("are Bayes' rule", () => {
    const [a, b] = posteriors([0.9, 0.1], [0, Math.log(9)]);
    expect(a).toBeCloseTo(0.5);
    expect(b).toBeCloseTo(0.5);
  });

  it("need a prior", () => expect(() => posteriors([0, 0], [1, 2])).toThrow(RangeError));
});

describe("technique ratio", () => {
  it("has the mean 1 over the background, however long the description", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 200 }), (holds) => {
        const share = 1 / holds.length;
        const size = holds.filter(Boolean).length;
        const ratios = holds.map((one) => techniqueRatio(one ? 1 : 0, share, size));
        const mean = ratios.reduce((sum, ratio) => sum + ratio * share, 0);
        // The limit on one technique only ever takes away.
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
        if (ratios.every((ratio) => ratio < 30)) expect(mean).toBeCloseTo(1, 9);
      }),
    );
  });

  it("says more of a rare technique than of a common one, and less of a group that does much", () => {
    expect(techniqueRatio(1, 0.001, 20)).toBeGreaterThan(techniqueRatio(1, 0.05, 20));
    expect(techniqueRatio(1, 0.05, 10)).toBeGreaterThan(techniqueRatio(1, 0.05, 100));
    expect(techniqueRatio(0, 0.05, 100)).toBeLessThan(1);
  });
});

describe("one scale for all repertoires", () => {
  it("has the mean 0 and a limited spread in the background", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 30, noNaN: true }), { minLength: 2, maxLength: 50 }),
        (ratios) => {
          const shares = ratios.map(() => 1 / ratios.length);
          const scale = scaleOf(shares, ratios);
          const values = ratios.map(scale.of);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          expect(mean).toBeCloseTo(0, 9);
          const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
          expect(variance).toBeCloseTo(scale.variance, 9);
          expect(Math.sqrt(scale.variance)).toBeLessThanOrEqual(0.42 + 1e-9);
        },
      ),
    );
  });

  it("counts for nothing with a weight of nothing", () => expect(weighted(3, 1, 0)).toBe(0));
});

describe("belief and independence", () => {
  it("keep a ratio between what it is and 1", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 5_000, noNaN: true }), unit, (ratio, credence) => {
        const found = believed(ratio, credence);
        expect(found).toBeGreaterThanOrEqual(Math.min(1, ratio) - 1e-9);
        expect(found).toBeLessThanOrEqual(Math.max(1, ratio) + 1e-9);
      }),
    );
  });

  it("never let many traces of one report count as two", () => {
    const total = Array.from({ length: 60 }, (_, at) => discount(at)).reduce((sum, value) => sum + value, 0);
    expect(total).toBeLessThanOrEqual(2);
  });
});
