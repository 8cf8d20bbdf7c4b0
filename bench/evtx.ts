import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { packageRoot } from "../src/kernel/package-root.js";
import { ChunkReader } from "../src/sources/evtx/index.js";
import { machine, measure, median, print } from "./measure.js";

const CHUNK = 65_536;
const WARM_UP = 5;
const RUNS = 9;

/**
 * EVTX to full records, every field decoded to text, in one thread: the corpus's attack samples and benign logs, repeated as often as it takes to
 * reach a steady state. Processor time is given beside the clock, because other work on the machine slows the one and not the other.
 */
export async function benchEvtx(_folder: string, rounds: number): Promise<void> {
  const corpus = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");
  const folders = ["attack-samples", "benign-windows10"].map((name) => join(corpus, "evtx", name));
  const chunks = folders.flatMap(logsBelow).flatMap(chunksOf);
  const used = chunks.reduce((sum, chunk) => sum + chunk.readUInt32LE(48), 0) * rounds;
  const ours: Run[] = [];
  const reference: Run[] = [];
  let records = 0;
  const reader = new ChunkReader();
  for (let run = 0; run < WARM_UP + RUNS; run++) {
    const floor = timed(() => repeat(rounds, () => chunks.forEach(checksum)));
    records = 0;
    const sink = { record: () => void records++, problem() {} };
    const read = timed(() =>
      repeat(rounds, () => {
        for (const chunk of chunks) {
          chunk.copy(reader.bytes);
          reader.read(CHUNK, 0, sink);
        }
      }),
    );
    if (run < WARM_UP) continue;
    ours.push(read);
    reference.push(floor);
  }
  process.stdout.write(`${machine()}\n`);
  print(
    "input",
    `${chunks.length * rounds} chunks, ${records.toLocaleString("en")} records, ${(used / 1e6).toFixed(0)} MB of chunk space in use (corpus)`,
  );
  const seconds = median(ours.map((run) => run.seconds));
  const cpu = median(ours.map((run) => run.cpu));
  print("one thread, by the clock", rates(records, used, seconds));
  print("one thread, by processor time", `${rates(records, used, cpu)} (bound: 120,000 records/s)`);
  const ratio = median(ours.map((run, at) => run.cpu / (reference[at]?.cpu ?? Number.NaN)));
  print("ratio to a CRC-32 of the same bytes", ratio.toFixed(1));
  await benchCommand(folders, records / rounds);
}

/** The whole command, with its start, its threads and its output. */
async function benchCommand(folders: readonly string[], records: number): Promise<void> {
  const words = [process.execPath, "dist/src/cli/main.js", "evtx", ...folders, "--jsonl", "--quiet"];
  const runs = [];
  for (let run = 0; run < 3; run++)
    runs.push(await measure("sh", ["-c", 'exec "$0" "$@" > /dev/null', ...words]));
  const bytes = folders.flatMap(logsBelow).reduce((sum, path) => sum + statSync(path).size, 0);
  const seconds = median(runs.map((run) => run.seconds));
  print(
    "longwatch evtx --jsonl, whole process",
    `${rates(records, bytes, seconds)} of files, ${seconds.toFixed(2)} s`,
  );
  print(
    "peak memory",
    `${(Math.max(...runs.map((run) => run.peakBytes)) / 1024 ** 2).toFixed(0)} MiB (bound: 800)`,
  );
}

interface Run {
  seconds: number;
  cpu: number;
}

function timed(work: () => void): Run {
  const cpu = process.cpuUsage();
  const started = performance.now();
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

function repeat(times: number, work: () => void): void {
  for (let time = 0; time < times; time++) work();
}

function checksum(chunk: Buffer): void {
  crc32(chunk.subarray(0, chunk.readUInt32LE(48)));
}

function rates(records: number, bytes: number, seconds: number): string {
  return `${Math.round(records / seconds).toLocaleString("en")} records/s, ${(bytes / seconds / 1e6).toFixed(0)} MB/s`;
}

function logsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".evtx"))
    .sort()
    .map((name) => join(folder, name));
}

function chunksOf(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const chunks: Buffer[] = [];
  for (let at = 4096; at + CHUNK <= bytes.length; at += CHUNK)
    if (bytes.toString("latin1", at, at + 7) === "ElfChnk") chunks.push(bytes.subarray(at, at + CHUNK));
  return chunks;
}
