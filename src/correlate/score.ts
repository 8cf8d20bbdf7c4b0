import type { ScoreComponent } from "../model/finding.js";
import { type ChainItem, type ChainLink, killChain } from "./chain.js";
import { say } from "./messages.js";
import type { Observation } from "./observation.js";

const WEIGHT = { strength: 0.5, order: 0.3, rarity: 0.2 };
/** What another tactic from the same detector counts: it shares that detector's way of being wrong. */
const SAME_DETECTOR = 0.5;
/** What another finding of the same kind counts in a sequence. */
const REPEATED = 0.25;

/** How rare each class of finding is: on how many hosts there is one, of all hosts that the telemetry knows. */
export class Rarity {
  readonly #hosts = new Map<string, Set<string>>();
  readonly #all: number;

  constructor(observations: readonly Observation[], allHosts: number) {
    const seen = new Set<string>();
    for (const { cls, hosts } of observations) {
      const own = this.#hosts.get(cls) ?? new Set();
      this.#hosts.set(cls, own);
      for (const { tie } of hosts) {
        own.add(tie);
        seen.add(tie);
      }
    }
    this.#all = Math.max(allHosts, seen.size);
  }

  /**
   * Self-information of "a host has a finding of this class", as a share of the most there can be: −log2((k + 1)/(n + 2)) / log2(n + 2) with
   * k of n hosts (Laplace's rule keeps one host of one from being certain). NoDoze (Hassan et al., NDSS 2019) weighs alerts by
   * rarity in the same sense.
   */
  of(cls: string): number {
    const all = this.#all + 2;
    const share = ((this.#hosts.get(cls)?.size ?? 0) + 1) / all;
    return Math.min(1, Math.max(0, -Math.log2(share) / Math.log2(all)));
  }
}

/**
 * Probability that not all of them are mistakes, if each detector errs by itself: 1 − ∏(1 − belief), the best finding of each detector, and
 * half for each further tactic that the same detector saw.
 */
export function strengthOf(strong: readonly Observation[]): number {
  const best = new Map<string, Map<string, number>>();
  for (const { finding, prior, tactics } of strong) {
    const own = best.get(finding.detector) ?? new Map<string, number>();
    best.set(finding.detector, own);
    const tactic = tactics[0] ?? "";
    own.set(tactic, Math.max(own.get(tactic) ?? 0, prior));
  }
  let mistaken = 1;
  for (const own of best.values()) {
    const [first = 0, ...others] = [...own.values()].sort((a, b) => b - a);
    mistaken *= 1 - first;
    for (const each of others) mistaken *= 1 - SAME_DETECTOR * each;
  }
  return 1 - mistaken;
}

export interface Scored {
  score: number;
  components: ScoreComponent[];
  /** Members of the kill chain by observation index, with their tactic. */
  chain: ChainLink[];
  order: number;
}

/** @param members in order of time, without findings that only say how machines are here */
export function scoreOf(
  strong: readonly Observation[],
  members: readonly Observation[],
  rarity: Rarity,
): Scored {
  const items = itemsOf(members);
  const chain = killChain(items);
  const weights = chain.map(({ item }) => (items[item] as ChainItem).weight);
  const beyond = weights.reduce((sum, each) => sum + each, 0) - Math.max(0, ...weights);
  const order = 1 - 2 ** -beyond;
  const counted = chain.length > 0 ? chain.map(({ item }) => members[item] as Observation) : strong;
  const rare = counted.reduce((sum, { cls, prior }) => sum + prior * rarity.of(cls), 0);
  const all = counted.reduce((sum, { prior }) => sum + prior, 0);
  const components: ScoreComponent[] = [
    {
      name: "strength",
      value: round(strengthOf(strong)),
      weight: WEIGHT.strength,
      meaning: say("incident.strength"),
    },
    {
      name: "order",
      value: round(order),
      weight: WEIGHT.order,
      meaning: say("incident.order"),
    },
    {
      name: "rarity",
      value: round(all === 0 ? 0 : rare / all),
      weight: WEIGHT.rarity,
      meaning: say("incident.rarity"),
    },
  ];
  const score = components.reduce((sum, { value, weight }) => sum + value * weight, 0);
  return { score: round(Math.min(1, score)), components, chain, order };
}

/** A second finding of one kind is hardly a second stage, whatever techniques it names. */
function itemsOf(members: readonly Observation[]): ChainItem[] {
  const seen = new Set<string>();
  return members.map(({ first, tactics, prior, cls }) => {
    const weight = seen.has(cls) ? REPEATED * prior : prior;
    seen.add(cls);
    return { time: first, tactics, weight };
  });
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
