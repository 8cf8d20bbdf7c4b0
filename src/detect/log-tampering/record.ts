import { chunks } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import type { Evidence } from "../../model/finding.js";
import type { DetectContext } from "../port.js";

const LONGEST_SUMMARY = 300;
const IDS = 1_000;

/** Where a Windows event stands. */
export interface Place {
  source_id: string;
  line: number;
  /** As the engine writes it. */
  time: string;
  host: string;
  channel: string;
  event_id: number;
}

/** SQL: columns of a {@link Place}. */
export const PLACE =
  "source_id, source_line AS line, toString(windows_event.time) AS time, toString(computer) AS host, toString(channel) AS channel, event_id";

export function evidenceOf(
  { source_id, line, time, host, channel, event_id }: Place,
  what: string,
): Evidence {
  const summary = maskSecrets(`${host} ${channel} ${event_id}: ${what}`);
  return {
    table: "windows_event",
    source_id,
    line,
    time: rfc3339(parseTime(time)),
    summary: summary.length > LONGEST_SUMMARY ? `${summary.slice(0, LONGEST_SUMMARY)}…` : summary,
  };
}

/** Records of some slices by their ids. */
export async function placesOf(
  { query }: DetectContext,
  slices: readonly string[],
  ids: readonly number[],
): Promise<Place[]> {
  const found: Place[] = [];
  for (const some of chunks(slices, IDS))
    found.push(
      ...(await query<Place>(
        `SELECT ${PLACE} FROM windows_event WHERE source_id IN {slices:Array(String)} AND source_line IN {ids:Array(UInt64)}
         ORDER BY source_line, source_id LIMIT 1000`,
        { slices: some, ids: [...ids] },
      )),
    );
  return found;
}
