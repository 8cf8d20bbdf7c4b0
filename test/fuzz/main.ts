/**
 * Fuzzing: `npm run fuzz -- NAME [RUNS]`. Feeds mutated real files to a parser: it must not throw, nor take a second for one input, nor grow.
 * Continuous integration runs a small part of it (test/corpus). Needs the corpus.
 */
import { fuzzEvtx } from "./evtx.js";
import { fuzzRules } from "./rules.js";
import { fuzzZeek } from "./zeek.js";

const FUZZERS: Record<string, { run: (runs: number) => Promise<string>; runs: number; what: string }> = {
  evtx: { run: fuzzEvtx, runs: 1_000_000, what: "chunks of event logs" },
  rules: { run: fuzzRules, runs: 100_000, what: "Sigma rules" },
  zeek: { run: fuzzZeek, runs: 100_000, what: "lines of Zeek's logs of remote access" },
};

const [name, text] = process.argv.slice(2);
const fuzzer = name === undefined ? undefined : FUZZERS[name];
const runs = text === undefined ? (fuzzer?.runs ?? 0) : Number(text);
if (fuzzer === undefined || !Number.isSafeInteger(runs) || runs < 1) {
  process.stderr.write("usage: npm run fuzz -- NAME [RUNS]\n");
  for (const [key, { what, runs: all }] of Object.entries(FUZZERS))
    process.stderr.write(`  ${key.padEnd(8)} ${what} (${all.toLocaleString("en")} runs unless given)\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`${await fuzzer.run(runs)}\n`);
}
