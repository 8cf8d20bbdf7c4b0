import { binOf, type GapHistogram, only, quantileBin, secondsOf, together } from "./axis.js";
import { fitGaps } from "./fit.js";
import { DEAD_TIMES, isNight, LEAST_GAPS, LEAST_PART, SHORT_PART, SPLIT_COST } from "./rhythm.js";

/** Parts of equally many gaps, in order of time, in which the screen counts the gaps. */
export const QUARTERS = 4;

/**
 * Bits of evidence for a beacon as far as the gaps by quarter tell: what {@link rhythmOf} would find without knowing more of their order, of
 * outages and of connections that stay open. It asks whether contacts are worth reading one by one, and nothing else: it errs towards yes.
 * Minus infinity where there are too few gaps.
 * @param quarters gaps of a second and more in each quarter
 */
export function glance(quarters: readonly GapHistogram[]): number {
  const all = together(quarters);
  let best = Number.NEGATIVE_INFINITY;
  for (const deadTime of DEAD_TIMES) {
    const dead = binOf(deadTime);
    const shorter = only(all, (bin) => bin < dead).total;
    if (deadTime > (DEAD_TIMES[0] ?? 0) && shorter < all.total * SHORT_PART) continue;
    if (all.total - shorter < LEAST_GAPS) break;
    const views = [quarters.map((each) => only(each, (bin) => bin >= dead))];
    const median = secondsOf(quantileBin(together(views[0] ?? []), 0.5));
    const days = (views[0] ?? []).map((each) => only(each, (bin) => !isNight(secondsOf(bin), median)));
    if (sum(days) < sum(views[0] ?? []) && sum(days) >= LEAST_GAPS) views.push(days);
    for (const view of views) best = Math.max(best, inParts(view, deadTime));
  }
  return best;
}

function inParts(quarters: readonly GapHistogram[], deadTime: number): number {
  const whole = fitGaps(together(quarters), deadTime).bits;
  const [a, b, c, d] = quarters;
  if (whole > 0 || a === undefined || b === undefined || c === undefined || d === undefined) return whole;
  const of = (parts: readonly GapHistogram[]) =>
    parts.some((part) => part.total < LEAST_PART)
      ? Number.NEGATIVE_INFINITY
      : parts.reduce((bits, part) => bits + Math.max(0, fitGaps(part, deadTime).bits), 0) -
        SPLIT_COST * (parts.length - 1);
  return Math.max(whole, of([together([a, b]), together([c, d])]), of(quarters));
}

const sum = (parts: readonly GapHistogram[]): number => parts.reduce((all, { total }) => all + total, 0);
