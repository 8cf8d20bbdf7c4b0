/** 95 %, one-sided. */
const Z = 1.645;

/**
 * Upper 95 % bound of the share of hosts that have something, of which `count` out of `all` were seen to have it (Wilson's score interval, 1927).
 * It is how "rare" is said of a sample: one host of ten may be a third of all such hosts, one of five hundred is not one in a hundred.
 */
export function upperShare(count: number, all: number): number {
  if (all <= 0) return 1;
  const share = Math.min(1, count / all);
  const centre = share + Z ** 2 / (2 * all);
  const spread = Z * Math.sqrt((share * (1 - share)) / all + Z ** 2 / (4 * all ** 2));
  return Math.min(1, (centre + spread) / (1 + Z ** 2 / all));
}

/** Hosts from which on something that a single one has can be called rare at this share. */
export function hostsNeeded(maxShare: number): number {
  if (maxShare <= 0) return Number.POSITIVE_INFINITY;
  let all = 1;
  while (upperShare(1, all) > maxShare) all += 1;
  return all;
}
