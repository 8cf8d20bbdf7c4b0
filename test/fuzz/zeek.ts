import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { accounted, corpusFolder, openBench } from "../sources/runner.js";
import { place } from "./place.js";

const LOGS = ["kerberos", "smb_mapping", "smb_files", "dce_rpc"];
const LINES = 400;
const SLOWEST_MS = 20_000;
/** What means something to JSON, to the engine's functions or to a terminal. */
const TOKENS = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  ",",
  ":",
  "null",
  "-1",
  "1e999",
  "\u0000",
  "\u202e",
  "\t",
  "''",
  "x".repeat(5000),
];

/** One change of a line. Places are shares of it. */
type Mutation =
  | { kind: "put"; at: number; text: string }
  | { kind: "cut"; at: number; length: number }
  | { kind: "splice"; seed: number; from: number; at: number; length: number };
const length = fc.integer({ min: 1, max: 60 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), at: place, text: fc.constantFrom(...TOKENS) }),
  fc.record({ kind: fc.constant("cut" as const), at: place, length }),
  fc.record({ kind: fc.constant("splice" as const), seed: fc.nat(), from: place, at: place, length }),
);

/**
 * Reads files of mutated lines of Zeek's logs of remote access, as many lines as asked for: each line must become a row or a reject, none may stop the file. Returns
 * what it did in a sentence.
 * @throws at the first file of which that is not so, made as small as fast-check can
 */
export async function fuzzZeek(runs: number): Promise<string> {
  const corpus = corpusFolder();
  if ("missing" in corpus) return `skipped: ${corpus.missing}`;
  const seeds = ["day1", "day2"]
    .flatMap((day) =>
      readFileSync(join(corpus.folder, `zeek/otrf-apt29/${day}.combined.log`), "utf8").split("\n"),
    )
    .filter((line) =>
      LOGS.some((log) => line.includes(`"@stream":"${log}"`) || line.includes(`"@stream": "${log}"`)),
    );
  const bench = await openBench();
  const counts = { lines: 0, rows: 0, rejects: 0, slowest: 0 };
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.array(mutation, { maxLength: 3 })), {
          minLength: LINES - 1,
          maxLength: LINES - 1,
        }),
        async (changes) => {
          // The first line is whole, so that the file is known for what it is.
          const lines = changes.map(([seed, all]) =>
            all.reduce((line, each) => mutate(line, each, seeds), seeds[seed % seeds.length] as string),
          );
          const started = performance.now();
          const outcome = await bench.read("combined.log", `${[seeds[0], ...lines].join("\n")}\n`);
          const ms = performance.now() - started;
          if (accounted(outcome) !== LINES)
            throw new Error(`of ${LINES} lines ${accounted(outcome)} are accounted for`);
          if (ms > SLOWEST_MS) throw new Error(`${LINES} lines took ${ms.toFixed(0)} ms`);
          counts.lines += outcome.lines;
          counts.rows += Object.values(outcome.rows).reduce((sum, each) => sum + each, 0);
          counts.rejects += outcome.rejects.length;
          counts.slowest = Math.max(counts.slowest, ms);
        },
      ),
      { numRuns: Math.ceil(runs / LINES) },
    );
  } finally {
    await bench.close();
  }
  if (counts.rows === 0) throw new Error("no line became a row: nothing was tested");
  return (
    `zeek: ${counts.lines.toLocaleString("en")} mutated lines of ${seeds.length} seeds: ${counts.rows.toLocaleString("en")} rows, ` +
    `${counts.rejects.toLocaleString("en")} rejects; the slowest ${LINES} took ${counts.slowest.toFixed(0)} ms`
  );
}

function mutate(line: string, mutation: Mutation, seeds: readonly string[]): string {
  const at = Math.floor(mutation.at * line.length);
  switch (mutation.kind) {
    case "put":
      return line.slice(0, at) + mutation.text + line.slice(at);
    case "cut":
      return line.slice(0, at) + line.slice(at + mutation.length);
    case "splice": {
      const other = seeds[mutation.seed % seeds.length] as string;
      const from = Math.floor(mutation.from * other.length);
      return line.slice(0, at) + other.slice(from, from + mutation.length) + line.slice(at);
    }
  }
}
