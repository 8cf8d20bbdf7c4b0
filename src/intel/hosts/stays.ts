import { DAY, MINUTE } from "../../kernel/time.js";
import type { HostObservation, HostStay, IdentityKind } from "../../model/host-identity.js";

/**
 * What a kind of record is worth where several name the holder of one address: the host's own word for its address and the server that gave it out;
 * the account of the machine; a name that somebody sent along; a name that points there, as many may.
 */
const RANK: Readonly<Record<IdentityKind, number>> = {
  connection: 3,
  dhcp: 3,
  "machine-account": 2,
  logon: 1,
  session: 1,
  dns: 0,
};

/** A host that is seen again after less than this, with nobody else in between, had the address all the time. */
const LONGEST_SILENCE = 14 * DAY;
/** Two holders that overlap by less than this handed the address over: clocks differ. */
const HANDOVER = 5 * MINUTE;
/** More holders of one rank within a day, and it is no matter of leases: nobody has the address for himself. */
const MOST_IN_A_DAY = 4;

type Labelled = HostObservation & { rank: number; shared: boolean };

/**
 * Who had one address when.
 * @param observations of one realm and address, hosts by their final names
 */
export function staysAt(observations: readonly HostObservation[]): HostStay[] {
  const settled: HostStay[] = [];
  const ranked = observations.map((each) => ({ ...each, rank: RANK[each.kind] }));
  for (const rank of [3, 2, 1, 0]) {
    const ofRank = ranked
      .filter((each) => each.rank === rank)
      .sort((a, b) => a.first - b.first || a.last - b.last);
    if (ofRank.length === 0) continue;
    const better = [...settled];
    const [outranked, own] = split(ofRank, (each) => better.some((stay) => contradicts(stay, each)));
    settled.push(...merge(labelled(own), better), ...outranked.map((each) => stayOf(each, "outranked")));
  }
  return joinSame(settled).sort((a, b) => a.from - b.from || (a.host < b.host ? -1 : 1));
}

function contradicts(stay: HostStay, { host, first, last }: HostObservation): boolean {
  return stay.host !== host && stay.verdict !== "outranked" && stay.from <= last && first <= stay.to;
}

/** Marks observations that another host's overlap, and those of days with too many hosts. */
function labelled(ordered: readonly (HostObservation & { rank: number })[]): Labelled[] {
  const result = ordered.map((each) => ({ ...each, shared: false }));
  markOverlaps(result, (a, b) => a.last - b.first > HANDOVER);
  markCrowds(result);
  return result;
}

/** In order of time, each is held against the one that lasts longest of those before it, of two different hosts. */
function markOverlaps(ordered: Labelled[], overlap: (before: Labelled, after: Labelled) => boolean): void {
  let longest: Labelled | undefined;
  let ofAnother: Labelled | undefined;
  for (const each of ordered) {
    for (const before of [longest, ofAnother]) {
      if (before === undefined || before.host === each.host || !overlap(before, each)) continue;
      // A look at one moment within another's time overlaps it as well.
      before.shared = true;
      each.shared = true;
    }
    if (longest === undefined || each.last >= longest.last) {
      if (longest !== undefined && longest.host !== each.host) ofAnother = longest;
      longest = each;
    } else if (each.host !== longest.host && (ofAnother === undefined || each.last >= ofAnother.last))
      ofAnother = each;
  }
}

function markCrowds(ordered: Labelled[]): void {
  let from = 0;
  let marked = 0;
  const inWindow = new Map<string, number>();
  for (const [to, each] of ordered.entries()) {
    inWindow.set(each.host, (inWindow.get(each.host) ?? 0) + 1);
    for (
      let first = ordered[from];
      first !== undefined && each.first - first.first > DAY;
      first = ordered[++from]
    ) {
      const left = (inWindow.get(first.host) ?? 0) - 1;
      if (left === 0) inWindow.delete(first.host);
      else inWindow.set(first.host, left);
    }
    if (inWindow.size <= MOST_IN_A_DAY) continue;
    for (marked = Math.max(marked, from); marked <= to; marked++) (ordered[marked] as Labelled).shared = true;
  }
}

/** Observations of one host and verdict that follow each other as one stay, unless somebody else was there in between. */
function merge(ordered: readonly Labelled[], better: readonly HostStay[]): HostStay[] {
  const stays: HostStay[] = [];
  const latest = new Map<string, HostStay>();
  let before: Labelled | undefined;
  for (const each of ordered) {
    const verdict = each.shared ? "shared" : "held";
    const open = latest.get(each.host);
    const followed = before === undefined || before.host === each.host || each.shared;
    before = each;
    if (open !== undefined && open.verdict === verdict && followed && isContinued(open, each, better)) {
      extend(open, each.last, each.observations, [each.kind]);
      continue;
    }
    const stay = stayOf(each, verdict);
    latest.set(each.host, stay);
    stays.push(stay);
  }
  return stays;
}

function isContinued(open: HostStay, { host, first }: HostObservation, better: readonly HostStay[]): boolean {
  if (first - open.to > LONGEST_SILENCE) return false;
  return !better.some((stay) => stay.host !== host && stay.to > open.to && stay.from < first);
}

function stayOf(
  { realm, host, address, kind, first, last, observations }: HostObservation,
  verdict: HostStay["verdict"],
): HostStay {
  return { realm, host, address, from: first, to: last, kinds: [kind], observations, verdict };
}

function extend(stay: HostStay, to: number, observations: number, kinds: readonly IdentityKind[]): void {
  stay.to = Math.max(stay.to, to);
  stay.observations += observations;
  stay.kinds = [...new Set([...stay.kinds, ...kinds])];
}

/** Kinds of record that show one host at the same time, or one after the other without somebody else, say one thing. */
function joinSame(stays: readonly HostStay[]): HostStay[] {
  const joined: HostStay[] = [];
  const latest = new Map<string, HostStay>();
  let present: HostStay | undefined;
  for (const stay of [...stays].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const key = `${stay.verdict} ${stay.host}`;
    const open = latest.get(key);
    const alone =
      stay.verdict !== "held" || present === undefined || present === open || present.to <= (open?.to ?? 0);
    if (open !== undefined && alone && stay.from - open.to <= LONGEST_SILENCE)
      extend(open, stay.to, stay.observations, stay.kinds);
    else {
      const own = { ...stay };
      latest.set(key, own);
      joined.push(own);
    }
    const now = latest.get(key) as HostStay;
    if (stay.verdict !== "outranked" && (present === undefined || now.to >= present.to)) present = now;
  }
  return joined;
}

function split<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
