/** One connection, or one question to the DNS: when it began (milliseconds UTC) and from which port. */
export interface Try {
  at: number;
  /** Source port; 0 where the log has none, or where it is kept for all tries (UDP). */
  port: number;
}

/**
 * How long a system goes on with one connection attempt from one source port: Linux sends its last SYN after 63 seconds and gives up after
 * 127 (tcp_syn_retries 6, tcp(7)); Windows repeats a refused one at once.
 */
const SAME_ATTEMPT = 130_000;

/**
 * Attempts among these tries (in order of time): each is the beginning of a run in which no pause is longer than `pause` milliseconds, or in
 * which a source port is used on. Runs are not cut at a fixed length: that would make a rhythm of anything dense.
 */
export function attemptsOf(tries: readonly Try[], pause: number): number[] {
  const starts: number[] = [];
  let before: Try | undefined;
  for (const each of tries) {
    const same =
      before !== undefined &&
      (each.at - before.at <= pause ||
        (each.port !== 0 && each.port === before.port && each.at - before.at <= SAME_ATTEMPT));
    if (!same) starts.push(each.at);
    before = each;
  }
  return starts;
}

export interface Rhythm {
  attempts: number;
  /** Median interval, seconds; 0 with fewer than two attempts. */
  interval: number;
  /** Of the intervals within {@link TOLERANCE} of the median. */
  share: number;
}

const TOLERANCE = 0.3;

/**
 * Expected share where attempts come at random (a Poisson process): of an exponential variable, the part between 0.7 and 1.3 of its median,
 * 2^-0.7 − 2^-1.3.
 */
export const RANDOM_SHARE = 2 ** -0.7 - 2 ** -1.3;

/** Long pauses (a host asleep, a sensor down) are few among the intervals and spoil neither median nor share. */
export function rhythmOf(starts: readonly number[]): Rhythm {
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] as number));
  if (gaps.length === 0) return { attempts: starts.length, interval: 0, share: 0 };
  const sorted = [...gaps].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1
      ? (sorted[middle] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  const near = gaps.filter((gap) => Math.abs(gap - median) <= TOLERANCE * median).length;
  return { attempts: starts.length, interval: median / 1000, share: near / gaps.length };
}

/** Pause within one attempt where a program hardly waits between attempts: a second try of the same moment, on another port. */
const MOMENT = 750;

/**
 * The rhythm of these tries. Programs differ in what an attempt is (three quick tries every minute; a try each second), so both a long and
 * a short pause are tried, and the more regular reading counts. Reading the same tries twice lifts the share of random ones hardly
 * (docs/detectors/failed-beacon.md has the measurement).
 */
export function bestRhythm(tries: readonly Try[], burst: number, least: number): Rhythm {
  const [fine, coarse] = [MOMENT, burst].map((pause) => rhythmOf(attemptsOf(tries, pause))) as [
    Rhythm,
    Rhythm,
  ];
  return coarse.attempts >= least && coarse.share >= fine.share ? coarse : fine;
}
