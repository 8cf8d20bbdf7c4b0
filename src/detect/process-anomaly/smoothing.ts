/**
 * How likely a program is to start another, learned from the case: interpolated Kneser–Ney smoothing with one discount (Kneser and Ney, "Improved backing-off for M-gram language
 * modeling", ICASSP 1995; Chen and Goodman 1999). The lower order asks by how many *different* parents a child is started, so that what every shell starts is no
 * surprise anywhere, and what one program starts all day says nothing of others.
 */

export interface PairCounts {
  /** Host-days with the pair, and with any child of the parent. */
  pair: number;
  parent: number;
  /** Different children of the parent; different parents of the child; different pairs. */
  children: number;
  parents: number;
  pairs: number;
}

const DISCOUNT = 0.75;

/**
 * Surprise at the pair in bits, as if it had not been seen this time: −log₂ P(child | parent) with one host-day of it left out. The unknown child has half
 * a pair for its parents.
 */
export function surprise({ pair, parent, children, parents, pairs }: PairCounts): number {
  const isOnly = pair <= 1;
  const count = Math.max(0, pair - 1);
  const total = Math.max(1, parent - 1);
  const kinds = Math.max(1, children - (isOnly ? 1 : 0));
  const lower = Math.max(0.5, parents - (isOnly ? 1 : 0)) / Math.max(1, pairs);
  const probability = Math.max(0, count - DISCOUNT) / total + ((DISCOUNT * kinds) / total) * lower;
  return -Math.log2(Math.min(1, probability));
}

/** Share of a program's host-days → 0..1: nothing for one in 16 or more, full for one in 1,024 or less. */
export function rareness(tail: number, total: number): number {
  const bits = Math.log2(Math.max(1, total) / Math.max(1, tail));
  return Math.min(1, Math.max(0, (bits - 4) / 6));
}
