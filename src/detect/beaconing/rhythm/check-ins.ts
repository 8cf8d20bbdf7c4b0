/** One connection. Times are seconds since 1970. */
export interface Contact {
  at: number;
  end: number;
  /** Bytes from the client; 0 where the log has none. */
  out: number;
}

/** Contacts in order of time with nothing left out between them. */
export type Run = readonly Contact[];

/** While one connection stays open this long, in seconds, and for this part of a gap, no other is due. */
const STAYS_OPEN = 600;
const STAYS_OPEN_PART = 0.5;

/**
 * Seconds from check-in to check-in. Contacts within `deadTime` of a check-in's first are part of it: one check-in may take several
 * connections. A gap through which a connection stayed open says nothing about the rhythm and is left out.
 */
export function gapsOf(runs: readonly Run[], deadTime: number): number[] {
  const gaps: number[] = [];
  for (const run of runs) {
    let start: Contact | undefined;
    let end = 0;
    for (const contact of run) {
      if (start !== undefined && contact.at - start.at < deadTime) {
        end = Math.max(end, contact.end);
        continue;
      }
      if (start !== undefined) {
        const gap = contact.at - start.at;
        const open = Math.min(end, contact.at) - start.at;
        if (open < STAYS_OPEN || open < STAYS_OPEN_PART * gap) gaps.push(gap);
      }
      start = contact;
      end = Math.max(end, contact.end);
    }
  }
  return gaps;
}
