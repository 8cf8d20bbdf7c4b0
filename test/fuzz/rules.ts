import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  checkRules,
  logSources,
  Matcher,
  parseRules,
  type SigmaEvent,
} from "../../src/detect/sigma/index.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import { corpusFolder } from "../sources/runner.js";
import { liveMemory, MOST_MEMORY } from "./live-memory.js";
import { place } from "./place.js";

const SLOWEST_MS = 1000;

/** One change of a rule's text. Places are shares of it, so that a change hits something whatever the seed. */
type Mutation =
  | { kind: "put"; at: number; text: string; over: number }
  | { kind: "cut"; at: number; length: number }
  | { kind: "copy"; from: number; at: number; length: number }
  | { kind: "repeat"; at: number; length: number; times: number }
  | { kind: "line"; at: number; what: "drop" | "double" | "indent" | "outdent" }
  | { kind: "splice"; seed: number; from: number; at: number; length: number };

const length = fc.integer({ min: 1, max: 80 });
/** What means something to YAML, to Sigma or to RE2. */
const TOKENS = [
  ...[
    ": ",
    "- ",
    "|",
    ">",
    "&a ",
    "*a",
    "!!binary ",
    "!!set ",
    "<<: *a",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "? ",
    "#",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
  ],
  ...[
    "null",
    "~",
    "true",
    "0x10",
    "1e999",
    ".nan",
    "2024-01-01",
    "\t",
    "\u0000",
    "\u2028",
    "\ufeff",
    "\ud800",
    "é",
    "_",
    "__proto__",
    "constructor",
  ],
  ...[
    "|contains",
    "|all",
    "|re",
    "|re|i",
    "|cidr",
    "|base64offset",
    "|windash",
    "|utf16le",
    "|fieldref",
    "|expand",
    "|exists",
    "|gte",
    "|neq",
    "|cased",
    "|hour",
  ],
  ...[
    "1 of them",
    "all of ",
    "1 of x*",
    " and ",
    " or ",
    " not ",
    "(",
    ")",
    "condition: ",
    "timeframe: 5m",
    "near",
    "| count() > 5",
  ],
  ...[
    "action: global\n",
    "action: repeat\n",
    "action: reset\n",
    "correlation:\n  type: event_count\n",
    "filter:\n  rules: any\n",
  ],
  ...[
    "(a+)+$",
    "(?=x)",
    "(?<n>a)",
    "(a|aa)*{1000}",
    "a{1000}{1000}",
    "[^",
    "\\p{L}",
    "\\",
    "\\\\*",
    "*",
    "?",
    "%user%",
    "::/0",
    "10.0.0.0/99",
    "/",
  ],
];
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      at: place,
      text: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 4 })),
      over: fc.nat(6),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: place, length }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("copy" as const), from: place, at: place, length }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("repeat" as const),
      at: place,
      length: fc.integer({ min: 1, max: 12 }),
      times: fc.nat(2000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("line" as const),
      at: place,
      what: fc.constantFrom("drop" as const, "double" as const, "indent" as const, "outdent" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("splice" as const),
      seed: fc.nat(),
      from: place,
      at: place,
      length,
    }),
  },
);

/** Mostly a few: what is broken in many places is refused at the first of them. */
const mutations = fc.oneof(
  { weight: 6, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 12 }) },
);

/** An event for which what came out as runnable is run. */
const EVENT: SigmaEvent = {
  channel: "Microsoft-Windows-Sysmon/Operational",
  provider: "Microsoft-Windows-Sysmon",
  eventId: 1,
  field: (name) =>
    ({ Image: "C:\\Windows\\System32\\cmd.exe", CommandLine: `cmd /c ${"a".repeat(500)}!`, ParentImage: "" })[
      name
    ],
  texts: () => ["C:\\Windows\\System32\\cmd.exe", `cmd /c ${"a".repeat(500)}!`],
};

/**
 * Reads mutated rules, as many as asked for; those that can be run are run on one event. Returns what it did in a sentence.
 * @throws at the first input that is not read as it should be, made as small as fast-check can
 */
export async function fuzzRules(runs: number): Promise<string> {
  const corpus = corpusFolder();
  if ("missing" in corpus) return `skipped: ${corpus.missing}`;
  const folders = ["rules", "rules-emerging-threats", "rules-threat-hunting"].map((name) =>
    join(corpus.folder, "sigma", name),
  );
  const seeds = [...folders, join(packageRoot, "rules")].flatMap(textsOf);
  const entries = logSources();
  const counts = { rules: 0, runnable: 0, problems: 0, slowest: 0, memory: 0, read: 0 };
  const measure = () => {
    counts.memory = Math.max(counts.memory, liveMemory());
    if (counts.memory > MOST_MEMORY) throw new Error(`${counts.memory} bytes of memory are kept`);
  };
  const started = performance.now();
  fc.assert(
    fc.property(fc.noBias(fc.nat()), mutations, (index, changes) => {
      const seed = seeds[index % seeds.length] as string;
      const text = changes.reduce((before, each) => mutate(before, each, seeds), seed);
      const before = process.cpuUsage();
      const { rules, problems } = parseRules(text, "x.yml");
      const { runnable, checked } = checkRules(rules, problems, entries);
      new Matcher(runnable, entries).match(EVENT).map(({ fields }) => fields());
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      for (const { line, status, reason } of checked)
        if (line < 1 || (status !== "ok" && reason === ""))
          throw new Error(`an outcome without ${line < 1 ? "line" : "reason"}`);
      if (checked.length !== rules.length + problems.length) throw new Error("a document has no outcome");
      counts.rules += rules.length;
      counts.runnable += runnable.length;
      counts.problems += problems.length;
      counts.slowest = Math.max(counts.slowest, ms);
      if (ms > SLOWEST_MS) throw new Error(`one text took ${ms.toFixed(0)} ms`);
      if (++counts.read % 1000 === 0) measure();
    }),
    { numRuns: runs },
  );
  measure();
  if (counts.runnable === 0) throw new Error("no rule could be run: nothing was tested");
  const seconds = (performance.now() - started) / 1000;
  const number = (value: number): string => value.toLocaleString("en");
  return (
    `rules: ${number(counts.read)} mutated texts of ${number(seeds.length)} seeds: ${number(counts.rules)} rules, ${number(counts.runnable)} of them to be run, ` +
    `${number(counts.problems)} documents refused with a reason; the slowest took ${counts.slowest.toFixed(0)} ms of processor time, ` +
    `memory kept at most ${(counts.memory / 1024 ** 2).toFixed(0)} MiB; ${seconds.toFixed(0)} s`
  );
}

function textsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yml"))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

function mutate(text: string, mutation: Mutation, seeds: readonly string[]): string {
  const within = (share: number, of = text) => Math.floor(share * of.length);
  const put = (at: number, what: string, over = 0): string =>
    text.slice(0, at) + what + text.slice(at + over);
  switch (mutation.kind) {
    case "put":
      return put(within(mutation.at), mutation.text, mutation.over);
    case "cut":
      return put(within(mutation.at), "", mutation.length);
    case "copy": {
      const from = within(mutation.from);
      return put(within(mutation.at), text.slice(from, from + mutation.length));
    }
    case "repeat": {
      const at = within(mutation.at);
      return put(at, text.slice(at, at + mutation.length).repeat(mutation.times));
    }
    case "line": {
      const lines = text.split("\n");
      const at = Math.floor(mutation.at * lines.length);
      const line = lines[at] as string;
      const become = {
        drop: [],
        double: [line, line],
        indent: [`  ${line}`],
        outdent: [line.replace(/^ {1,4}/, "")],
      };
      lines.splice(at, 1, ...become[mutation.what]);
      return lines.join("\n");
    }
    case "splice": {
      const other = seeds[mutation.seed % seeds.length] as string;
      const from = within(mutation.from, other);
      return put(within(mutation.at), other.slice(from, from + mutation.length));
    }
  }
}
