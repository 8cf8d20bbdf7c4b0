import { binOf, type GapHistogram, only, quantileBin, secondsOf, together } from "./axis.js";
import { bitsOf } from "./fit.js";
import { DEAD_TIMES, isNight, LEAST_GAPS, LEAST_PART, SHORT_PART, SPLIT_COST } from "./rhythm.js";

/** Parts of equally many gaps, in order of time, in which the screen counts the gaps. */
export const QUARTERS = 4;

/**
 * Bits of evidence for a beacon as far as the gaps by quarter tell: what {@link rhythmOf} would find without knowing more of their order, of
 * outages and of connections that stay open. It asks whether contacts are worth reading one by one, and nothing else: it errs towards yes.
 * Minus infinity where there are too few gaps, or where there is no doubt that it is less than `least`.
 * @param quarters gaps of a second and more in each quarter
 */
export function glance(quarters: readonly GapHistogram[], least: number): number {
  const all = together(quarters);
  let best = Number.NEGATIVE_INFINITY;
  for (const deadTime of DEAD_TIMES) {
    const dead = binOf(deadTime);
    const shorter = below(all, dead);
    if (deadTime > (DEAD_TIMES[0] ?? 0) && shorter < all.total * SHORT_PART) continue;
    if (all.total - shorter < LEAST_GAPS) break;
    const whole = shorter === 0 ? all : only(all, (bin) => bin >= dead);
    best = Math.max(
      best,
      inParts(whole, quarters, (bin) => bin >= dead, deadTime, least),
    );
    const median = secondsOf(quantileBin(whole, 0.5));
    const isDay = (bin: number) => !isNight(secondsOf(bin), median);
    if (whole.bins.every(isDay)) continue;
    const days = only(whole, isDay);
    if (days.total < LEAST_GAPS) continue;
    best = Math.max(
      best,
      inParts(days, quarters, (bin) => bin >= dead && isDay(bin), deadTime, least),
    );
  }
  return best;
}

function below({ bins, counts }: GapHistogram, limit: number): number {
  let sum = 0;
  for (let at = 0; at < bins.length && (bins[at] as number) < limit; at++) sum += counts[at] as number;
  return sum;
}

/** @param isSeen bins of the quarters that are in the whole */
function inParts(
  whole: GapHistogram,
  quarters: readonly GapHistogram[],
  isSeen: (bin: number) => boolean,
  deadTime: number,
  least: number,
): number {
  const one = bitsOf(whole, deadTime, least);
  if (one >= least || whole.total < 2 * LEAST_PART) return one;
  const [a, b, c, d] = quarters.map((each) => only(each, isSeen));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return one;
  const of = (parts: readonly GapHistogram[]) => {
    const cost = SPLIT_COST * (parts.length - 1);
    // Parts that reach the least together have one with its share of it: to ask for that costs much less than to know each part's bits.
    const share = (least + cost) / parts.length;
    const isHopeless =
      parts.some((part) => part.total < LEAST_PART) ||
      parts.every((part) => bitsOf(part, deadTime, share) < share);
    if (isHopeless) return Number.NEGATIVE_INFINITY;
    return parts.reduce((sum, part) => sum + Math.max(0, bitsOf(part, deadTime, 0)), 0) - cost;
  };
  return Math.max(one, of([together([a, b]), together([c, d])]), of([a, b, c, d]));
}
