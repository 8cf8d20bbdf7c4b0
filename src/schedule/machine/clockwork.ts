import { DAY, HOUR, MINUTE } from "../../kernel/time.js";

/**
 * Scheduled jobs: phases of the hour and of the day in which far more events lie than a smooth habit could put there. A wrapped-phase mixture
 * with an even background (Sanna Passino & Heard 2020, doi 10.1007/s11222-020-09943-9), reduced to its densest window.
 */
const CLOCKS: readonly { period: number; window: number; share: number }[] = [
  { period: HOUR, window: 2 * MINUTE, share: 0.3 },
  { period: DAY, window: 10 * MINUTE, share: 0.25 },
];
const LEAST = 20;
/** Runs of one job below which a cluster of times is chance. */
const LEAST_RUNS = 12;

export interface ScheduledJob {
  period: number;
  /** Milliseconds into the period at which its window begins. */
  phase: number;
  window: number;
}

/** The job that explains most of these times; undefined where none does. */
export function findJob(times: readonly number[]): ScheduledJob | undefined {
  if (times.length < LEAST) return undefined;
  const resolution = resolutionOf(times);
  for (const { period, window, share } of CLOCKS) {
    // Times that were rounded to the hour all lie at its beginning.
    if (resolution > window / 2) continue;
    const phases = times.map((time) => time % period).sort((a, b) => a - b);
    const { count, phase } = densest(phases, period, window);
    const expected = (times.length * window) / period;
    // The densest of many windows has more than its share by chance: Poisson, with the number of windows in the bound.
    const bound = expected + 5 * Math.sqrt(expected) + 5;
    if (count >= LEAST_RUNS && count >= share * times.length && count > bound)
      return { period, phase, window };
  }
  return undefined;
}

export function isOfJob({ period, phase, window }: ScheduledJob, time: number): boolean {
  return (((time - phase) % period) + period) % period <= window;
}

/** Milliseconds to which all times seem to be rounded: an hour, a minute, or 1. */
function resolutionOf(times: readonly number[]): number {
  return (
    [HOUR, 30 * MINUTE, 15 * MINUTE, 5 * MINUTE, MINUTE].find((unit) =>
      times.every((time) => time % unit === 0),
    ) ?? 1
  );
}

function densest(
  phases: readonly number[],
  period: number,
  window: number,
): { count: number; phase: number } {
  const twice = [...phases, ...phases.map((phase) => phase + period)];
  let best = { count: 0, phase: 0 };
  let end = 0;
  for (const [first, phase] of phases.entries()) {
    while (end < twice.length && (twice[end] as number) <= phase + window) end++;
    if (end - first > best.count) best = { count: end - first, phase };
  }
  return best;
}
