import { messageOf } from "../kernel/errors.js";
import { maskSecrets } from "../kernel/mask.js";
import type { Evidence, Finding } from "../model/finding.js";
import { type EvidenceText, evidenceKey } from "../report/port.js";
import type { Store } from "../store/port.js";
import { openBytes } from "./ingest/decompress.js";
import { probeFile } from "./ingest/probe.js";
import { headOf } from "./ingest/slicer.js";

/** Decompressed bytes that a report may read again for its evidence; `longwatch explain` reads what is over. */
const REPORT_BUDGET_BYTES = 1024 ** 3;
/** A line in a report is cut after this many characters. */
const LONGEST_TEXT = 4096;

/** Evidence lines, word for word, from the files they came from (secrets masked). Each file is read once, up to the last line wanted. */
export async function loadEvidence(
  store: Store,
  findings: readonly Finding[],
  linesPerFinding: number,
  budgetBytes = REPORT_BUDGET_BYTES,
): Promise<Map<string, EvidenceText>> {
  const wanted = findings.flatMap((finding) => finding.evidence.slice(0, linesPerFinding));
  const paths = await pathsOf(store, wanted);
  const byPath = new Map<string, Wanted>();
  const texts = new Map<string, EvidenceText>();
  for (const { source_id, line } of wanted) {
    const key = evidenceKey(source_id, line);
    const source = paths.get(source_id);
    if (source === undefined) {
      texts.set(key, { missing: "the case no longer knows the file" });
      continue;
    }
    // Keyed by content as well: another log may have taken the path of one that was imported before.
    const at = `${source.path}\n${source.head_id}`;
    const file = byPath.get(at) ?? { path: source.path, headId: source.head_id, lines: new Map() };
    byPath.set(at, file);
    file.lines.set(line, key);
  }
  let left = budgetBytes;
  for (const [, file] of [...byPath].sort(([a], [b]) => (a < b ? -1 : 1)))
    left -= await readLines(file, texts, left);
  return texts;
}

/** Lines wanted of one file, with their keys. `headId` is the digest of its first data line as it was imported. */
interface Wanted {
  path: string;
  headId: string;
  lines: Map<number, string>;
}

async function pathsOf(
  store: Store,
  wanted: readonly Evidence[],
): Promise<Map<string, { path: string; head_id: string }>> {
  const ids = [...new Set(wanted.map((each) => each.source_id))];
  const paths = new Map<string, { path: string; head_id: string }>();
  for (let index = 0; index < ids.length; index += 5000) {
    const rows = await store.query<{ source_id: string; path: string; head_id: string }>(
      "SELECT source_id, path, head_id FROM source_slice WHERE source_id IN {ids:Array(String)}",
      { ids: ids.slice(index, index + 5000) },
    );
    for (const row of rows) paths.set(row.source_id, row);
  }
  return paths;
}

/** Returns the decompressed bytes read. */
async function readLines(
  { path, headId, lines }: Wanted,
  texts: Map<string, EvidenceText>,
  budget: number,
): Promise<number> {
  const last = Math.max(...lines.keys());
  let read = 0;
  let number = 1;
  let rest = "";
  let unchanged = false;
  // Latin-1 keeps every byte, so that a line's digest is that of its bytes, whatever they are.
  const take = (line: string) => {
    const bytes = Buffer.from(line, "latin1");
    unchanged ||= headOf(bytes) === headId;
    const key = lines.get(number++);
    if (key === undefined) return;
    const text = maskSecrets(bytes.toString("utf8")).slice(0, LONGEST_TEXT);
    texts.set(
      key,
      unchanged ? { path, text } : { missing: `the file at ${path} is not the one that was imported` },
    );
  };
  try {
    const { magic } = await probeFile(path);
    for await (const chunk of openBytes(path, magic).chunks) {
      if (read > budget) break;
      read += chunk.length;
      const parts = (rest + chunk.toString("latin1")).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) take(part);
      if (number > last) break;
    }
    if (number === last && rest !== "") take(rest);
  } catch (error) {
    for (const key of lines.values())
      if (!texts.has(key))
        texts.set(key, { missing: `the file cannot be read any more: ${messageOf(error)}` });
  }
  const why =
    read > budget
      ? "not loaded into the report; `longwatch explain` shows it"
      : "the file no longer has this line";
  for (const key of lines.values()) if (!texts.has(key)) texts.set(key, { missing: why });
  return read;
}
