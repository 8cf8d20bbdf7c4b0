import { chunks } from "../../kernel/group-by.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";

/** Record ids, both ends inclusive. */
export interface Range {
  from: number;
  to: number;
}

/** A chunk of a copy, as far as comparing needs it. */
export interface CopiedChunk {
  offset: number;
  first_id: number;
  last_id: number;
  records: number;
  missing: number;
  /** 0 where one of its checksums is wrong: then parts of it may be of another time. */
  sound: number;
  hidden: number[];
  slices: string[];
}

/** One copy of the log of one channel of one host (table `log_file_fact`). Times are milliseconds UTC. */
export interface LogCopy {
  acquisition: string;
  realm: string;
  host: string;
  channel: string;
  dirty: boolean;
  soundChecksums: boolean;
  records: number;
  firstId: number;
  lastId: number;
  firstNumber: number;
  missing: number;
  gaps: readonly Range[];
  repeated: number;
  descents: number;
  hidden: readonly number[];
  firstTime: number;
  lastTime: number;
  steps: readonly { id: number; at: number; seconds: number }[];
  chunks: readonly CopiedChunk[];
  /** Its records have other ids than they had in the log that it was exported from: they tell nothing of that one. */
  renumbered: boolean;
}

interface FileRow {
  acquisition: string;
  realm: string;
  channel: string;
  dirty: number;
  sound: number;
  records: number;
  first_id: number;
  last_id: number;
  first_number: number;
  missing: number;
  gaps: Range[];
  repeated: number;
  descents: number;
  hidden: number[];
  first: number;
  last: number;
  steps: { id: number; time: string; seconds: number }[];
}

/** Copies of forwarded events have records of many logs, whose ids say nothing of the log that they stand in. */
const FILES = `SELECT acquisition_id AS acquisition, address_realm AS realm, toString(channels[1]) AS channel, dirty,
    toUInt8(header_checksum != 'wrong' AND data_checksum != 'wrong') AS sound, records, first_id, last_id, first_number, missing, gaps, repeated, descents, hidden,
    toUnixTimestamp64Milli(toDateTime64(first_time, 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(last_time, 3, 'UTC')) AS last, time_steps AS steps
  FROM log_file_fact WHERE scope = 'file' AND length(channels) = 1 AND length(computers) BETWEEN 1 AND 3
  ORDER BY acquisition LIMIT 1 BY acquisition`;

const CHUNKS = `SELECT acquisition_id AS acquisition, offset, first_id, last_id, records, missing, toUInt8(header_checksum != 'wrong' AND data_checksum != 'wrong') AS sound, hidden, slices FROM log_file_fact
  WHERE scope = 'chunk' AND records > 0 AND acquisition_id IN {ids:Array(String)} ORDER BY acquisition, first_id, offset`;

/** Name of the host when the newest records of a slice were written, and whether that event counts its record otherwise than the file does. */
const OWNERS = `SELECT source_id AS id, toString(argMax(computer, source_line)) AS host,
    argMax(system['EventRecordID'] NOT IN ('', toString(source_line)), source_line) AS renumbered
  FROM windows_event WHERE source_id IN {ids:Array(String)} GROUP BY source_id`;

const IDS = 500;

export async function loadCopies({ query }: DetectContext): Promise<LogCopy[]> {
  const files = await query<FileRow>(FILES);
  const byCopy = new Map<string, CopiedChunk[]>();
  for (const ids of chunks(
    files.map(({ acquisition }) => acquisition),
    IDS,
  ))
    for (const { acquisition, ...chunk } of await query<CopiedChunk & { acquisition: string }>(CHUNKS, {
      ids,
    })) {
      const own = byCopy.get(acquisition);
      if (own === undefined) byCopy.set(acquisition, [chunk]);
      else own.push(chunk);
    }
  const newest = new Map(
    [...byCopy].flatMap(([acquisition, own]) => {
      const slice = own.at(-1)?.slices.at(-1);
      return slice === undefined ? [] : [[acquisition, slice] as const];
    }),
  );
  const owners = new Map<string, { host: string; renumbered: boolean }>();
  for (const ids of chunks([...new Set(newest.values())], IDS))
    for (const { id, host, renumbered } of await query<{ id: string; host: string; renumbered: number }>(
      OWNERS,
      {
        ids,
      },
    ))
      owners.set(id, { host, renumbered: renumbered === 1 });
  return files.flatMap((row) => {
    const owner = owners.get(newest.get(row.acquisition) ?? "");
    return owner === undefined ? [] : [copyOf(row, owner, byCopy.get(row.acquisition) ?? [])];
  });
}

function copyOf(
  row: FileRow,
  { host, renumbered }: { host: string; renumbered: boolean },
  own: readonly CopiedChunk[],
): LogCopy {
  const { acquisition, realm, channel, records, missing, gaps, repeated, descents, hidden } = row;
  return {
    ...{ acquisition, realm, host, channel, records, missing, gaps, repeated, descents, hidden, renumbered },
    dirty: row.dirty === 1,
    soundChecksums: row.sound === 1,
    firstId: row.first_id,
    lastId: row.last_id,
    firstNumber: row.first_number,
    firstTime: row.first,
    lastTime: row.last,
    steps: row.steps.map(({ id, time, seconds }) => ({ id, at: parseTime(time), seconds })),
    chunks: own,
  };
}
