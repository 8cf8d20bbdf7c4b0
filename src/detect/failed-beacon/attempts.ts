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

/** Begin of the first and of the last try of an attempt, milliseconds UTC. */
export interface Attempt {
  from: number;
  to: number;
}

/**
 * Attempts among these tries (in order of time): each is the beginning of a run in which no pause is longer than `pause` milliseconds, or in
 * which a source port is used on. Runs are not cut at a fixed length: that would make a rhythm of anything dense.
 */
export function attemptsOf(tries: readonly Try[], pause: number): Attempt[] {
  const attempts: Attempt[] = [];
  let before: Try | undefined;
  for (const each of tries) {
    const same =
      before !== undefined &&
      (each.at - before.at <= pause ||
        (each.port !== 0 && each.port === before.port && each.at - before.at <= SAME_ATTEMPT));
    const last = attempts.at(-1);
    if (same && last !== undefined) last.to = each.at;
    else attempts.push({ from: each.at, to: each.at });
    before = each;
  }
  return attempts;
}

export interface Rhythm {
  attempts: number;
  /** Median time from one attempt to the next, seconds; 0 with fewer than two attempts. */
  interval: number;
  /** Of the waits between attempts, those within {@link TOLERANCE} of their median. */
  share: number;
}

const TOLERANCE = 0.3;

/**
 * Expected share where tries come at random (a Poisson process): of an exponential variable, the part between 0.7 and 1.3 of its median,
 * 2^-0.7 − 2^-1.3.
 */
export const RANDOM_SHARE = 2 ** -0.7 - 2 ** -1.3;

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/**
 * A wait is what passes from the end of one attempt to the next, beyond the `pause` (milliseconds) that makes it another attempt. Without
 * memory (random tries) waits are exponential whatever the pause, while intervals from start to start would look the more regular the
 * closer they are to it. Long waits (a host asleep, a sensor down) are few and spoil neither median nor share.
 */
export function rhythmOf(attempts: readonly Attempt[], pause: number): Rhythm {
  const pairs = attempts.slice(1).map((next, index) => ({ before: attempts[index] as Attempt, next }));
  if (pairs.length === 0) return { attempts: attempts.length, interval: 0, share: 0 };
  const waits = pairs.map(({ before, next }) => next.from - before.to - pause);
  const median = medianOf(waits);
  const near = waits.filter((wait) => Math.abs(wait - median) <= TOLERANCE * median).length;
  return {
    attempts: attempts.length,
    interval: medianOf(pairs.map(({ before, next }) => next.from - before.from)) / 1000,
    share: near / waits.length,
  };
}

/** Standard deviations above chance: the median is fitted to the same waits, and two readings are tried. */
const SIGNIFICANT = 3.5;

/** Regular: at least this share of the waits, and so many that chance does not explain it. */
export function isRegular({ attempts, share }: Rhythm, least: number): boolean {
  const deviation = Math.sqrt((RANDOM_SHARE * (1 - RANDOM_SHARE)) / Math.max(1, attempts - 1));
  return share >= Math.max(least, RANDOM_SHARE + SIGNIFICANT * deviation);
}

/** Pause within one attempt where a program hardly waits between attempts: a second try of the same moment, on another port. */
const MOMENT = 750;

/**
 * The rhythm of these tries. Programs differ in what an attempt is (three quick tries every minute; a try each second), so both a long and
 * a short pause are tried, and the more regular reading counts.
 */
export function bestRhythm(tries: readonly Try[], burst: number, least: number): Rhythm {
  const [fine, coarse] = [MOMENT, burst].map((pause) => rhythmOf(attemptsOf(tries, pause), pause)) as [
    Rhythm,
    Rhythm,
  ];
  return coarse.attempts >= least && coarse.share >= fine.share ? coarse : fine;
}
