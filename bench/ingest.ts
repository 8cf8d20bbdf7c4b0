import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { oneConnLog } from "./data.js";
import { machine, measure, median, print } from "./measure.js";

const RUNS = 3;
const CLI = ["dist/src/cli/main.js"];

/** Ingest of one gzipped Zeek conn log, whole process, against `zcat` of the same file in the same run. */
export async function benchIngest(folder: string, scale: number): Promise<void> {
  const log = await oneConnLog(folder, scale);
  const caseFolder = join(folder, "case-ingest");
  const ours: number[] = [];
  const reference: number[] = [];
  let peak = 0;
  let rows = 0;
  for (let run = 0; run <= RUNS; run++) {
    const zcat = await measure("sh", ["-c", 'exec zcat "$1" > /dev/null', "sh", log]);
    rmSync(caseFolder, { recursive: true, force: true });
    const result = await measure(process.execPath, [
      ...CLI,
      "ingest",
      log,
      "--case",
      caseFolder,
      "--json",
      "--quiet",
    ]);
    const report = JSON.parse(result.stdout) as { files: { rows: number; rejected: number }[] };
    rows = report.files[0]?.rows ?? 0;
    // The first run warms the page cache.
    if (run === 0) continue;
    ours.push(result.seconds);
    reference.push(zcat.seconds);
    peak = Math.max(peak, result.peakBytes);
  }
  const ratios = ours.map((seconds, index) => seconds / (reference[index] ?? Number.NaN));
  process.stdout.write(`${machine()}\n`);
  print(
    "input",
    `${log}: ${(statSync(log).size / 1e6).toFixed(0)} MB gzip, ${rows.toLocaleString("en")} connections (synthetic)`,
  );
  print("zcat", `${median(reference).toFixed(2)} s (median of ${RUNS})`);
  print(
    "longwatch ingest, whole process",
    `${median(ours).toFixed(2)} s, ${Math.round(rows / median(ours)).toLocaleString("en")} rows/s`,
  );
  print("ratio to zcat", `${median(ratios).toFixed(2)} (bound: 2)`);
  print("peak memory", `${(peak / 1024 ** 3).toFixed(2)} GiB (bound: 1.5)`);
  rmSync(caseFolder, { recursive: true, force: true });
}
