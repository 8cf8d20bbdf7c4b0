import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { packageRoot } from "../src/kernel/package-root.js";
import { machine, measure, median, print } from "./measure.js";

const CHUNK = 65_536;
const RUNS = 3;

/**
 * Event logs into a case, whole process: the corpus's attack samples and benign logs, as often as `copies` says. A copy that is equal would be known and
 * not be read; so each has record ids of its own. The reference is `evtx --jsonl` of the same files, which reads and prints every record.
 */
export async function benchStore(folder: string, copies: number): Promise<void> {
  const corpus = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");
  const logs = join(folder, "store-logs");
  const bytes = writeCopies(corpus, logs, copies);
  const caseFolder = join(folder, "store-case");
  process.stdout.write(`${machine()}\n`);
  const runs: { seconds: number; peakBytes: number; rows: number; cpu: number }[] = [];
  const reads: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    rmSync(caseFolder, { recursive: true, force: true });
    const read = await measure("sh", [
      "-c",
      'exec "$0" "$@" > /dev/null',
      ...command("evtx", logs, "--jsonl", "--quiet"),
    ]);
    const [node, ...words] = command("ingest", logs, "--case", caseFolder, "--json", "--quiet");
    const ingest = await measure(node as string, words);
    const { files } = JSON.parse(ingest.stdout) as { files: { rows: number }[] };
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    runs.push({ seconds: ingest.seconds, peakBytes: ingest.peakBytes, rows, cpu: ingest.cpuSeconds });
    reads.push(read.seconds);
  }
  const seconds = median(runs.map((run) => run.seconds));
  const rows = runs[0]?.rows ?? 0;
  print(
    "input",
    `${(bytes / 1e6).toFixed(0)} MB of event logs, ${rows.toLocaleString("en")} records, ${copies} copies of the corpus's logs`,
  );
  print(
    "ingest, whole process",
    `${seconds.toFixed(1)} s, ${Math.round(rows / seconds).toLocaleString("en")} records/s (bound: 35,000), ${(bytes / seconds / 1e6).toFixed(0)} MB/s`,
  );
  print("processor time", `${median(runs.map((run) => run.cpu)).toFixed(1)} s`);
  print("ratio to evtx --jsonl", (seconds / median(reads)).toFixed(2));
  print(
    "peak memory",
    `${Math.round(Math.max(...runs.map((run) => run.peakBytes)) / 1024 ** 2)} MiB (bound: 1,536)`,
  );
  const [node, ...words] = command("query", "--case", caseFolder, "--json", SIZE);
  print("windows_event on disk", `${(await measure(node as string, words)).stdout.trim()}`);
  rmSync(caseFolder, { recursive: true, force: true });
  rmSync(logs, { recursive: true, force: true });
}

const SIZE = `SELECT round(sum(bytes_on_disk) / sum(rows)) AS bytes_per_row FROM system.parts
WHERE active AND database = currentDatabase() AND table = 'windows_event'`;

const command = (...words: string[]): string[] => [process.execPath, "dist/src/cli/main.js", ...words];

function writeCopies(corpus: string, target: string, copies: number): number {
  rmSync(target, { recursive: true, force: true });
  let written = 0;
  for (const name of ["attack-samples", "benign-windows10"]) {
    const from = join(corpus, "evtx", name);
    const files = readdirSync(from, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".evtx"),
    );
    for (const [number, file] of files.sort().entries()) {
      const bytes = readFileSync(join(from, file));
      for (let copy = 0; copy < copies; copy++) {
        mkdirSync(join(target, `${copy}`), { recursive: true });
        if (copy > 0) renumber(bytes);
        writeFileSync(join(target, `${copy}`, `${name}-${number}.evtx`), bytes);
        written += bytes.length;
      }
    }
  }
  return written;
}

/** Adds 10^7 to the id of each record, and makes the chunks' checksums right again. */
function renumber(bytes: Buffer): void {
  for (let chunk = 4096; chunk + CHUNK <= bytes.length; chunk += CHUNK) {
    const free = bytes.readUInt32LE(chunk + 48);
    if (bytes.toString("latin1", chunk, chunk + 7) !== "ElfChnk" || free > CHUNK) continue;
    for (let at = chunk + 512; at + 28 <= chunk + free; ) {
      const size = bytes.readUInt32LE(at + 4);
      if (bytes.readUInt32LE(at) !== 0x2a2a || size < 28) break;
      bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at + 8) + 10_000_000n, at + 8);
      at += size;
    }
    bytes.writeUInt32LE(crc32(bytes.subarray(chunk + 512, chunk + free)), chunk + 52);
    const header = crc32(bytes.subarray(chunk, chunk + 120));
    bytes.writeUInt32LE(crc32(bytes.subarray(chunk + 128, chunk + 512), header), chunk + 124);
  }
}
