import { ascending, quantile } from "../shared/robust.js";
import type { Episode } from "./uploads.js";

/** What was sent in the same hours of other days. Bytes. */
export interface Usual {
  /** Days that could be compared: watched in all hours of the window. */
  days: number;
  /** Half of the days had at most this. */
  median: number;
  /** Nine days in ten had at most this. */
  high: number;
}

/** Hours by which the window of other days is wider on either side: a job does not begin on the minute. */
const SLACK = 2;

/**
 * What a host (or an organisation) sent in the hours of an upload on every other watched day. The day itself is left out and the window
 * of the others is two hours wider on both sides, so a job that comes each night explains itself. Nothing is assumed about the
 * distribution: with 90 days, 1 in 10 is exceeded on 9 of them, which is why this alone never makes a finding.
 */
export function usualInWindow(
  episode: Pick<Episode, "from" | "to">,
  series: ReadonlyMap<number, number>,
  watched: ReadonlySet<number>,
  span: { from: number; to: number },
): Usual {
  const { from, to } = episode;
  const days: number[] = [];
  const least = Math.max(1, Math.ceil((to - from + 1 + 2 * SLACK) / 24));
  const before = Math.floor((from - span.from) / 24);
  const after = Math.floor((span.to - to) / 24);
  for (let shift = -before; shift <= after; shift++) {
    if (Math.abs(shift) < least) continue;
    const total = windowSum(from + shift * 24, to + shift * 24, series, watched);
    if (total !== undefined) days.push(total);
  }
  const sorted = ascending(days);
  return days.length === 0
    ? { days: 0, median: 0, high: 0 }
    : { days: days.length, median: quantile(sorted, 0.5), high: quantile(sorted, 0.9) };
}

function windowSum(
  from: number,
  to: number,
  series: ReadonlyMap<number, number>,
  watched: ReadonlySet<number>,
): number | undefined {
  let sum = 0;
  for (let hour = from - SLACK; hour <= to + SLACK; hour++) {
    if (hour >= from && hour <= to && !watched.has(hour)) return undefined;
    sum += series.get(hour) ?? 0;
  }
  return sum;
}

/** Share of the bytes that lie beyond what nine of ten other days had in the same hours. 0 where there was no day to compare. */
export function shareBeyond(episodes: readonly { out: number; usual: Usual }[]): number {
  const total = episodes.reduce((sum, each) => sum + each.out, 0);
  const beyond = episodes.reduce(
    (sum, { out, usual }) => sum + (usual.days === 0 ? 0 : Math.max(0, out - usual.high)),
    0,
  );
  return total === 0 ? 0 : beyond / total;
}
