import { groupBy } from "../kernel/group-by.js";
import { maskSecrets } from "../kernel/mask.js";
import type { Evidence, Finding } from "../model/finding.js";
import { type EvidenceText, evidenceKey } from "../report/port.js";
import { linedOf } from "../sources/detect-format.js";
import type { Store } from "../store/port.js";
import { openNamed } from "./archive/index.js";
import { isOnDisk } from "./ingest/event-log/cut.js";
import { recordsOfSlice, type StoredSlice } from "./ingest/event-log/find-record.js";
import { headOf } from "./ingest/slice.js";
import { LineSplitter } from "./line-splitter.js";
import { inputProblem } from "./system-error.js";

/** Decompressed bytes that a report may read again for its evidence; `longwatch explain` reads what is over. */
const REPORT_BUDGET_BYTES = 1024 ** 3;
const OVER_BUDGET = "not loaded into the report; `longwatch explain` shows it";
/** A line in a report is cut after this many characters. */
const LONGEST_TEXT = 4096;

/**
 * Evidence lines, word for word, from the files they came from (secrets masked). Each file is read once, up to the last line wanted; where it
 * is gone or holds another log now (they rotate), the other paths under which its content was met are tried.
 */
export async function loadEvidence(
  store: Store,
  findings: readonly Pick<Finding, "evidence">[],
  linesPerFinding: number,
  budgetBytes = REPORT_BUDGET_BYTES,
): Promise<Map<string, EvidenceText>> {
  const wanted = findings.flatMap((finding) => finding.evidence.slice(0, linesPerFinding));
  const sources = await sourcesOf(store, wanted);
  const texts = new Map<string, EvidenceText>();
  let left = budgetBytes;
  for (let attempt = 0; ; attempt++) {
    const files = new Map<string, Wanted>();
    const records = new Map<string, WantedRecord[]>();
    for (const { source_id, line } of wanted) {
      const key = evidenceKey(source_id, line);
      if (texts.get(key) !== undefined && !("missing" in (texts.get(key) as EvidenceText))) continue;
      const source = sources.get(source_id);
      if (source === undefined) texts.set(key, { missing: "the case no longer knows the file" });
      const path = source?.paths[attempt];
      if (source === undefined || path === undefined) continue;
      if (source.slice !== undefined) {
        const file = records.get(path) ?? [];
        records.set(path, file);
        file.push({ key, line, slice: source.slice });
        continue;
      }
      // Keyed by content as well: another log may have taken the path of one that was imported before.
      const at = `${path}\n${source.headId}`;
      const { headId, format } = source;
      const file = files.get(at) ?? { path, headId, format, lines: new Map() };
      files.set(at, file);
      file.lines.set(line, key);
    }
    if (files.size === 0 && records.size === 0) return texts;
    for (const [path, each] of records) left -= await readRecords(path, each, texts, left);
    for (const [, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
      left -= await readLines(file, texts, left);
  }
}

/** Lines wanted of one file, with their keys. `headId` is the digest of its first data line as it was imported. */
interface Wanted {
  path: string;
  headId: string;
  format: string;
  lines: Map<number, string>;
}

/** A record wanted of an event log. */
interface WantedRecord {
  key: string;
  line: number;
  slice: StoredSlice;
}

interface SourcePaths {
  headId: string;
  format: string;
  /** Of an event log, which is read record by record. */
  slice: StoredSlice | undefined;
  /** The path of the first import, then others. */
  paths: string[];
}

async function sourcesOf(store: Store, wanted: readonly Evidence[]): Promise<Map<string, SourcePaths>> {
  const all = [...new Set(wanted.map((each) => each.source_id))];
  const sources = new Map<string, SourcePaths>();
  for (let index = 0; index < all.length; index += 5000) {
    const ids = { ids: all.slice(index, index + 5000) };
    const first = await store.query<SliceRow>(
      `SELECT source_id, path, head_id, format, previous_id, byte_from, byte_to FROM source_slice
       WHERE source_id IN {ids:Array(String)}`,
      ids,
    );
    for (const row of first)
      sources.set(row.source_id, {
        headId: row.head_id,
        format: row.format,
        slice: storedSlice(row),
        paths: [row.path],
      });
    const others = await store.query<{ source_id: string; path: string }>(
      "SELECT source_id, path FROM source_path WHERE source_id IN {ids:Array(String)} ORDER BY source_id, path",
      ids,
    );
    for (const { source_id, path } of others) sources.get(source_id)?.paths.push(path);
  }
  return sources;
}

interface SliceRow {
  source_id: string;
  path: string;
  head_id: string;
  format: string;
  previous_id: string;
  byte_from: number;
  byte_to: number;
}

function storedSlice({
  source_id,
  format,
  previous_id,
  byte_from,
  byte_to,
}: SliceRow): StoredSlice | undefined {
  if (format !== "evtx") return undefined;
  return { sourceId: source_id, previousId: previous_id, byteFrom: byte_from, byteTo: byte_to };
}

/**
 * Each record by its slice, which is at most one chunk of 64 KiB; a log that does not lie on disk as it is has to be read from its beginning for each.
 * Returns the bytes read.
 */
async function readRecords(
  path: string,
  wanted: readonly WantedRecord[],
  texts: Map<string, EvidenceText>,
  budget: number,
): Promise<number> {
  let read = 0;
  for (const group of groupBy(wanted, ({ slice }) => slice.sourceId).values()) {
    const [{ slice }] = group as [WantedRecord];
    let found: Awaited<ReturnType<typeof recordsOfSlice>>;
    let why = OVER_BUDGET;
    try {
      const cost = isOnDisk(path) ? slice.byteTo - slice.byteFrom : slice.byteTo;
      if (read + cost <= budget) {
        read += cost;
        found = await recordsOfSlice(path, slice, new Set(group.map(({ line }) => line)));
        why =
          found === undefined
            ? `the file at ${path} is not the one that was imported`
            : "the file no longer has this record";
      }
    } catch (error) {
      why = `the file cannot be read any more: ${inputProblem(error)}`;
    }
    for (const { key, line } of group) {
      const text = found?.get(line);
      if (text !== undefined) texts.set(key, { path, text: maskSecrets(text).slice(0, LONGEST_TEXT) });
      else if (!texts.has(key)) texts.set(key, { missing: why });
    }
  }
  return read;
}

/** Returns the decompressed bytes read. */
async function readLines(
  { path, headId, format, lines }: Wanted,
  texts: Map<string, EvidenceText>,
  budget: number,
): Promise<number> {
  const last = Math.max(...lines.keys());
  let read = 0;
  let number = 1;
  let unchanged = false;
  const missing = new Map<string, string>();
  const take = (bytes: Buffer) => {
    unchanged ||= headOf(bytes) === headId;
    const key = lines.get(number++);
    if (key === undefined) return;
    if (unchanged) texts.set(key, { path, text: maskSecrets(bytes.toString("utf8")).slice(0, LONGEST_TEXT) });
    else missing.set(key, `the file at ${path} is not the one that was imported`);
  };
  const split = new LineSplitter(take);
  let why = "the file no longer has this line";
  try {
    const bytes = openNamed(path);
    for await (const chunk of linedOf(format)?.(bytes) ?? bytes) {
      if (read > budget) break;
      read += chunk.length;
      split.push(chunk);
      if (number > last) break;
    }
    if (number === last) split.finish();
    if (read > budget) why = OVER_BUDGET;
  } catch (error) {
    why = `the file cannot be read any more: ${inputProblem(error)}`;
  }
  // What the first path shows is what the user knows the log by.
  for (const key of lines.values()) if (!texts.has(key)) texts.set(key, { missing: missing.get(key) ?? why });
  return read;
}
