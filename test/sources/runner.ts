/**
 * A small stand-in for the pipeline: cuts a file into lines in JavaScript, hands the data lines of each shape to the engine and counts
 * what became of every line. It shares no code with the pipeline, so that both are held to the port.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { packageRoot } from "../../src/kernel/package-root.js";
import { detectFormat, linedOf } from "../../src/sources/detect-format.js";
import type { Probe, Reader, Shape, SourceSettings } from "../../src/sources/port.js";
import { ChdbStore } from "../../src/store/chdb/index.js";
import type { Store } from "../../src/store/port.js";

export const NO_MAPPINGS: SourceSettings = { csvMappings: [] };

export interface Outcome {
  format: string;
  log: string;
  sensor: string | undefined;
  lines: number;
  header: number;
  blank: number;
  unused: number;
  /** Rows by table. */
  rows: Record<string, number>;
  rejects: { line: number; reason: string }[];
}

export interface Bench {
  store: Store;
  /** Reads a file's content into the tables, which are emptied first. */
  read(path: string, content: Buffer | string, settings?: SourceSettings): Promise<Outcome>;
  /** Like read, into the tables as they are; the answer counts this file alone. */
  add(path: string, content: Buffer | string, settings?: SourceSettings): Promise<Outcome>;
  rows(table: string, columns: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-sources-"));
  const store = await ChdbStore.open(join(folder, "store"));
  for (const name of ["001-events.sql", "004-windows.sql"]) {
    const schema = readFileSync(join(packageRoot, "src/store/schema", name), "utf8");
    for (const statement of schema.replace(/^\s*--.*$/gm, "").split(/;\s*$/m)) {
      if (statement.trim() !== "") await store.command(statement);
    }
  }
  const filled = new Set<string>();
  const add = async (path: string, content: Buffer | string, settings = NO_MAPPINGS) => {
    const outcome = await readInto(store, join(folder, "spool.txt"), path, Buffer.from(content), settings);
    for (const table of Object.keys(outcome.rows)) filled.add(table);
    return outcome;
  };
  return {
    store,
    add,
    async read(path, content, settings) {
      for (const table of filled) await store.command(`TRUNCATE TABLE ${table}`);
      filled.clear();
      return add(path, content, settings);
    },
    rows: (table, columns) => store.query(`SELECT ${columns} FROM ${table} ORDER BY source_id, source_line`),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function probeOf(path: string, content: Buffer): Probe {
  const head = content.subarray(0, 256 * 1024);
  const lines = head.toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return { path, head, lines: lines.slice(0, 200), complete: head.length === content.length };
}

/** A file whose records are not lines, as lines; in small pieces, for the places where they meet. */
async function linesOf(content: Buffer, { format }: Reader): Promise<Buffer> {
  const lined = linedOf(format);
  if (lined === undefined) return content;
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
  }
  const parts: Buffer[] = [];
  for await (const part of lined(pieces())) parts.push(part);
  return Buffer.concat(parts);
}

interface Group {
  shape: Shape;
  lines: Buffer[];
  /** Of the lines; none where rows have their own. */
  numbers: number[];
  /** Records and rejects to come. */
  expected: number;
}

async function readInto(
  store: Store,
  spool: string,
  path: string,
  content: Buffer,
  settings: SourceSettings,
): Promise<Outcome> {
  const detected = detectFormat(probeOf(path, content), settings);
  if (!("reader" in detected))
    throw new Error("message" in detected ? detected.message : "it is not read line by line");
  const { reader } = detected;
  const outcome: Outcome = {
    format: reader.format,
    log: reader.log,
    sensor: reader.sensorInLog,
    ...{ lines: 0, header: 0, blank: 0, unused: 0, rows: {}, rejects: [] },
  };
  const lines = await linesOf(content, reader);
  for (const group of cut(reader, lines, outcome)) await ingest(store, spool, group, outcome);
  outcome.rejects.sort((a, b) => a.line - b.line);
  return outcome;
}

function cut(reader: Reader, content: Buffer, outcome: Outcome): Group[] {
  const groups = new Map<string, Group>();
  for (let start = 0; start < content.length; ) {
    const found = content.indexOf(10, start);
    const line = content.subarray(start, found < 0 ? content.length : found);
    start = found < 0 ? content.length : found + 1;
    outcome.lines++;
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) {
      outcome.blank++;
      continue;
    }
    if (outcome.lines <= reader.headerLines || reader.specialFirstBytes.has(line[0] ?? 0)) {
      const kind = reader.special(line.toString("utf8"));
      if (kind !== "data") {
        outcome[kind]++;
        continue;
      }
    }
    const { shape } = reader;
    if (shape.plans.length === 0) {
      outcome.unused++;
      continue;
    }
    const group = groups.get(shape.key) ?? { shape, lines: [], numbers: [], expected: 0 };
    groups.set(shape.key, group);
    const whole = Buffer.concat([line, Buffer.from("\n")]);
    const rows = reader.rows?.(whole, { segment: 1, line: outcome.lines });
    if (rows === undefined) {
      group.lines.push(whole);
      group.numbers.push(outcome.lines);
      group.expected++;
    } else {
      group.lines.push(Buffer.from(rows.bytes));
      group.expected += rows.records + rows.rejected;
      outcome.unused += rows.unused;
    }
  }
  return [...groups.values()];
}

async function ingest(
  store: Store,
  spool: string,
  { shape, lines, numbers, expected }: Group,
  outcome: Outcome,
): Promise<void> {
  writeFileSync(spool, Buffer.concat(lines));
  const { structure } = shape;
  const file = { path: spool, bytes: 0, ...(structure !== undefined && { structure }) };
  const from =
    structure === undefined
      ? `(SELECT line, {numbers:Array(UInt64)}[row + 1] AS source_line${shape.prelude.map((item) => `, ${item}`).join("")} FROM __LINES__)`
      : "__LINES__";
  const good = `ifNull(${shape.rejectLine}, '') = ''`;
  const kindIs = (kinds: readonly string[] | undefined) =>
    shape.kind === undefined || kinds === undefined
      ? "1"
      : `${shape.kind} IN (${kinds.map((kind) => `'${kind}'`).join(", ")})`;
  let accounted = 0;
  const kinds = shape.kind === undefined ? undefined : await kindsIn(store, shape, from, file, numbers);
  for (const plan of shape.plans) {
    if (kinds !== undefined && !plan.kinds?.some((kind) => kinds.has(kind))) continue;
    const names = Object.keys(plan.columns);
    const values = Object.values(plan.columns);
    const before = await countOf(store, plan.table);
    await store.ingestLines(
      `INSERT INTO ${plan.table} (batch_id, source_id, source_line, ${names.join(", ")}) SELECT 'b', {key:String}, source_line, ${values.join(", ")} FROM ${from} WHERE ${good} AND ${kindIs(plan.kinds)} AND (${plan.accept}) AND (${plan.where ?? "1"})`,
      file,
      { numbers, key: shape.key },
    );
    const added = (await countOf(store, plan.table)) - before;
    outcome.rows[plan.table] = (outcome.rows[plan.table] ?? 0) + added;
    accounted += added;
  }
  if (accounted === expected) return;
  const reasons = shape.plans.flatMap((plan) => [kindIs(plan.kinds), plan.reject]);
  const rejected = await store.queryLines<{ number: number; reason: string }>(
    `SELECT toUInt32(source_line) AS number, if(${good}, multiIf(${reasons.join(", ")}, ''), ifNull(${shape.rejectLine}, '')) AS reason FROM ${from} WHERE reason != ''`,
    file,
    { numbers },
  );
  outcome.rejects.push(...rejected.map(({ number, reason }) => ({ line: Number(number), reason })));
  outcome.unused += expected - accounted - rejected.length;
}

/** Kinds of record that are there, so that only their plans are run. */
async function kindsIn(
  store: Store,
  shape: Shape,
  from: string,
  file: { path: string; bytes: number },
  numbers: number[],
): Promise<ReadonlySet<string>> {
  const rows = await store.queryLines<{ name: string }>(
    `SELECT DISTINCT toString(${shape.kind}) AS name FROM ${from}`,
    file,
    { numbers },
  );
  return new Set(rows.map(({ name }) => name));
}

async function countOf(store: Store, table: string): Promise<number> {
  const [row] = await store.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
  return Number(row?.n ?? 0);
}

/** Every line of a file is a row, a reject, a header line, blank or unused; none is two of these. */
export function accounted({ rows, rejects, header, blank, unused }: Outcome): number {
  return (
    Object.values(rows).reduce((sum, count) => sum + count, 0) + rejects.length + header + blank + unused
  );
}

/** The folder of the corpus, or the reason why it is not there. */
export function corpusFolder(): { folder: string } | { missing: string } {
  const folder = process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus");
  try {
    readdirSync(folder);
    return { folder };
  } catch {
    return { missing: `no corpus at ${folder}: set LONGWATCH_CORPUS` };
  }
}

/** Files below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export function contentOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}
