import type { DetectContext } from "../port.js";
import { certaintyOf } from "./rhythm/rhythm.js";
import { type Glanced, glances } from "./screen.js";
import type { Subject } from "./subject.js";

/** How many candidates, in multiples of those that are read, are kept until all are known. */
const KEPT = 4;

export interface Candidates {
  /** Those to read, the most promising first. */
  subjects: Subject[];
  /** Sources and targets with enough contacts. */
  all: number;
  /** Of these, those with gaps that may be a beacon's. */
  promising: number;
}

/**
 * Sources and targets whose contacts are worth reading one by one: all whose gaps at a glance give at least `leastBits`, and where these are
 * too many, those first whose gaps are surest and whose target the fewest others contact as regularly.
 */
export async function candidates(
  context: DetectContext,
  limits: { leastContacts: number; leastBits: number; most: number },
): Promise<Candidates> {
  const hosts = new Map<string, number>();
  let kept: Glanced[] = [];
  let all = 0;
  let promising = 0;
  for await (const each of glances(context, limits.leastContacts, limits.leastBits)) {
    all += 1;
    if (each.bits < limits.leastBits) continue;
    promising += 1;
    kept.push(each);
    hosts.set(each.subject.target, (hosts.get(each.subject.target) ?? 0) + 1);
    if (kept.length >= 2 * KEPT * limits.most) kept = first(kept, hosts, KEPT * limits.most);
  }
  return { subjects: first(kept, hosts, limits.most).map(({ subject }) => subject), all, promising };
}

function first(some: readonly Glanced[], hosts: ReadonlyMap<string, number>, most: number): Glanced[] {
  const promise = ({ bits, subject }: Glanced) =>
    (Number.isFinite(bits) ? certaintyOf(bits) : 1) / Math.sqrt(hosts.get(subject.target) ?? 1);
  return some
    .map((each) => [promise(each), each] as const)
    .sort(([a], [b]) => b - a)
    .slice(0, most)
    .map(([, each]) => each);
}
