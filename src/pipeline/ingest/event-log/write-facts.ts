import { unique } from "../../../kernel/group-by.js";
import type { Store } from "../../../store/port.js";
import type { SliceOwner } from "../spool.js";
import type { FactRow, LogFile } from "./log-file.js";

/** A copy of a log, and the slice under whose id its facts are stored. */
export interface Acquisition {
  file: LogFile;
  owner: SliceOwner;
}

/** Hidden records that a row lists at most. */
const LISTED_HIDDEN = 64;
const INSERT_ROWS = 2_000;
/** Ids in one request. */
const IDS = 1_000;

/** What the records of a slice say, as they are stored. */
interface Read {
  source_id: string;
  records: number;
  hidden: number[];
  channels: string[];
  computers: string[];
}

const READ = `source_id, count() AS records, arraySort(groupArrayIf(${LISTED_HIDDEN})(source_line, hidden_in > 0)) AS hidden,
  arraySort(groupUniqArray(16)(channel)) AS channels, arraySort(groupUniqArray(16)(computer)) AS computers`;

/**
 * Writes the rows of `log_file_fact` into a batch whose records are stored. Many logs in one insert: each insert makes a part, and of more than a
 * thousand parts in one batch the engine delays inserts and then refuses them.
 */
export async function writeLogFileFacts(
  store: Store,
  batchId: string,
  acquisitions: readonly Acquisition[],
): Promise<void> {
  if (acquisitions.length === 0) return;
  const read = new Map<string, Read>();
  const keep = (rows: readonly Read[]) => {
    for (const row of rows) read.set(row.source_id, row);
  };
  keep(
    await store.query<Read>(
      `SELECT ${READ} FROM windows_event WHERE batch_id = {batch_id:String} AND product = 'evtx' GROUP BY source_id`,
      { batch_id: batchId },
    ),
  );
  let complete: Record<string, unknown>[] = [];
  for (const { file, owner } of acquisitions) {
    const rows = file.rows();
    const elsewhere = unique(rows.flatMap(({ slices }) => slices)).filter((id) => !read.has(id));
    for (let at = 0; at < elsewhere.length; at += IDS)
      keep(
        await store.query<Read>(
          `SELECT ${READ} FROM windows_event WHERE source_id IN {ids:Array(String)} GROUP BY source_id`,
          { ids: elsewhere.slice(at, at + IDS) },
        ),
      );
    const common = {
      batch_id: batchId,
      acquisition_id: owner.id,
      sensor_id: owner.sensorId,
      address_realm: owner.realm,
    };
    const all = unique(rows.flatMap(({ slices }) => slices));
    for (const row of rows) {
      complete.push({ ...common, ...row, ...readOf(row, row.scope === "file" ? all : row.slices, read) });
      if (complete.length < INSERT_ROWS) continue;
      await store.insert("log_file_fact", complete);
      complete = [];
    }
  }
  await store.insert("log_file_fact", complete);
}

/** Of an older copy of a chunk, the slice has records that the copy does not have yet. */
function readOf(row: FactRow, slices: readonly string[], read: ReadonlyMap<string, Read>) {
  const found = slices.flatMap((id) => read.get(id) ?? []);
  const hidden = found.flatMap((each) => each.hidden).filter((id) => id <= Number(row.last_id) + 1);
  const records = found.reduce((sum, each) => sum + each.records, 0);
  return {
    records_read: Math.min(records, Number(row.records) + hidden.length),
    hidden: hidden.slice(0, LISTED_HIDDEN),
    channels: unique(found.flatMap((each) => each.channels)).sort(),
    computers: unique(found.flatMap((each) => each.computers)).sort(),
  };
}
