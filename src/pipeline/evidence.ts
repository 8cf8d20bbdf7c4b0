import { messageOf } from "../kernel/errors.js";
import { maskSecrets } from "../kernel/mask.js";
import type { Evidence, Finding } from "../model/finding.js";
import { type EvidenceText, evidenceKey } from "../report/port.js";
import type { Store } from "../store/port.js";
import { openBytes } from "./ingest/decompress.js";
import { probeFile } from "./ingest/probe.js";

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
  const byPath = new Map<string, Map<number, string>>();
  const texts = new Map<string, EvidenceText>();
  for (const { source_id, line } of wanted) {
    const key = evidenceKey(source_id, line);
    const path = paths.get(source_id);
    if (path === undefined) texts.set(key, { missing: "the case no longer knows the file" });
    else if (byPath.has(path)) byPath.get(path)?.set(line, key);
    else byPath.set(path, new Map([[line, key]]));
  }
  let left = budgetBytes;
  for (const [path, lines] of [...byPath].sort(([a], [b]) => (a < b ? -1 : 1))) {
    left -= await readLines(path, lines, texts, left);
  }
  return texts;
}

async function pathsOf(store: Store, wanted: readonly Evidence[]): Promise<Map<string, string>> {
  const ids = [...new Set(wanted.map((each) => each.source_id))];
  const paths = new Map<string, string>();
  for (let index = 0; index < ids.length; index += 5000) {
    const rows = await store.query<{ source_id: string; path: string }>(
      "SELECT source_id, path FROM source_slice WHERE source_id IN {ids:Array(String)}",
      { ids: ids.slice(index, index + 5000) },
    );
    for (const row of rows) paths.set(row.source_id, row.path);
  }
  return paths;
}

/** Returns the decompressed bytes read. */
async function readLines(
  path: string,
  lines: ReadonlyMap<number, string>,
  texts: Map<string, EvidenceText>,
  budget: number,
): Promise<number> {
  const last = Math.max(...lines.keys());
  let read = 0;
  let number = 1;
  let rest = "";
  const take = (text: string) => {
    const key = lines.get(number++);
    if (key !== undefined) texts.set(key, { path, text: maskSecrets(text).slice(0, LONGEST_TEXT) });
  };
  try {
    const { magic } = await probeFile(path);
    const decoder = new TextDecoder("utf8");
    for await (const chunk of openBytes(path, magic).chunks) {
      if (read > budget) break;
      read += chunk.length;
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
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
