/**
 * The mathematics of attribution. Everything is a likelihood ratio against one background: the techniques of all known groups together, which is
 * what an intrusion by nobody in particular looks like. Pure functions of numbers.
 */

/**
 * Pseudo-techniques of the background in every description. It says how little is known of a group of which five techniques are known.
 * Chosen, with {@link TEMPER}, on simulated incidents (docs/attribution.md), not on the campaigns that it is tested with.
 */
export const SMOOTHING = 60;

/** Exponent of a technique's likelihood ratio. Techniques of one intrusion hang together; counted as independent they would make sure of too much. */
export const TEMPER = 0.6;

/** No single technique says more than this, however rare: rarity is estimated from few groups. */
export const MOST_OF_TECHNIQUE = 12;

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
