import { groupBy } from "../../kernel/group-by.js";
import { siteOf } from "../shared/site.js";
import type { BeaconFacts } from "./score.js";
import type { Subject } from "./subject.js";

/** A regular contact with its score. */
export interface Scored {
  facts: BeaconFacts;
  score: number;
}

/** One organisation's regular contact with one destination. */
export interface Beacon {
  /** The strongest, which the finding describes. */
  lead: Scored;
  /** All, the strongest first: other hosts, other names and addresses of the same server. */
  all: Scored[];
  /** Registrable domain, name or address: what the finding is about. */
  destination: string;
}

/** Part of the contacts with an address that a name must explain for the two to be one. */
const SAME = 0.5;

/**
 * One server is one finding for an organisation, whatever names and addresses it has and however many hosts contact it. Names below one
 * registrable domain are one destination; an address belongs to the name that its clients say there.
 * @param ownerOf the organisation or, where none is known, the realm of a host
 */
export function fold(scored: readonly Scored[], ownerOf: (facts: BeaconFacts) => string): Beacon[] {
  const names = new Set(scored.flatMap(({ facts }) => (said(facts.subject) ? [nameKey(facts)] : [])));
  const kept = scored.filter(({ facts }) => facts.subject.kind !== "address" || !isExplained(facts, names));
  const groups = groupBy(
    kept,
    ({ facts }) => `${ownerOf(facts)}|${facts.subject.outbound}|${partner(facts)}`,
  );
  return [...groups.values()]
    .map((some) => {
      const all = [...some].sort((a, b) => b.score - a.score || compare(a, b));
      const lead = all[0] as Scored;
      return { lead, all, destination: destinationOf(lead.facts) };
    })
    .sort((a, b) => b.lead.score - a.lead.score || compare(a.lead, b.lead));
}

/** Names that the client says itself: a look-up alone does not show that the contacts with an address are the name's. */
const said = ({ kind }: Subject): boolean => kind === "name" || kind === "proxied";

const nameKey = ({ subject }: BeaconFacts, name = subject.target): string =>
  `${subject.realm}|${subject.source}|${name}`;

/** The address is known by names that are regular themselves. */
function isExplained(facts: BeaconFacts, names: ReadonlySet<string>): boolean {
  const all = facts.relation.said.reduce((sum, each) => sum + each.contacts, 0);
  const explained = facts.relation.said
    .filter((each) => names.has(nameKey(facts, each.name)))
    .reduce((sum, each) => sum + each.contacts, 0);
  return all > 0 && explained >= SAME * all;
}

/** What is at the other end; where somebody outside contacts ours, each pair stands for itself. */
function partner(facts: BeaconFacts): string {
  const { subject } = facts;
  return subject.outbound ? destinationOf(facts) : `${subject.source}|${subject.target}`;
}

/** Registrable domain of the names where they have one in common, else the name or address. */
export function destinationOf({ names, subject }: BeaconFacts): string {
  if (!subject.outbound) return subject.source;
  const domains = new Set(names.map((name) => siteOf(name)?.domain ?? name));
  const [domain] = domains;
  return domains.size === 1 && domain !== undefined ? domain : subject.target;
}

function compare(a: Scored, b: Scored): number {
  const key = ({ facts: { subject } }: Scored) =>
    `${subject.realm} ${subject.source} ${subject.target} ${subject.kind}`;
  return key(a) < key(b) ? -1 : 1;
}
