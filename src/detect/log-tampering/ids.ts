import { MINUTE } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import type { LogCopy, Range } from "./copies.js";
import { evidenceOf, placesOf } from "./record.js";
import type { Sign, SignKind } from "./sign.js";

/** What the ids of one copy say. Pure: what it knows is in the copy. */
export interface IdSign {
  kind: SignKind;
  what: string;
  harmless: string;
  /** Records that show it, by id. */
  shown: readonly number[];
  first: number;
  last: number;
}

const UNSOUND = "a copy of a log that was open, or damaged on its way, can lack chunks";
const ARCHIVED = "a log that is archived when it is full begins anew as well";
/** A clearing is recorded within this of the first record of the log that begins anew. */
const CLEARING = 10 * MINUTE;

/** @param cleared whether the case has the record of a clearing of this log from one time to the other, or undefined where it could not have one */
export function idSigns(copy: LogCopy, cleared: (from: number, to: number) => boolean | undefined): IdSign[] {
  const { firstTime: first, lastTime: last } = copy;
  const signs: IdSign[] = [];
  const add = (kind: SignKind, what: string, harmless: string, shown: readonly number[]) =>
    signs.push({ kind, what, harmless, shown, first, last });
  if (copy.hidden.length > 0) {
    const ids = copy.hidden.slice(0, 5).join(", ");
    add(
      "hidden",
      `${count(copy.hidden.length, "record")} (${ids}) hidden in the bytes of others`,
      "",
      copy.hidden,
    );
  }
  if (copy.renumbered) return signs;
  const hidden = new Set(copy.hidden);
  const within = copy.chunks.filter(
    (chunk) =>
      chunk.sound === 1 &&
      chunk.missing > copy.hidden.filter((id) => id >= chunk.first_id && id <= chunk.last_id + 1).length,
  );
  const gaps = copy.gaps.filter(({ from, to }) => !(from === to && hidden.has(from)));
  const missing = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  // A log that was overwritten from its beginning lacks its oldest records, never some in the middle.
  if (missing > 0) {
    const unsound = copy.dirty || isMixed(copy);
    const where = within.length > 0 ? "within a chunk" : "between chunks";
    add(
      "missing",
      `ids ${rangesText(gaps)} are missing ${where}, with records before and after them`,
      unsound && within.length === 0 ? UNSOUND : "",
      gaps.slice(0, 3).flatMap(({ from, to }) => [from - 1, to + 1]),
    );
  }
  if (copy.repeated > 0)
    add(
      "rewritten",
      `${count(copy.repeated, "record id")} stand twice in one file`,
      copy.dirty || isMixed(copy) ? UNSOUND : "",
      copy.chunks.slice(0, 2).map(({ first_id }) => first_id),
    );
  if (copy.firstNumber === 1 && copy.firstId > 1 && cleared(first - CLEARING, first + CLEARING) === false)
    add(
      "restarted",
      `its first record has the id ${copy.firstId}, so ${copy.firstId - 1} were there before, and no clearing is recorded`,
      ARCHIVED,
      [copy.firstId],
    );
  return signs;
}

/**
 * Whether the copy has parts of other times: some of its checksums are wrong, or its chunks are in no order. Copies of shadow copies are like that, in which
 * blocks of the file were kept that had been overwritten.
 */
export function isMixed({ soundChecksums, descents }: LogCopy): boolean {
  return !soundChecksums || descents > 1;
}

/** Signs of one copy with the records that show them. */
export async function withRecords(
  context: DetectContext,
  copy: LogCopy,
  signs: readonly IdSign[],
): Promise<Sign[]> {
  if (signs.length === 0) return [];
  const slices = copy.chunks.flatMap((chunk) => chunk.slices);
  const places = await placesOf(context, slices, [...new Set(signs.flatMap(({ shown }) => shown))]);
  return signs.map(({ kind, what, harmless, shown, first, last }) => ({
    ...{ kind, what, harmless, first, last, accounts: [] },
    ...{ realm: copy.realm, host: copy.host, log: copy.channel },
    evidence: places
      .filter(({ line }) => shown.includes(line))
      .slice(0, 6)
      .map((place) => evidenceOf(place, `record ${place.line}: ${what}`)),
  }));
}

export function rangesText(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, 3).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  return `${shown.join(", ")}${ranges.length > 3 ? ` and ${ranges.length - 3} more stretches` : ""}`;
}

export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
