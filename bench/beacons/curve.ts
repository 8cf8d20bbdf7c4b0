export interface Labelled {
  score: number;
  planted: boolean;
}

/** Area under the precision–recall curve by steps: mean precision at each planted pair; equal scores are one step. NaN without planted pairs. */
export function averagePrecision(items: readonly Labelled[]): number {
  let area = 0;
  for (const { precision, gained } of steps(items)) area += precision * gained;
  return area;
}

function* steps(
  items: readonly Labelled[],
): Generator<{ score: number; precision: number; recall: number; gained: number }> {
  const all = items.filter((each) => each.planted).length;
  const ordered = [...items].sort((a, b) => b.score - a.score);
  let found = 0;
  let last = 0;
  for (const [at, { score, planted }] of ordered.entries()) {
    if (planted) found += 1;
    if (ordered[at + 1]?.score === score) continue;
    yield { score, precision: found / (at + 1), recall: found / all, gained: (found - last) / all };
    last = found;
  }
}

/** The best precision that is had at or beyond a recall. */
export function precisionAt(items: readonly Labelled[], recall: number): number {
  let best = 0;
  for (const step of steps(items)) if (step.recall >= recall) best = Math.max(best, step.precision);
  return best;
}
