import { chunks, groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import type { LogCopy, Range } from "./copies.js";
import { count, rangesText } from "./ids.js";
import { evidenceOf, PLACE, type Place, placesOf } from "./record.js";
import type { Sign } from "./sign.js";

/** An older and a newer copy of one log. */
export interface Pair {
  older: LogCopy;
  newer: LogCopy;
}

/** Copies of one log in the order of their newest records, each with the one that follows. Exports count their records anew: they cannot be compared. */
export function pairsOf(copies: readonly LogCopy[]): Pair[] {
  const usable = copies.filter(({ renumbered, records }) => !renumbered && records > 0);
  const logs = groupBy(usable, ({ realm, host, channel }) =>
    JSON.stringify([hostKey({ realm, host }), channel]),
  );
  return [...logs.values()].flatMap((own) => {
    const ordered = [...own].sort(
      (a, b) => a.lastTime - b.lastTime || a.lastId - b.lastId || (a.acquisition < b.acquisition ? -1 : 1),
    );
    return ordered.slice(1).map((newer, index) => ({ older: ordered[index] as LogCopy, newer }));
  });
}

export const hostKey = ({ realm, host }: Pick<LogCopy, "realm" | "host">): string =>
  JSON.stringify([realm, host.toLowerCase()]);

const hasRegressed = ({ older, newer }: Pair): boolean =>
  newer.lastId < older.lastId && newer.lastTime > older.lastTime;

/** Logs of a host that must all have begun anew, for the machine to have been set up anew rather than its logs replaced. */
const ALL_LOGS = 3;

/** Hosts ({@link hostKey}) all of whose logs begin with a first record again. */
export function machinesSetUpAnew(pairs: readonly Pair[]): Set<string> {
  const byHost = groupBy(pairs, ({ newer }) => hostKey(newer));
  const anew = (pair: Pair) => hasRegressed(pair) && pair.newer.firstId === 1;
  return new Set(
    [...byHost].flatMap(([host, own]) => (own.length >= ALL_LOGS && own.every(anew) ? [host] : [])),
  );
}

/** Ids that the older copy has and the newer lacks, though it has older and newer ones. */
export function deletedIds({ older, newer }: Pair): Range[] {
  const hidden = new Set(newer.hidden);
  return newer.gaps
    .filter(({ from, to }) => !(from === to && hidden.has(from)))
    .map(({ from, to }) => ({ from: Math.max(from, older.firstId), to: Math.min(to, older.lastId) }))
    .filter(({ from, to }) => from <= to && !older.gaps.some((gap) => gap.from <= from && gap.to >= to));
}

/** Slices of chunks that hold the same ids in both copies and have no slice in common: only what is in these can differ. */
export function differingSlices({ older, newer }: Pair): string[] {
  const known = new Set(older.chunks.flatMap(({ slices }) => slices));
  const own = new Set(newer.chunks.flatMap(({ slices }) => slices));
  const onlyOlder = older.chunks.filter(({ slices }) => !slices.some((id) => own.has(id)));
  const onlyNewer = newer.chunks.filter(({ slices }) => !slices.some((id) => known.has(id)));
  const meet = (a: LogCopy["chunks"][number], b: LogCopy["chunks"][number]) =>
    a.first_id <= b.last_id && b.first_id <= a.last_id;
  return [
    ...onlyOlder.filter((chunk) => onlyNewer.some((other) => meet(chunk, other))),
    ...onlyNewer.filter((chunk) => onlyOlder.some((other) => meet(chunk, other))),
  ].flatMap(({ slices }) => slices);
}

/** Records with one id and different content. `System` beside id and time is left out: it is the same, or it is in these. */
const DIFFERENT = `SELECT count() AS n, min(line) AS first, max(line) AS last FROM (
    SELECT source_line AS line FROM windows_event WHERE source_id IN {slices:Array(String)}
    GROUP BY source_line HAVING uniqExact(cityHash64(time, provider, event_id, computer, data)) > 1)`;
const EXAMPLES = `SELECT ${PLACE} FROM windows_event WHERE source_id IN {slices:Array(String)} AND source_line IN {ids:Array(UInt64)} ORDER BY source_line, source_id LIMIT 8`;
const SLICES = 2_000;
const ANEW = "all logs of the host begin anew, as those of a machine that was set up anew do";

/**
 * What two copies of one log say together: the log was deleted and an older state restored, or records were taken out or changed.
 * @param setUpAnew whether all logs of the host begin anew
 * @param clearedBetween whether the case has the record of a clearing of the log between two times
 */
export async function signsOfPair(
  context: DetectContext,
  pair: Pair,
  setUpAnew: boolean,
  clearedBetween: (from: number, to: number) => boolean | undefined,
): Promise<Sign[]> {
  const { older, newer } = pair;
  const base = {
    ...{
      realm: newer.realm,
      host: newer.host,
      log: newer.channel,
      accounts: [],
      harmless: setUpAnew ? ANEW : "",
    },
    ...{ first: older.lastTime, last: newer.lastTime },
  };
  const signs: Sign[] = [];
  const slices = differingSlices(pair);
  for (const some of chunks(slices, SLICES)) {
    const [different] = await context.query<{ n: number; first: number; last: number }>(DIFFERENT, {
      slices: some,
    });
    if (different === undefined || different.n === 0) continue;
    const places = await context.query<Place>(EXAMPLES, {
      slices: some,
      ids: [different.first, different.last],
    });
    const what = `${count(different.n, "record id")} (${different.first} to ${different.last}) have other content in another copy of the log`;
    signs.push({
      ...base,
      kind: "rewritten",
      what,
      evidence: places.map((place) => evidenceOf(place, `record ${place.line}: ${what}`)),
    });
  }
  const deleted = deletedIds(pair);
  if (deleted.length > 0) {
    const what = `ids ${rangesText(deleted)} are in an older copy of the log and missing from the middle of a newer one`;
    const places = await placesOf(
      context,
      older.chunks.flatMap((chunk) => chunk.slices),
      deleted.slice(0, 3).flatMap(({ from, to }) => [from, to]),
    );
    signs.push({
      ...base,
      kind: "missing",
      what,
      evidence: places.slice(0, 6).map((place) => evidenceOf(place, `record ${place.line}: ${what}`)),
    });
  }
  if (hasRegressed(pair) && clearedBetween(older.lastTime, newer.firstTime) !== true) {
    const what = `its newest record has the id ${newer.lastId}, after an older copy had come to ${older.lastId}, and no clearing is recorded`;
    const places = [
      ...(await placesOf(
        context,
        older.chunks.slice(-1).flatMap((chunk) => chunk.slices),
        [older.lastId],
      )),
      ...(await placesOf(
        context,
        newer.chunks.slice(-1).flatMap((chunk) => chunk.slices),
        [newer.lastId],
      )),
    ];
    signs.push({
      ...base,
      kind: "rewritten",
      what,
      evidence: places.map((place) => evidenceOf(place, `record ${place.line}: ${what}`)),
    });
  }
  return signs;
}
