import { type Episode, expectedOf } from "./episode.js";

/** Logarithm of the gamma function for positive arguments: Stirling's series from 8 on (Abramowitz & Stegun 6.1.40), the recurrence below; 10 digits. */
export function logGamma(x: number): number {
  let shifted = x;
  let below = 0;
  while (shifted < 8) below += Math.log(shifted++);
  const series = 1 / (12 * shifted) - 1 / (360 * shifted ** 3) + 1 / (1260 * shifted ** 5);
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - below;
}

/** Below this a negative binomial is a Poisson distribution, and its gamma functions lose all digits. */
const sizeOf = (dispersion: number): number => 1 / Math.max(dispersion, 1e-6);

/** Probability of a count under a negative binomial of that mean, with variance mean + dispersion × mean². */
export function countProbability(count: number, mean: number, dispersion: number): number {
  if (mean <= 0) return count === 0 ? 1 : 0;
  const size = sizeOf(dispersion);
  return Math.exp(
    logGamma(count + size) -
      logGamma(size) -
      logGamma(count + 1) +
      size * Math.log(size / (size + mean)) +
      count * Math.log(mean / (size + mean)),
  );
}

/** Probability of at most that count. The shorter tail is added up, so that neither of them is lost in rounding. */
export function tailBelow(count: number, mean: number, dispersion: number): number {
  return count < mean
    ? lowerTail(count, mean, dispersion)
    : Math.max(0, 1 - upperTail(count + 1, mean, dispersion));
}

/** Probability of at least that count. */
export function tailAbove(count: number, mean: number, dispersion: number): number {
  if (count <= 0) return 1;
  return count > mean
    ? upperTail(count, mean, dispersion)
    : Math.max(0, 1 - lowerTail(count - 1, mean, dispersion));
}

/** Terms below this share of the sum end it. */
const NEGLIGIBLE = 1e-12;

/** Terms fall from `count` down where it is below the mean. */
function lowerTail(count: number, mean: number, dispersion: number): number {
  const size = sizeOf(dispersion);
  let term = countProbability(count, mean, dispersion);
  let sum = term;
  for (let k = count; k > 0 && term > NEGLIGIBLE * sum; k--) {
    term *= (k / (k - 1 + size)) * ((size + mean) / mean);
    sum += term;
  }
  return Math.min(1, sum);
}

/** Terms fall from `count` up where it is above the mean. */
function upperTail(count: number, mean: number, dispersion: number): number {
  const size = sizeOf(dispersion);
  let term = countProbability(count, mean, dispersion);
  let sum = term;
  for (let k = count; term > NEGLIGIBLE * sum; k++) {
    term *= ((k + size) / (k + 1)) * (mean / (size + mean));
    sum += term;
  }
  return Math.min(1, sum);
}

/**
 * Events and expectation of several episodes as one count: how much it varies beyond chance, relative to its square. Two things add up: episodes vary as weeks do,
 * and what was expected of them is known from so many matched weeks only.
 */
export function pooled(
  episodes: readonly Episode[],
  dispersion: number,
): { events: number; expected: number; dispersion: number } {
  let events = 0;
  let expected = 0;
  let beyond = 0;
  for (const episode of episodes) {
    const mean = expectedOf(episode);
    events += episode.observed.events;
    expected += mean;
    beyond += dispersion * mean * mean + (dispersion * mean * mean + mean) / episode.matched.length;
  }
  return { events, expected, dispersion: expected === 0 ? 0 : beyond / expected ** 2 };
}

/** Shares of an ordinary day's work that may be done on a day off: nobody knows which beforehand. */
const LEFT_OVER = Array.from({ length: 16 }, (_, index) => (index + 0.5) / 16);
/** People work through a holiday (a deadline) more often than everybody is away for no reason. */
const WORKED_ANYWAY = 0.2;
const AWAY_ANYWAY = 0.05;

/**
 * Logarithm of "these days were free" over "these days were ordinary", for one episode. Both sides allow for the exception, so that a single episode counts
 * for a factor of 20 at most, and against for a factor of 5: no single block decides between calendars.
 */
export function logFree({ observed, matched }: Episode, dispersion: number): number {
  const mean = expectedOf({ observed, matched });
  if (mean === 0) return 0;
  // The mean itself is known from as many weeks as are matched.
  const wider = dispersion + (dispersion + 1 / mean) / matched.length;
  const ordinary = countProbability(observed.events, mean, wider);
  const free =
    LEFT_OVER.reduce((sum, share) => sum + countProbability(observed.events, share * mean, wider), 0) /
    LEFT_OVER.length;
  const numerator = (1 - WORKED_ANYWAY) * free + WORKED_ANYWAY * ordinary;
  const denominator = (1 - AWAY_ANYWAY) * ordinary + AWAY_ANYWAY * free;
  return denominator > 0 ? Math.log(numerator / denominator) : Math.log((1 - WORKED_ANYWAY) / AWAY_ANYWAY);
}

/** Times a working day's rate over a weekend day's that a make-up day may reach. */
const REACH = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);

/**
 * Logarithm of "these days of the weekend were worked" over "they were an ordinary weekend", for one run of make-up days.
 *
 * @param gain how many times an ordinary weekend day's rate an ordinary weekday has; where a team works at weekends alike, nothing can be learnt
 */
export function logWorked({ observed, matched }: Episode, dispersion: number, gain: number): number {
  const events = matched.reduce((sum, position) => sum + position.events, 0);
  const days = matched.reduce((sum, position) => sum + position.days, 0);
  if (days === 0 || gain <= 1) return 0;
  const mean = Math.max(events, 0.5) / days;
  const wider = dispersion + (dispersion + 1 / (mean * observed.days)) / matched.length;
  const at = (factor: number) => countProbability(observed.events, factor * mean * observed.days, wider);
  const rest = at(1);
  const worked = REACH.reduce((sum, share) => sum + at(1 + share * (gain - 1)), 0) / REACH.length;
  const numerator = (1 - WORKED_ANYWAY) * worked + WORKED_ANYWAY * rest;
  const denominator = (1 - AWAY_ANYWAY) * rest + AWAY_ANYWAY * worked;
  return denominator > 0 ? Math.log(numerator / denominator) : 0;
}
