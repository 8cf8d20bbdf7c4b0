import { createHash } from "node:crypto";

/** Within 1,000,000 to 1,999,999, which Suricata's and Snort's list of signature ids leaves to local use; below it is where people count their own from. */
export const SIDS = { from: 1_100_000, to: 1_999_999 } as const;

/**
 * A signature id for each key, the same for the same key whenever it is made. Where two keys come down to one id, the earlier of the list keeps it and
 * the later takes its next: callers list the oldest first, so that new indicators move none of the old.
 * @throws RangeError for more keys than a tenth of the range, in which ids would not stay.
 */
export function sidsFor(keys: readonly string[]): Map<string, number> {
  const size = SIDS.to - SIDS.from + 1;
  const distinct = new Set(keys);
  if (distinct.size > size / 10)
    throw new RangeError(`${distinct.size} rules are too many for the range of ids`);
  const taken = new Set<number>();
  const sids = new Map<string, number>();
  for (const key of distinct) {
    let attempt = 0;
    let sid = candidate(key, attempt, size);
    while (taken.has(sid)) sid = candidate(key, ++attempt, size);
    taken.add(sid);
    sids.set(key, sid);
  }
  return sids;
}

function candidate(key: string, attempt: number, size: number): number {
  const digest = createHash("sha256").update(`${key}\n${attempt}`, "utf8").digest();
  return SIDS.from + (digest.readUIntBE(0, 6) % size);
}
