import type { Tactic } from "../model/incident.js";

/**
 * Stages of an intrusion. Tactics of one stage come in any order. Evasion and command and control have no place of their own: they go on from
 * the first foothold to the end.
 */
const STAGES: Readonly<Record<Tactic, number>> = {
  reconnaissance: 0,
  "resource-development": 0,
  "initial-access": 1,
  execution: 2,
  persistence: 3,
  "privilege-escalation": 3,
  "credential-access": 4,
  discovery: 4,
  "lateral-movement": 5,
  collection: 6,
  exfiltration: 7,
  impact: 8,
  "defense-evasion": -1,
  "command-and-control": -1,
};
const LAST_STAGE = 8;
/** Before this stage is over there is nothing to hide and nobody to command. */
const FOOTHOLD = 1;
const FREE: Readonly<Partial<Record<Tactic, number>>> = { "defense-evasion": 1, "command-and-control": 2 };
const FLAGS = 4;

export interface ChainItem {
  /** Milliseconds; the list is in this order. */
  time: number;
  tactics: readonly Tactic[];
  /** Belief in it, 0..1. */
  weight: number;
}

export interface ChainLink {
  /** Place in the list. */
  item: number;
  tactic: Tactic;
}

interface Best {
  weight: number;
  link: ChainLink | undefined;
  before: Best | undefined;
}

const START: Best = { weight: 0, link: undefined, before: undefined };

/**
 * The heaviest plausible sequence: items in order of time whose stages rise, each stage once, with evasion and command and control once each
 * anywhere. RapSheet ranks alerts by the longest such subsequence (Hassan et al., "Tactical Provenance Analysis for Endpoint Detection
 * and Response Systems", IEEE S&P 2020); here it is a dynamic programme over stage and the two free tactics, linear in the items. An item of
 * several tactics takes the one that serves the sequence best; items of one instant may stand in either order.
 */
export function killChain(items: readonly ChainItem[]): ChainLink[] {
  let best: (Best | undefined)[] = new Array((LAST_STAGE + 2) * FLAGS).fill(undefined);
  best[0] = START;
  for (const { item, tactics, weight } of ordered(items)) {
    const next = [...best];
    for (const tactic of tactics) {
      const stage = STAGES[tactic];
      const flag = FREE[tactic] ?? 0;
      for (const [at, before] of best.entries()) {
        if (before === undefined) continue;
        const [level, flags] = [Math.floor(at / FLAGS), at % FLAGS];
        if (flag === 0 ? level > stage || (stage <= FOOTHOLD && flags !== 0) : (flags & flag) !== 0) continue;
        const to = flag === 0 ? (stage + 1) * FLAGS + flags : at + flag;
        const total = before.weight + weight;
        if (total > (next[to]?.weight ?? 0)) next[to] = { weight: total, link: { item, tactic }, before };
      }
    }
    best = next;
  }
  let end = START;
  for (const each of best) if (each !== undefined && each.weight > end.weight) end = each;
  const chain: ChainLink[] = [];
  for (let at: Best | undefined = end; at?.link !== undefined; at = at.before) chain.push(at.link);
  return chain.reverse();
}

function ordered(items: readonly ChainItem[]) {
  const earliest = (tactics: readonly Tactic[]) =>
    Math.min(LAST_STAGE, ...tactics.map((each) => STAGES[each]));
  return items
    .map((each, item) => ({ ...each, item }))
    .filter(({ tactics, weight }) => tactics.length > 0 && weight > 0)
    .sort((a, b) => a.time - b.time || earliest(a.tactics) - earliest(b.tactics) || a.item - b.item);
}
