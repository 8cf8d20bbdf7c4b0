/** sfc32: small, fast, good enough for simulations, and the same everywhere. Never for secrets. */
export class Rng {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  constructor(seed: number, stream = 0) {
    this.a = seed | 0;
    this.b = stream | 0;
    this.c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.u32();
  }

  u32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** In [0, 1). */
  float(): number {
    return this.u32() / 4294967296;
  }

  /** An integer in [0, n); n below 2^31. */
  int(n: number): number {
    return Math.floor((this.u32() / 4294967296) * n);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  chance(probability: number): boolean {
    return this.u32() < probability * 4294967296;
  }

  pick<T>(list: readonly T[]): T {
    const value = list[this.int(list.length)];
    if (value === undefined) throw new Error("simulate: nothing to pick from an empty list");
    return value;
  }

  /** Standard normal (Box-Muller). For plans; rows use the tables below. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.float())) * Math.cos(2 * Math.PI * this.float());
  }

  lognormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  shuffled<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = copy[i] as T;
      copy[i] = copy[j] as T;
      copy[j] = held;
    }
    return copy;
  }
}

/** FNV-1a with a final avalanche: turns labels into stream numbers. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** One of the names, each as often as its weight says. */
export function weighted(rng: Rng, list: readonly (readonly [name: string, weight: number])[]): string {
  let rest = rng.float() * list.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of list) {
    rest -= weight;
    if (rest < 0) return name;
  }
  throw new Error("simulate: nothing to pick from an empty list");
}

/** An independent stream for each label, so that adding one kind of traffic does not change another. */
export function rngFor(seed: number, ...labels: (string | number)[]): Rng {
  return new Rng(hash32(`${seed}`), hash32(labels.join("\u0000")));
}

const TABLE = 4096;

/** Quantiles of exp(sigma * N(0,1)): drawing from a table costs one multiplication instead of two transcendentals. */
export function lognormalTable(sigma: number): Float64Array {
  const rng = new Rng(77, Math.round(sigma * 1000));
  const sample = new Float64Array(TABLE * 16);
  for (let i = 0; i < sample.length; i++) sample[i] = Math.exp(sigma * rng.normal());
  sample.sort();
  return sample.filter((_, i) => i % 16 === 8);
}

const SPREAD = lognormalTable(1.1);

/** A long-tailed integer with this median; the tail ends about fifty times above it. */
export function skewed(rng: Rng, median: number): number {
  return Math.floor(median * (SPREAD[rng.u32() & (TABLE - 1)] as number)) + 1;
}

/** Maps a 16-bit number to a rank in [0, n) with Zipf weights. */
export function zipfTable(n: number, exponent: number): Uint16Array {
  const weights = Array.from({ length: n }, (_, i) => 1 / (i + 3) ** exponent);
  const total = weights.reduce((a, b) => a + b, 0);
  const table = new Uint16Array(65536);
  let rank = 0;
  let reached = (weights[0] as number) / total;
  for (let i = 0; i < table.length; i++) {
    while (rank < n - 1 && (i + 0.5) / table.length > reached) {
      rank++;
      reached += (weights[rank] as number) / total;
    }
    table[i] = rank;
  }
  return table;
}
