import { HOUR } from "../../kernel/time.js";
import { controlOf } from "./means.js";
import { isKnownAccount, isOtherAccount, type Step, sinceSeen } from "./step.js";

/** A step as a movement has it. */
export interface Hop {
  step: Step;
  /** Remote control that is no custom, 0..0.7. */
  control: number;
  /** A critical host, and whether anybody reached it from there before: undefined where the logs are too young to say so. */
  critical: { role: string; isNew: boolean | undefined } | undefined;
  /** Speaks for an intruder by itself. */
  isTelling: boolean;
  /** The step before it on the way; undefined where it begins. */
  before: Hop | undefined;
  /** A step from the same host shortly before, with which it is tied. */
  beside: Hop | undefined;
}

/** Steps that follow from each other, or begin at one host shortly after each other; in order of time. */
export interface Movement {
  hops: Hop[];
}

/** What a step must have at least of remote control, or of being new to the account, to tell anything. */
const TELLING = { control: 0.25, novelty: 0.5 };

export function hopOf(step: Step, critical: Hop["critical"]): Hop {
  const means = [...step.means].filter(([, { isCustom }]) => !isCustom).map(([each]) => each);
  const control = controlOf(means);
  const isTelling =
    control >= TELLING.control || (step.novelty ?? 0) >= TELLING.novelty || step.isFanOut === true;
  return { step, control, critical, isTelling, before: undefined, beside: undefined };
}

export interface Limits {
  pathHours: number;
  switchHours: number;
}

/** Accounts with steps from one host beyond which it is a server that many work from, and one account's steps from there do not follow from another's. */
const MOST_ACCOUNTS = 4;
/** Earlier steps to a host that are looked at, the latest. */
const LOOKED_AT = 64;

/**
 * Ties steps to paths, as Hopper ties logins (Ho et al., USENIX Security 2021): a step follows from an earlier one that led to the host where it begins, of the same account if
 * there is one, else of another, shortly before. Only telling steps begin a movement; what else happens from a host under control belongs to it.
 * @param hops at most some ten thousand
 */
export function movements(hops: readonly Hop[], limits: Limits): Movement[] {
  const sorted = hops.toSorted((a, b) => a.step.first - b.step.first || (keyOf(a) < keyOf(b) ? -1 : 1));
  const accounts = accountsFrom(sorted);
  const arrived = new Map<string, Hop[]>();
  const begun = new Map<string, { movement: Movement; hop: Hop }[]>();
  const movementOf = new Map<Hop, Movement>();
  const all: Movement[] = [];
  for (const hop of sorted) {
    const { step } = hop;
    const { realm, owner, source, target } = step;
    const from = JSON.stringify([realm, owner, source]);
    const isShared = (accounts.get(from)?.size ?? 0) > MOST_ACCOUNTS;
    const before =
      source === ""
        ? undefined
        : following(step, arrived.get(from)?.slice(-LOOKED_AT) ?? [], isShared, limits);
    // From an unknown host: each host reached is a movement of its own.
    const start = source === "" ? JSON.stringify([realm, owner, "", target]) : from;
    const beside = (begun.get(start) ?? []).slice(-LOOKED_AT).map((each) => each.hop);
    const sibling = following(step, beside, isShared, limits);
    let movement = before === undefined ? undefined : movementOf.get(before);
    if (movement === undefined && sibling !== undefined) movement = movementOf.get(sibling);
    if (movement === undefined && !hop.isTelling) continue;
    if (movement === undefined) {
      movement = { hops: [] };
      all.push(movement);
    }
    hop.before = before;
    hop.beside = sibling;
    movement.hops.push(hop);
    movementOf.set(hop, movement);
    push(arrived, JSON.stringify([realm, owner, target]), hop);
    push(begun, start, { movement, hop });
  }
  return all;
}

/** The step that this one follows from: the latest of the same account, else the latest of another. */
function following(
  step: Step,
  earlier: readonly Hop[],
  isShared: boolean,
  { pathHours, switchHours }: Limits,
): Hop | undefined {
  let best: Hop | undefined;
  for (const hop of earlier) {
    const gap = sinceSeen(hop.step, step.first);
    const isOther = isOtherAccount(hop.step.account, step.account);
    if (gap > (isOther ? switchHours : pathHours) * HOUR || (isOther && isShared)) continue;
    if (best === undefined || !isOther || isOtherAccount(best.step.account, step.account)) best = hop;
  }
  return best;
}

function accountsFrom(hops: readonly Hop[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { step } of hops) {
    if (!isKnownAccount(step.account)) continue;
    const key = JSON.stringify([step.realm, step.owner, step.source]);
    const own = found.get(key) ?? new Set<string>();
    found.set(key, own);
    own.add(step.account.name);
  }
  return found;
}

const keyOf = ({ step }: Hop): string =>
  JSON.stringify([step.source, step.target, step.account.domain, step.account.name]);

function push<Item>(index: Map<string, Item[]>, key: string, item: Item): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [item]);
  else list.push(item);
}
