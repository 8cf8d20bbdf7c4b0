/** Statistics that a few wild values do not move. None of them changes the list it is given. */

export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Quantile of a list in ascending order, straight lines between its values. NaN of an empty list. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/**
 * 1.4826 × the median distance from `centre`: the standard deviation where values are normal, and hardly touched where up to half of
 * them are not.
 */
export function robustScale(values: readonly number[], centre = median(values)): number {
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)));
}

/** 0..1. */
export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
