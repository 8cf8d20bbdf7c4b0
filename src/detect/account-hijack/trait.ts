import type { EventLine } from "../shared/event-evidence.js";

/** An account as the logs spell it, and its name and domain in one form ({@link ../shared/logons.js}). */
export interface Account {
  realm: string;
  name: string;
  domain: string;
  /** `CONTOSO\anna` */
  label: string;
}

/** Something that speaks for an account being in other hands, 0..1 by how much. */
export interface Trait {
  kind: string;
  account: Account;
  /** Whose hosts tell of it; '' where nobody knows. */
  owner: string;
  strength: number;
  /** A sentence of what was seen. */
  meaning: string;
  attack: string;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  hosts: string[];
  /** From where; addresses and host names. */
  sources: string[];
  /** Other accounts: who did it, and to whom. */
  actors: string[];
  targets: string[];
  /** Whether the account itself is in other hands, or only aimed at. */
  isHeld: boolean;
  evidence: { line: EventLine; what: string }[];
}

/** Traits are taken as independent: 1 − ∏(1 − strength). */
export function combined(traits: readonly Pick<Trait, "strength">[]): number {
  return 1 - traits.reduce((left, { strength }) => left * (1 - strength), 1);
}

export const keyOf = ({ realm, domain, name }: Account): string => JSON.stringify([realm, domain, name]);

/** What is custom counts for little. */
export const CUSTOM = 0.2;

/** `3 times on 2 days` */
export function often(count: number, days: number): string {
  const times = count === 1 ? "once" : `${count.toLocaleString("en-US")} times`;
  return days > 1 ? `${times} on ${days} days` : times;
}
