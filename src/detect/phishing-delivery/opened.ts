import { HOUR, parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql } from "../shared/event-evidence.js";

/** A process that names the attachment, or a file of it in an archive. */
export interface Opening {
  realm: string;
  /** Milliseconds UTC. */
  at: number;
  host: string;
  user: string;
  image: string;
  commandLine: string;
  parent: string;
  line: EventLine;
}

/** Shorter names (`a.lnk`) are in command lines of anything. */
const SHORTEST = 8;
/** The engine looks for so many texts at once. */
const CHUNK = 200;
/** Of one name and realm, the earliest: a name that processes have all the time must not take the place of the others. */
const MOST_EVENTS = 25;

const SQL = `SELECT address_realm AS realm, toString(time) AS at, toString(device_hostname) AS host, user_name AS user, process_file_path AS image,
    process_cmd_line AS commandLine, parent_process_file_path AS parent, ${eventLineSql} AS line,
    multiSearchFirstIndexCaseInsensitiveUTF8(concat(process_cmd_line, '\\n', process_file_path), {names:Array(String)}) AS found
  FROM process_activity WHERE activity = 'Launch' AND found > 0 ORDER BY time, source_id, source_line LIMIT {most:UInt32} BY realm, found`;

type Row = Omit<Opening, "at"> & { at: string; found: number };

/** Processes by the name that they were given, lower case; the earliest first. */
export async function openingsOf(
  context: Pick<DetectContext, "query">,
  names: readonly string[],
): Promise<ReadonlyMap<string, Opening[]>> {
  const openings = new Map<string, Opening[]>();
  const asked = [...new Set(names.map((name) => name.toLowerCase()))].filter(
    (name) => name.length >= SHORTEST,
  );
  for (let from = 0; from < asked.length; from += CHUNK) {
    const part = asked.slice(from, from + CHUNK);
    for (const { found, at, ...row } of await context.query<Row>(SQL, { names: part, most: MOST_EVENTS })) {
      const name = part[Number(found) - 1] ?? "";
      openings.set(name, [...(openings.get(name) ?? []), { ...row, at: parseTime(at) }]);
    }
  }
  return openings;
}

/** Those of one realm that came within some hours of the delivery. A name that processes had before it (`setup.exe`) tells nothing. */
export function openedAfter(
  openings: ReadonlyMap<string, Opening[]>,
  names: readonly string[],
  { realm, at }: { realm: string; at: number },
  hours: number,
): Opening[] {
  return names
    .map((name) => (openings.get(name.toLowerCase()) ?? []).filter((each) => each.realm === realm))
    .filter((list) => list.every((each) => each.at >= at))
    .flatMap((list) => list.filter((each) => each.at <= at + hours * HOUR))
    .sort((a, b) => a.at - b.at);
}
