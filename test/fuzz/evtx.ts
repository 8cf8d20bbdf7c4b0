import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ChunkReader, jsonLine, recordExtent, writeEvent } from "../../src/sources/evtx/index.js";
import { EVENT_SHAPE } from "../../src/sources/evtx/stored.js";
import { RowBinaryWriter } from "../../src/sources/row-binary.js";
import { ChdbStore } from "../../src/store/chdb/index.js";
import { corpusFolder } from "../sources/runner.js";
import { liveMemory, MOST_MEMORY } from "./live-memory.js";
import { place } from "./place.js";

const CHUNK = 65_536;
/** Seeds are cut to whole records within this many bytes: small inputs, and so many of them. */
const SEED_BYTES = 6_000;
const SLOWEST_MS = 1000;
/** Rows that the engine is given to read: one that it does not take would cost a whole batch of others. */
const ROW_BYTES = 64 << 20;

/** One change of a chunk. Places are shares of the part that is in use, so that a change hits something whatever the seed. */
type Mutation =
  | { kind: "flip"; at: number; bit: number }
  | { kind: "set"; at: number; size: 1 | 2 | 4; value: number }
  | { kind: "copy"; from: number; at: number; length: number }
  | { kind: "splice"; seed: number; from: number; at: number; length: number }
  | { kind: "fill"; at: number; length: number; value: number }
  | { kind: "cut"; at: number };

const length = fc.integer({ min: 1, max: 400 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ kind: fc.constant("flip" as const), at: place, bit: fc.nat(7) }) },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      at: place,
      size: fc.constantFrom(1 as const, 2 as const, 4 as const),
      // Tokens and types, sizes at their limits, offsets of the beginning.
      value: fc.oneof(
        fc.nat(0x95),
        fc.constantFrom(0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff),
        fc.nat(CHUNK),
      ),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("copy" as const), from: place, at: place, length }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("splice" as const),
      seed: fc.nat(),
      from: place,
      at: place,
      length,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("fill" as const), at: place, length, value: fc.nat(255) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: place }) },
);

/**
 * Reads mutated chunks of the corpus, as many as asked for, with two readers that live as long as the run. Returns what it did in a sentence.
 * @throws at the first input that is not read as it should be, made as small as fast-check can
 */
export async function fuzzEvtx(runs: number): Promise<string> {
  const corpus = corpusFolder();
  if ("missing" in corpus) return `skipped: ${corpus.missing}`;
  const seeds = ["evtx", "sigma/regression_data"].flatMap((name) => seedsOf(join(corpus.folder, name)));
  const readers = [new ChunkReader(false), new ChunkReader(true)];
  const room = new SharedArrayBuffer(1 << 20);
  const counts = { records: 0, problems: 0, slowest: 0, memory: 0, read: 0 };
  const rows = new RowFile();
  const started = performance.now();
  const measure = () => {
    counts.memory = Math.max(counts.memory, liveMemory());
    if (counts.memory > MOST_MEMORY) throw new Error(`${counts.memory} bytes of memory are kept`);
  };
  fc.assert(
    fc.property(
      fc.noBias(fc.nat()),
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (index, mutations, carve) => {
        const reader = readers[carve ? 1 : 0] as ChunkReader;
        const seed = seeds[index % seeds.length] as Buffer;
        seed.copy(reader.bytes);
        const length = mutations.reduce(
          (size, each) => mutate(reader.bytes, seed.length, size, each, seeds),
          CHUNK,
        );
        const before = process.cpuUsage();
        const extent = recordExtent(reader.bytes.subarray(0, length));
        const frames = new Set(extent?.records.map(({ at }) => 4096 + at));
        reader.read(length, 4096, {
          record(record) {
            counts.records++;
            JSON.parse(jsonLine(record, '"f"'));
            const row = new RowBinaryWriter(room);
            writeEvent(row, record, { sourceId: "slice", sensorId: "", realm: "" });
            rows.add(new Uint8Array(row.memory, 0, row.used));
            // What an import takes for known must be what the reader reads.
            const isOfLog = record.carved === undefined && record.hiddenIn === undefined;
            if (isOfLog && !frames.has(record.offset)) throw new Error("a record lies outside of the extent");
            reader.xml(record);
          },
          problem: () => void counts.problems++,
        });
        const { user, system } = process.cpuUsage(before);
        const ms = (user + system) / 1000;
        counts.slowest = Math.max(counts.slowest, ms);
        if (ms > SLOWEST_MS) throw new Error(`one chunk took ${ms.toFixed(0)} ms`);
        if (++counts.read % 10_000 === 0) measure();
      },
    ),
    { numRuns: runs },
  );
  measure();
  if (counts.records === 0) throw new Error("no record was read: nothing was tested");
  const taken = await rows.taken();
  const seconds = (performance.now() - started) / 1000;
  return (
    `evtx: ${counts.read.toLocaleString("en")} mutated chunks of ${seeds.length} seeds: ${counts.records.toLocaleString("en")} records, ` +
    `${counts.problems.toLocaleString("en")} problems; the slowest took ${counts.slowest.toFixed(0)} ms of processor time, ` +
    `memory kept at most ${(counts.memory / 1024 ** 2).toFixed(0)} MiB; the engine took ${taken.toLocaleString("en")} rows of the first; ${seconds.toFixed(0)} s`
  );
}

/** Rows of the first records, as threads hand them to the engine. */
class RowFile {
  readonly #folder = mkdtempSync(join(tmpdir(), "longwatch-fuzz-"));
  readonly #path = join(this.#folder, "rows");
  readonly #descriptor = openSync(this.#path, "w");
  #bytes = 0;
  #rows = 0;

  add(row: Uint8Array): void {
    if (this.#bytes + row.length > ROW_BYTES) return;
    writeSync(this.#descriptor, row);
    this.#bytes += row.length;
    this.#rows++;
  }

  /** How many there are. @throws where the engine does not read as many, or cannot make columns of them */
  async taken(): Promise<number> {
    closeSync(this.#descriptor);
    const store = await ChdbStore.open(join(this.#folder, "store"));
    try {
      const columns = EVENT_SHAPE.plans.flatMap(({ columns }) => Object.values(columns));
      const file = { path: this.#path, bytes: this.#bytes, structure: EVENT_SHAPE.structure ?? "" };
      const [read] = await store.queryLines<{ rows: number }>(
        `SELECT countIf(0 = ignore(${columns.join(", ")})) AS rows FROM __LINES__`,
        file,
      );
      if (read?.rows !== this.#rows) throw new Error(`the engine read ${read?.rows} of ${this.#rows} rows`);
      return this.#rows;
    } finally {
      await store.close();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

/** Of each file the first chunk and one from its middle, cut to whole records. */
function seedsOf(folder: string): Buffer[] {
  const seeds: Buffer[] = [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".evtx"),
  );
  for (const name of files.sort()) {
    const bytes = readFileSync(join(folder, name));
    const chunks = Math.floor((bytes.length - 4096) / CHUNK);
    for (const index of new Set([0, chunks >> 1])) {
      const chunk = bytes.subarray(4096 + index * CHUNK, 4096 + (index + 1) * CHUNK);
      if (chunk.length < CHUNK || chunk.toString("latin1", 0, 7) !== "ElfChnk") continue;
      const end = endOfRecords(chunk);
      if (end === 512) continue;
      const seed = Buffer.from(chunk.subarray(0, end));
      seed.writeUInt32LE(end, 48);
      seeds.push(seed);
    }
  }
  return seeds;
}

function endOfRecords(chunk: Buffer): number {
  let at = 512;
  while (at + 28 < CHUNK && chunk.readUInt32LE(at) === 0x2a2a) {
    const size = chunk.readUInt32LE(at + 4);
    if (size < 28 || at + size > CHUNK || (at > 512 && at + size > SEED_BYTES)) break;
    at += size;
  }
  return at;
}

/** Returns how many bytes of the chunk there are now. */
function mutate(
  chunk: Buffer,
  used: number,
  length: number,
  mutation: Mutation,
  seeds: readonly Buffer[],
): number {
  const within = (share: number, room = 1) => Math.floor(share * Math.max(1, used - room));
  switch (mutation.kind) {
    case "flip": {
      const at = within(mutation.at);
      chunk[at] = (chunk[at] as number) ^ (1 << mutation.bit);
      return length;
    }
    case "set": {
      const limit = 2 ** (8 * mutation.size);
      chunk.writeUIntLE(mutation.value % limit, within(mutation.at, mutation.size), mutation.size);
      return length;
    }
    case "copy":
      chunk.copy(chunk, within(mutation.at), within(mutation.from), within(mutation.from) + mutation.length);
      return length;
    case "splice": {
      const other = seeds[mutation.seed % seeds.length] as Buffer;
      const from = Math.floor(mutation.from * other.length);
      other.copy(chunk, within(mutation.at), from, from + mutation.length);
      return length;
    }
    case "fill": {
      const at = within(mutation.at);
      chunk.fill(mutation.value, at, Math.min(CHUNK, at + mutation.length));
      return length;
    }
    case "cut":
      return Math.min(length, within(mutation.at));
  }
}
