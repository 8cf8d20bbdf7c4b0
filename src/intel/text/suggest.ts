/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The known word that was probably meant: a small slip, or a word that begins alike (`finance` → `financial-services`). */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > 64) return undefined;
  let best: { word: string; cost: number } | undefined;
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    const stem = Math.max(4, Math.ceil(word.length * 0.7));
    const alike = word.length >= 4 && candidate.toLowerCase().startsWith(word.toLowerCase().slice(0, stem));
    const cost = alike ? Math.min(edits, 2) : edits;
    const allowed = alike ? 2 : Math.max(1, Math.floor(word.length / 3));
    if (cost <= allowed && (best === undefined || cost < best.cost)) best = { word: candidate, cost };
  }
  return best?.word;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = suggest(word, known);
  return found === undefined ? "" : ` (did you mean "${found}"?)`;
}
