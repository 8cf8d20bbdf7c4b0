import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageRoot } from "../src/kernel/package-root.js";
import { machine, measure, median, print } from "./measure.js";

const RUNS = 3;
const RULE_FOLDERS = ["rules", "rules-emerging-threats", "rules-threat-hunting"];
const SIZES = [100, 1_000, 3_000];

/**
 * `sigma match`, whole process: the corpus's attack samples and benign logs, copied as often as `copies` says, with all of SigmaHQ's rules; then with
 * fewer rules, evenly drawn, to show how time grows with their number. The reference is `evtx --jsonl` of the same files, which reads and prints every record.
 */
export async function benchSigma(folder: string, copies: number): Promise<void> {
  const corpus = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");
  const logs = copyLogs(corpus, join(folder, "sigma-logs"), copies);
  const allRules = RULE_FOLDERS.map((name) => join(corpus, "sigma", name)).flatMap(rulesBelow);
  process.stdout.write(`${machine()}\n`);
  const read = await timed(["evtx", logs, "--jsonl", "--quiet"]);
  const single = copyLogs(corpus, join(folder, "sigma-logs-1"), 1);
  const small = await timed([
    "sigma",
    "match",
    single,
    "--rules",
    ruleFolder(folder, allRules, allRules.length),
    "--json",
  ]);
  print("evtx --jsonl, the same files", `${read.seconds.toFixed(2)} s`);
  for (const size of [...SIZES, allRules.length]) {
    const rules = ruleFolder(folder, allRules, size);
    const run = await timed(["sigma", "match", logs, "--rules", rules, "--json"]);
    const records = Number(/on ([\d,]+) records/.exec(run.stderr)?.[1]?.replaceAll(",", ""));
    print(
      `${size} rules`,
      `${run.seconds.toFixed(2)} s, ${Math.round(records / run.seconds).toLocaleString("en")} records/s with start, ratio to evtx --jsonl ${(run.seconds / read.seconds).toFixed(2)}, peak ${mebibytes(run.peakBytes)}`,
    );
    if (size === allRules.length) {
      const steady = (records * (1 - 1 / copies)) / (run.seconds - small.seconds);
      print("input", `${records.toLocaleString("en")} records, ${copies} copies of the corpus's logs`);
      print(
        "steady state, all rules",
        `${Math.round(steady).toLocaleString("en")} records/s (bound: 60,000; start and rules taken off by a run over one copy)`,
      );
      print(
        "peak memory, 1 and all copies",
        `${mebibytes(small.peakBytes)}, ${mebibytes(run.peakBytes)} (bound: 800 MiB)`,
      );
    }
  }
  for (const name of ["sigma-logs", "sigma-logs-1", "sigma-rules"])
    rmSync(join(folder, name), { recursive: true, force: true });
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;

async function timed(
  words: readonly string[],
): Promise<{ seconds: number; peakBytes: number; stderr: string }> {
  const runs = [];
  for (let run = 0; run < RUNS; run++)
    runs.push(
      await measure("sh", [
        "-c",
        'exec "$0" "$@" 2>&1 > /dev/null',
        process.execPath,
        "dist/src/cli/main.js",
        ...words,
      ]),
    );
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    stderr: runs[0]?.stdout ?? "",
  };
}

function copyLogs(corpus: string, target: string, copies: number): string {
  rmSync(target, { recursive: true, force: true });
  for (let copy = 0; copy < copies; copy++) {
    mkdirSync(join(target, `${copy}`), { recursive: true });
    let number = 0;
    for (const name of ["attack-samples", "benign-windows10"]) {
      const from = join(corpus, "evtx", name);
      for (const file of readdirSync(from, { recursive: true, encoding: "utf8" }))
        if (file.endsWith(".evtx"))
          copyFileSync(join(from, file), join(target, `${copy}`, `${number++}.evtx`));
    }
  }
  return target;
}

/** Every nth rule, so that each kind keeps its share. */
function ruleFolder(folder: string, rules: readonly string[], size: number): string {
  const target = join(folder, "sigma-rules", `${size}`);
  if (!existsSync(target)) {
    mkdirSync(target, { recursive: true });
    for (let at = 0; at < size; at++) {
      const rule = rules[Math.floor((at * rules.length) / size)] as string;
      symlinkSync(rule, join(target, `${at}.yml`));
    }
  }
  return target;
}

function rulesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yml"))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
