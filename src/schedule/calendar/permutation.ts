import type { Episode } from "./episode.js";

/** Steps of the grid on which sums are counted; a step is far below the spread of any statistic of interest. */
const GRID = 4096;

/**
 * Variance of an ordinary week's count beyond chance, relative to its square, that is assumed at least: nobody's weeks are steadier than ±20 %, and a dozen weeks
 * that happen to be alike do not prove it.
 */
export const LEAST_DISPERSION = 0.04;

/**
 * How much busier or quieter days differ from one another than chance alone lets them, from the matched weeks: the variance of a position's
 * count is expected + dispersion × expected².
 */
export function dispersionOf(episodes: readonly Episode[]): number {
  let excess = 0;
  let squares = 0;
  for (const { matched } of episodes) {
    const counts = matched.map(({ events }) => events);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    excess += variance - mean;
    squares += mean * mean;
  }
  return Math.max(LEAST_DISPERSION, squares === 0 ? 0 : excess / squares);
}

/**
 * What each position of an episode would contribute to the test, the observed one first: its score against the mean of all positions, weighed by how
 * much an episode of that size can tell. Observed and matched positions enter alike, so that under the null hypothesis any of them could be the one.
 */
function contributions({ observed, matched }: Episode, dispersion: number): number[] {
  const positions = [observed, ...matched];
  const mean = positions.reduce((sum, { score }) => sum + score, 0) / positions.length;
  const events = positions.reduce((sum, position) => sum + position.events, 0) / positions.length;
  const days = positions.reduce((sum, position) => sum + position.days, 0) / positions.length;
  const rate = days === 0 ? 0 : events / days;
  const weight = Math.sqrt(rate) / (1 + dispersion * rate);
  return positions.map(({ score }) => weight * (score - mean));
}

/**
 * One-sided p-value of "these episodes are quieter (or busier) than the ordinary weeks around them": each episode is put independently into any of its
 * positions, and the share of arrangements at least as extreme as the observed one is counted exactly, on a grid. One episode among twelve matched weeks
 * can never be below 1/13, whatever was seen: no single holiday proves a calendar.
 */
export function permutationP(episodes: readonly Episode[], direction: "quieter" | "busier"): number | null {
  if (episodes.length === 0) return null;
  const dispersion = dispersionOf(episodes);
  const sign = direction === "quieter" ? 1 : -1;
  const values = episodes.map((episode) => contributions(episode, dispersion).map((value) => sign * value));
  const range = values.reduce((sum, each) => sum + Math.max(...each) - Math.min(...each), 0);
  if (range === 0) return 1;
  const step = range / GRID;
  const steps = values.map((each) => {
    const lowest = Math.min(...each);
    return each.map((value) => Math.round((value - lowest) / step));
  });
  let distribution = new Float64Array([1]);
  for (const each of steps) {
    const next = new Float64Array(distribution.length + Math.max(...each));
    for (const shift of each) {
      for (let sum = 0; sum < distribution.length; sum++)
        next[sum + shift] = (next[sum + shift] ?? 0) + (distribution[sum] ?? 0) / each.length;
    }
    distribution = next;
  }
  const observed = steps.reduce((sum, each) => sum + (each[0] ?? 0), 0);
  let p = 0;
  for (let sum = 0; sum <= observed; sum++) p += distribution[sum] ?? 0;
  return Math.min(1, p);
}

/** Holm's step-down correction: p-values in the order given, each as the error rate over all the questions at which it would just count. */
export function holm(values: readonly (number | null)[], asked: number): (number | null)[] {
  const order = values
    .map((p, index) => ({ p, index }))
    .filter((each): each is { p: number; index: number } => each.p !== null)
    .sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = values.map(() => null);
  let highest = 0;
  order.forEach(({ p, index }, rank) => {
    highest = Math.max(highest, Math.min(1, p * (Math.max(asked, order.length) - rank)));
    corrected[index] = highest;
  });
  return corrected;
}
