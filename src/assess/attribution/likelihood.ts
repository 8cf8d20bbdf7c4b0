/**
 * The mathematics of attribution. Everything is a likelihood ratio against one background: the techniques of all known groups together, which is
 * what an intrusion by nobody in particular looks like. Pure functions of numbers.
 */

/**
 * Pseudo-techniques of the background in every description. It says how little is known of a group of which five techniques are known. This and the
 * next four are chosen on simulated incidents (docs/attribution.md), not on the campaigns that they are tested with.
 */
export const SMOOTHING = 20;

/** No single technique says more than this, however rare: rarity is estimated from few groups. */
export const MOST_OF_TECHNIQUE = 30;

/** How far a group's repertoire is believed to be what it used this time. */
const REPERTOIRE_APPLIES = 0.8;

/** Largest standard deviation that one technique's log-ratio may have in incidents of nobody. */
const MOST_SPREAD = 0.42;

/** Exponent of techniques' ratios. Techniques of one intrusion hang together; counted as independent they would make sure of too much. */
export const TEMPER = 1;

/**
 * Ratio of the probability that a technique is drawn from a group's repertoire to that of drawing it from the background, with Dirichlet smoothing of
 * the repertoire (Zhai & Lafferty, "A Study of Smoothing Methods for Language Models", TOIS 2004, eq. 6): (held / share + μ) / (size + μ).
 *
 * Its expectation over the background is 1 whatever the size of the description (before the limit): a long description is not rewarded for being long. What an unknown group does is
 * drawn from the background, so its ratio is 1.
 *
 * @param held 0..1, how far the group is believed to use it
 * @param share 0..1, its share in the background, above 0
 * @param size sum of `held` over all techniques of the group
 */
export function techniqueRatio(held: number, share: number, size: number): number {
  return Math.min(MOST_OF_TECHNIQUE, (held / share + SMOOTHING) / (size + SMOOTHING));
}

/**
 * What each technique says of a repertoire, on one scale for all of them: mean 0 in incidents of nobody, and a spread that is limited. Without this
 * the best of 180 groups is, by chance, one of which much is written: the longer the description, the wider its ratios scatter.
 *
 * @param shares of all techniques in the background; they sum to 1
 * @param ratios of the repertoire for the same techniques
 * @returns for a ratio its log on that scale, and the variance of these in the background
 */
export function scaleOf(
  shares: readonly number[],
  ratios: readonly number[],
): { of(ratio: number): number; variance: number } {
  const log = (ratio: number) => Math.log(believed(ratio, REPERTOIRE_APPLIES));
  const logs = ratios.map(log);
  const mean = logs.reduce((sum, value, at) => sum + value * (shares[at] ?? 0), 0);
  const deviation = Math.sqrt(
    logs.reduce((sum, value, at) => sum + (value - mean) ** 2 * (shares[at] ?? 0), 0),
  );
  const factor = deviation > MOST_SPREAD ? MOST_SPREAD / deviation : 1;
  return { of: (ratio) => (log(ratio) - mean) * factor, variance: (deviation * factor) ** 2 };
}

/** A value of {@link scaleOf} that counts with a weight, such that its likelihood ratio has the mean 1 under the background (exact where it is normal). */
export function weighted(value: number, variance: number, weight: number): number {
  return weight * value - (weight ** 2 * variance) / 2;
}

/** A ratio of which we only believe with `credence` (0..1) that it applies at all: where it does not, it is 1. */
export function believed(ratio: number, credence: number): number {
  return credence * ratio + 1 - credence;
}

/**
 * Posterior probabilities, from priors and sums of logarithms of likelihood ratios. Stable for any finite size of these.
 * @throws RangeError where no hypothesis has a prior
 */
export function posteriors(priors: readonly number[], logRatios: readonly number[]): number[] {
  const logs = priors.map((prior, at) => Math.log(prior) + (logRatios[at] ?? 0));
  const most = Math.max(...logs);
  if (!Number.isFinite(most)) throw new RangeError("no hypothesis has a prior");
  const weights = logs.map((log) => Math.exp(log - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** How far each of several pieces of evidence of one origin counts, in their order: 1, 1/2, 1/4, … so that together they never count as two. */
export function discount(position: number): number {
  return 2 ** -position;
}
