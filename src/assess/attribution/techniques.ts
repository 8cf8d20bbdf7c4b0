import type { Credence, RivalClusters } from "../../model/cluster-profile.js";
import { scaleOf, techniqueRatio, weighted } from "./likelihood.js";

/** A repertoire: techniques by newest id, and how far each is believed. */
export type Repertoire = ReadonlyMap<string, Pick<Credence, "weight">>;

export function parentOf(technique: string): string {
  return technique.slice(0, 5);
}

/**
 * How common techniques are among all known groups. A technique and its sub-techniques are one behind the other: who is said to do T1566.001 does
 * T1566; who is said to do T1566, in some way, does T1566.001 with half the belief.
 */
export class TechniqueModel {
  readonly #holders = new Map<string, number>();
  readonly #total: number;
  readonly #groups: number;
  readonly #current: (id: string) => string;
  /** Techniques that are said of clusters, and their shares: they sum to 1. */
  readonly #named: readonly (readonly [string, number])[];
  readonly #scales = new WeakMap<Repertoire, ReturnType<typeof scaleOf>>();

  constructor({ clusters, currentTechnique }: RivalClusters) {
    this.#groups = clusters.length;
    this.#current = currentTechnique;
    for (const { techniques } of clusters) {
      const parents = new Map<string, number>();
      for (const [id, { weight }] of techniques) {
        if (parentOf(id) !== id) this.#holders.set(id, (this.#holders.get(id) ?? 0) + weight);
        parents.set(parentOf(id), Math.max(parents.get(parentOf(id)) ?? 0, weight));
      }
      for (const [id, weight] of parents) this.#holders.set(id, (this.#holders.get(id) ?? 0) + weight);
    }
    this.#total = clusters.reduce((sum, { techniques }) => sum + sizeOf(techniques), 0);
    const said = new Map<string, number>();
    for (const { techniques } of clusters)
      for (const [id, { weight }] of techniques) said.set(id, (said.get(id) ?? 0) + weight);
    this.#named = [...said].map(([id, weight]) => [id, weight / this.#total] as const);
  }

  /** By its newest id. */
  current(id: string): string {
    return this.#current(id);
  }

  /** A list of ids as a repertoire that is wholly believed. */
  repertoire(ids: readonly string[]): Repertoire {
    return new Map(ids.map((id) => [this.#current(id), { weight: 1 }]));
  }

  /** Share of the technique in all that is known of all groups, above 0: what nobody is known to do is as rare as what half a group does. */
  share(id: string): number {
    return Math.min(1, ((this.#holders.get(id) ?? 0) + 0.5) / (this.#total + 0.5));
  }

  /** Share of the groups that are known to use it. */
  users(id: string): number {
    return this.#groups === 0 ? 0 : Math.min(1, (this.#holders.get(id) ?? 0) / this.#groups);
  }

  /** Whether any group is known to use it: of what nobody is known to do, nothing follows. */
  isKnown(id: string): boolean {
    return this.#holders.has(id) || this.#holders.has(parentOf(id));
  }

  /**
   * What a technique says of a repertoire, as a logarithm of a likelihood ratio against the background.
   * @param weight how far it counts
   */
  logRatio(id: string, repertoire: Repertoire, weight: number): number {
    if (!this.isKnown(id)) return 0;
    const scale = this.#scaleOf(repertoire);
    return weighted(scale.of(this.#ratio(id, repertoire)), scale.variance, weight);
  }

  #ratio(id: string, repertoire: Repertoire): number {
    return techniqueRatio(held(repertoire, id), this.share(id), sizeOf(repertoire));
  }

  #scaleOf(repertoire: Repertoire): ReturnType<typeof scaleOf> {
    const known = this.#scales.get(repertoire);
    if (known !== undefined) return known;
    const made = scaleOf(
      this.#named.map(([, share]) => share),
      this.#named.map(([id]) => this.#ratio(id, repertoire)),
    );
    this.#scales.set(repertoire, made);
    return made;
  }
}

export function sizeOf(repertoire: Repertoire): number {
  let size = 0;
  for (const { weight } of repertoire.values()) size += weight;
  return size;
}

export function held(repertoire: Repertoire, id: string): number {
  const own = repertoire.get(id)?.weight;
  if (own !== undefined) return own;
  if (parentOf(id) !== id) return (repertoire.get(parentOf(id))?.weight ?? 0) / 2;
  let most = 0;
  for (const [one, { weight }] of repertoire) if (parentOf(one) === id) most = Math.max(most, weight);
  return most;
}
