import { describe, expect, it } from "vitest";
import {
  attemptsOf,
  bestRhythm,
  isRegular,
  rhythmOf,
  type Try,
} from "../../../src/detect/failed-beacon/attempts.js";
import { random } from "../cloud-masquerade/world.js";

/** Tries at these times (seconds), each from a port of its own. */
const tries = (...seconds: number[]): Try[] => seconds.map((at, n) => ({ at: at * 1000, port: 40_000 + n }));

describe("attempts", () => {
  it("are runs without a long pause, however long the run", () => {
    expect(attemptsOf(tries(0, 1, 2, 60, 61, 120), 10_000)).toEqual([
      { from: 0, to: 2_000 },
      { from: 60_000, to: 61_000 },
      { from: 120_000, to: 120_000 },
    ]);
    expect(attemptsOf(tries(0, 9, 18, 27, 36), 10_000)).toEqual([{ from: 0, to: 36_000 }]);
    expect(attemptsOf([], 10_000)).toEqual([]);
  });

  it("are one while a source port is used on, as systems repeat a SYN", () => {
    const syns = [0, 1, 3, 7, 15, 31, 63].map((at) => ({ at: at * 1000, port: 40_000 }));
    expect(attemptsOf(syns, 500)).toEqual([{ from: 0, to: 63_000 }]);
    expect(attemptsOf([...syns, { at: 300_000, port: 40_000 }], 500)).toHaveLength(2);
    // Without a port in the log nothing is known of it.
    expect(
      attemptsOf(
        syns.map(({ at }) => ({ at, port: 0 })),
        500,
      ),
    ).toHaveLength(7);
  });
});

describe("rhythm", () => {
  it("survives nights: long pauses are few among the intervals", () => {
    const starts = [0, 1, 2].flatMap((day) =>
      Array.from({ length: 16 }, (_, n) => day * 86_400_000 + n * 1_800_000).map((at) => ({
        from: at,
        to: at,
      })),
    );
    expect(rhythmOf(starts, 10_000)).toMatchObject({ attempts: 48, interval: 1800 });
    expect(rhythmOf(starts, 10_000).share).toBeGreaterThan(0.95);
  });

  it("looks at waits, which a pause does not make regular", () => {
    // Every attempt a second or more after the pause of ten: intervals of 11 to 20 seconds look alike, waits of 1 to 10 do not.
    const waits = [1, 8, 3, 10, 2, 6, 9, 1, 4, 7, 10, 2, 5, 8, 1, 9, 3, 6, 10, 2, 7];
    let at = 0;
    const attempts = waits.map((wait) => {
      at += 10_000 + wait * 1000;
      return { from: at, to: at };
    });
    expect(rhythmOf(attempts, 10_000).share).toBeLessThan(0.35);
    expect(rhythmOf(attempts, 0).share).toBeGreaterThanOrEqual(0.9);
  });

  it("reads three quick tries a minute and a try each two seconds, each as what it is", () => {
    const bursts = Array.from({ length: 40 }, (_, n) => [n * 60, n * 60 + 0.5, n * 60 + 1.1]).flat();
    expect(bestRhythm(tries(...bursts), 10_000, 20)).toMatchObject({ attempts: 40, interval: 60, share: 1 });
    const dense = Array.from({ length: 100 }, (_, n) => n * 2);
    expect(bestRhythm(tries(...dense), 10_000, 20)).toMatchObject({ attempts: 100, interval: 2, share: 1 });
  });
});

describe("regular, as a statistic", () => {
  const next = random(2024);
  const uniform = () => (next() * 2 ** 32 + 0.5) / (2 ** 32 + 1);
  const shareRegular = (gap: () => number, count: number, runs: number): number => {
    let found = 0;
    for (let run = 0; run < runs; run++) {
      let at = 0;
      const made = Array.from({ length: count }, (_, n) => {
        at += gap();
        return { at: at * 1000, port: 40_000 + n };
      });
      const rhythm = bestRhythm(made, 10_000, 20);
      if (rhythm.attempts >= 20 && isRegular(rhythm, 0.5)) found += 1;
    }
    return found / runs;
  };

  it.each([0.5, 1, 5, 10, 12, 20, 60, 600])(
    "is said of random tries every %s s in 1 of 100 at most",
    (mean) => {
      for (const count of [25, 60, 200, 500])
        expect(
          shareRegular(() => -Math.log(uniform()) * mean, count, 300),
          `${count} tries`,
        ).toBeLessThanOrEqual(0.01);
    },
  );

  it.each([10, 15, 60, 3600])(
    "is said of a timer of %s s with little jitter always, with half its period from 60 tries on",
    (mean) => {
      const jittered = (jitter: number) => () => mean * (1 + (uniform() * 2 - 1) * jitter);
      expect(shareRegular(jittered(0.3), 25, 200)).toBeGreaterThan(0.99);
      expect(shareRegular(jittered(0.5), 60, 200)).toBeGreaterThan(0.8);
    },
  );
});
