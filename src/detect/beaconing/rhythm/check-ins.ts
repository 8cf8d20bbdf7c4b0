/** One connection. Times are seconds since 1970. */
export interface Contact {
  at: number;
  end: number;
  /** Bytes from the client; 0 where the log has none. */
  out: number;
}

/** Contacts in order of time with nothing left out between them. */
export type Run = readonly Contact[];

/** Seconds since 1970, `[from, to)`, in which nobody watched; in order and apart from each other. */
export type Blind = readonly (readonly [from: number, to: number])[];

/** While one connection stays open this long, in seconds, and for this part of a gap, no other is due. */
const STAYS_OPEN = 600;
const STAYS_OPEN_PART = 0.5;
/** Blind hours that would swallow a larger part of the gaps are no outages: the log is merely sparse. */
const MOST_BLIND = 0.5;

export interface Gaps {
  /** Seconds from check-in to check-in, in order of time. */
  gaps: number[];
  /** Of those that were left out because a connection stayed open. */
  open: number;
}

/**
 * Seconds from check-in to check-in. Contacts within `deadTime` of a check-in's first are part of it: one check-in may take several
 * connections. A gap in which nobody watched says nothing about the rhythm and is left out; with `leaveOpen`, so is one through which a
 * connection stayed open (a client that keeps its connection checks in through it).
 */
export function gapsOf(runs: readonly Run[], deadTime: number, blind: Blind, leaveOpen: boolean): Gaps {
  const seen: number[] = [];
  const all: number[] = [];
  let open = 0;
  for (const run of runs) {
    let start: Contact | undefined;
    let end = 0;
    let outage = 0;
    for (const contact of run) {
      if (start !== undefined && contact.at - start.at < deadTime) {
        end = Math.max(end, openUntil(contact));
        continue;
      }
      if (start !== undefined) {
        const gap = contact.at - start.at;
        const lasted = Math.min(end, contact.at) - start.at;
        if (lasted >= STAYS_OPEN && lasted >= STAYS_OPEN_PART * gap) open += 1;
        if (!leaveOpen || lasted < STAYS_OPEN || lasted < STAYS_OPEN_PART * gap) {
          while ((blind[outage]?.[1] ?? Number.POSITIVE_INFINITY) <= start.at) outage += 1;
          all.push(gap);
          if ((blind[outage]?.[0] ?? Number.POSITIVE_INFINITY) >= contact.at) seen.push(gap);
        }
      }
      start = contact;
      end = Math.max(end, openUntil(contact));
    }
  }
  return { gaps: seen.length >= all.length * MOST_BLIND ? seen : all, open };
}

/** The end of a connection that stayed open, else 0: several short ones in a row are none. */
function openUntil({ at, end }: Contact): number {
  return end - at >= STAYS_OPEN ? end : 0;
}
