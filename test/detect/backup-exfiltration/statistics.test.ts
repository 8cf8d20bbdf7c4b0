import { describe, expect, it } from "vitest";
import { isPeriodic, surges } from "../../../src/detect/backup-exfiltration/baseline.js";
import { jobLikeness } from "../../../src/detect/backup-exfiltration/job.js";
import { manifest } from "../../../src/detect/backup-exfiltration/manifest.js";
import { allDays, irregularUploads, type JobShape, nightlyJob, noise } from "./series.js";

/** These runs make the tables of docs/detectors/backup-exfiltration.md: they print them. Seeds are fixed. */
const RUNS = Number(process.env.RUNS ?? 100);
const OPTIONS = {
  deviations: Number(process.env.K ?? manifest.parameters.surge_deviations?.default),
  leastDays: 14,
  leastBytes: 2e7,
};
const JOB = manifest.parameters.job_likeness?.default ?? 0;

const NULLS: Record<string, JobShape> = {
  "even (σ 0.3)": { days: 90, sigma: 0.3 },
  "uneven (σ 0.8)": { days: 90, sigma: 0.8 },
  "fulls on Sunday, ×8": { days: 90, sigma: 0.4, full: 8 },
  "growth ×4 in 90 days": { days: 90, sigma: 0.4, growth: 4 },
  "fulls and growth, a year": { days: 365, sigma: 0.5, full: 10, growth: 5 },
  "workdays only": { days: 90, sigma: 0.5, workdays: true },
  "short, 20 days": { days: 20, sigma: 0.4 },
};

const found = (shape: JobShape, seed: number, plant = 1) => {
  const series = nightlyJob(seed, shape);
  const at = Math.floor(series.length * (0.3 + 0.6 * noise(seed + 7000).next()));
  const planted = series.map((each, index) => (index === at ? { ...each, bytes: each.bytes * plant } : each));
  const days = surges(planted, OPTIONS).map(({ day }) => day);
  return { reported: days.length > 0 && !isPeriodic(days), hit: days.includes(planted[at]?.day ?? -1) };
};
const rate = (count: (seed: number) => boolean, runs = RUNS): number =>
  Array.from({ length: runs }, (_, seed) => seed).filter(count).length / runs;

describe("surges of a regular job", () => {
  it.each(Object.entries(NULLS))(
    "rarely come up where there are none, and are found where planted: %s",
    (name, shape) => {
      const falsely = rate((seed) => found(shape, seed).reported);
      const recall = [5, 10, 30, 100].map((times) => rate((seed) => found(shape, seed, times).hit));
      console.log(
        `| ${name} | ${falsely.toFixed(3)} | ${recall.map((each) => each.toFixed(2)).join(" | ")} |`,
      );
      expect(falsely).toBeLessThanOrEqual(0.02);
      // A job whose sizes vary threefold from night to night hides even a hundred of them now and then.
      expect(recall[3]).toBeGreaterThanOrEqual(shape.sigma <= 0.5 ? 0.95 : 0.7);
      if (shape.sigma <= 0.4 && shape.days >= 90) expect(recall[2]).toBeGreaterThanOrEqual(0.95);
    },
  );

  it("says nothing about a job with few days", () => {
    const series = nightlyJob(1, { days: 12, sigma: 0.3 }).map((each, index) =>
      index === 5 ? { ...each, bytes: each.bytes * 100 } : each,
    );
    expect(surges(series, OPTIONS)).toEqual([]);
  });

  it("gives the expected range in bytes, and the day", () => {
    const series = nightlyJob(3, { days: 60, sigma: 0.3, missed: 0 }).map((each, index) =>
      index === 40 ? { ...each, bytes: 2e10 } : each,
    );
    const [surge, ...rest] = surges(series, OPTIONS);
    expect(rest).toEqual([]);
    expect(surge?.day).toBe(series[40]?.day);
    expect(surge?.expected.median).toBeGreaterThan(4e8);
    expect(surge?.expected.median).toBeLessThan(6.5e8);
    expect(surge?.expected.high).toBeLessThan(1.5e9);
    expect(surge?.expected.low).toBeGreaterThan(1.5e8);
  });

  it("knows full backups by their even distance", () => {
    expect(isPeriodic([0, 30])).toBe(true);
    expect(isPeriodic([3, 10, 17, 31])).toBe(true);
    expect(isPeriodic([5, 19, 40])).toBe(true);
    expect(isPeriodic([5])).toBe(false);
    expect(isPeriodic([5, 17])).toBe(false);
    expect(isPeriodic([1, 2, 3])).toBe(false);
  });
});

describe("likeness to a backup job", () => {
  const likeness = (volumes: Parameters<typeof jobLikeness>[0], days = 90) =>
    jobLikeness(volumes, allDays(days)).likeness ?? 0;

  it.each(Object.entries(NULLS))("a job is told to be one: %s", (name, shape) => {
    const missed = rate((seed) => likeness(nightlyJob(seed, shape), shape.days) < JOB);
    console.log(`| job: ${name} | taken for irregular ${missed.toFixed(3)} |`);
    expect(missed).toBeLessThanOrEqual(0.01);
  });

  it("weekly and monthly jobs are jobs too", () => {
    const weekly = (seed: number) =>
      nightlyJob(seed, { days: 90, sigma: 0.5 }).filter(({ day }) => day % 7 === 2);
    const monthly = (seed: number) =>
      nightlyJob(seed, { days: 120, sigma: 0.5, missed: 0 }).filter(({ day }) => day % 30 === 4);
    expect(rate((seed) => likeness(weekly(seed)) < JOB)).toBeLessThanOrEqual(0.05);
    expect(rate((seed) => likeness(monthly(seed), 120) < JOB)).toBeLessThanOrEqual(0.05);
  });

  it.each([0.7, 1, 1.5, 2, 3])("uploads on %s workdays a week at any office hour are none", (aWeek) => {
    const taken = rate((seed) => {
      const series = irregularUploads(seed, 90, aWeek);
      return series.length >= 3 && likeness(series) >= JOB;
    });
    console.log(`| irregular, ${aWeek} a week | taken for a job ${taken.toFixed(3)} |`);
    expect(taken).toBeLessThanOrEqual(aWeek <= 1.5 ? 0.02 : aWeek <= 2 ? 0.15 : 1);
  });

  it("does not count nights on which nobody watched as missed", () => {
    const job = nightlyJob(5, { days: 60, sigma: 0.3, missed: 0 }).filter(
      (_, index) => index < 20 || index >= 40,
    );
    const outage = allDays(60).filter((_, index) => index < 20 || index >= 40);
    expect(jobLikeness(job, outage).cadence).toBeCloseTo(1, 5);
    expect(jobLikeness(job, allDays(60)).cadence).toBeLessThan(0.8);
  });

  it("has nothing to say about two days", () => {
    expect(
      jobLikeness(nightlyJob(1, { days: 2, sigma: 0.3, missed: 0 }), allDays(90)).likeness,
    ).toBeUndefined();
  });
});
