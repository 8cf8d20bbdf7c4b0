import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { packageRoot } from "../src/kernel/package-root.js";
import { silentProgress } from "../src/kernel/progress.js";
import { type Finding, SEVERITIES, type Severity, severityRank } from "../src/model/finding.js";
import { loadRules, matchEvents } from "../src/pipeline/index.js";
import { machine } from "./measure.js";
import { corpus, detectIn, SIGMA_RULES } from "./windows-case.js";

const SAMPLES = join(corpus, "evtx/attack-samples");

/** What was found in one file. */
interface Sample {
  /** Relative to the folder of samples. */
  path: string;
  /** Gravest severity by detector of ours, of `log-tampering` by sign. */
  ours: Map<string, Severity>;
  /** Rule and its level. */
  sigma: Map<string, Severity>;
}

/**
 * Names of findings that a log was cleared. Whoever staged an attack cleared the log before it in some samples: no part of the attack, and found all the same.
 */
const CLEARED = /^log-tampering: cleared$|event ?log.*cleared|cleared.*event ?log/i;

/**
 * What our detectors find in each of the corpus's samples of attacks, and what Sigma finds: SigmaHQ's rules and ours. All files are in one case, each a
 * realm of its own, so that hosts of two files are never one; what a detector learns, it learns within a realm.
 */
export async function benchSamples(folder: string): Promise<void> {
  const files = readdirSync(SAMPLES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".evtx"))
    .sort();
  // A case knows a log by content: what is found in one of two equal files holds for the other.
  const firstOf = new Map<string, string>();
  const samples = files.map((path): Sample => {
    const digest = createHash("sha256")
      .update(readFileSync(join(SAMPLES, path)))
      .digest("hex");
    const first = firstOf.get(digest) ?? path;
    firstOf.set(digest, first);
    return { path: first, ours: new Map(), sigma: new Map() };
  });
  const byPath = new Map(samples.map((sample) => [sample.path, sample]));
  await findOurs(folder, byPath);
  await findSigma(byPath);
  const table = samples.map((sample, index) => ({
    ...(byPath.get(sample.path) as Sample),
    path: files[index] as string,
  }));
  process.stdout.write(`${machine()}\n\n${tableOf(table)}\n${listsOf(table)}`);
}

async function findOurs(folder: string, byPath: ReadonlyMap<string, Sample>): Promise<void> {
  const configuration = {
    detectors: { sigma: { enabled: false } },
    sensors: [...byPath.keys()].map((path, index) => ({ id: `file-${index}`, path, realm: `file-${index}` })),
  };
  await detectIn(folder, SAMPLES, configuration, async ({ findings, pathOf }) => {
    for (const { detector, severity, evidence, facts } of findings)
      for (const { source_id } of evidence)
        raise(
          sampleAt(byPath, pathOf.get(source_id)).ours,
          facts.sign === undefined ? detector : `${detector}: ${facts.sign}`,
          severity,
        );
  });
}

async function findSigma(byPath: ReadonlyMap<string, Sample>): Promise<void> {
  const { rules, logSources } = loadRules([...SIGMA_RULES, join(packageRoot, "rules")]);
  const paths = [...byPath.keys()].map((path) => join(SAMPLES, path));
  await matchEvents(
    { paths, rules, logSources },
    {
      async match({ file, rule_title, level }) {
        // Events of a correlation may be of several files.
        if (file !== null) raise(sampleAt(byPath, file).sigma, rule_title, level as Severity);
      },
      async problem() {},
    },
    silentProgress,
  );
}

/** @throws where the file is none of the samples: what was found in it would be lost without a word */
function sampleAt(byPath: ReadonlyMap<string, Sample>, path: string | undefined): Sample {
  const sample = byPath.get(relative(SAMPLES, path ?? ""));
  if (sample === undefined) throw new Error(`${path} is no sample`);
  return sample;
}

function raise(found: Map<string, Severity>, name: string, severity: Finding["severity"]): void {
  const before = found.get(name);
  if (before === undefined || severityRank(before) < severityRank(severity)) found.set(name, severity);
}

const gravest = (found: ReadonlyMap<string, Severity>): number =>
  Math.max(-1, ...[...found.values()].map(severityRank));

function tableOf(samples: readonly Sample[]): string {
  const tacticOf = ({ path }: Sample) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "(top)");
  const tactics = [...new Set(samples.map(tacticOf))].sort();
  const row = (name: string, of: readonly Sample[]): string => {
    const count = (which: "ours" | "sigma", least: Severity) =>
      of.filter((sample) => gravest(sample[which]) >= severityRank(least)).length;
    const besides = (which: "ours" | "sigma") =>
      of.filter((sample) => [...sample[which].keys()].some((found) => !CLEARED.test(found))).length;
    const neither = of.filter(({ ours, sigma }) => ours.size + sigma.size === 0).length;
    return `| ${[
      name,
      of.length,
      count("ours", "informational"),
      count("ours", "medium"),
      count("ours", "high"),
      besides("ours"),
      count("sigma", "informational"),
      count("sigma", "medium"),
      count("sigma", "high"),
      besides("sigma"),
      neither,
    ].join(" | ")} |`;
  };
  const byDetector = new Map<string, number>();
  for (const { ours } of samples)
    for (const detector of ours.keys()) byDetector.set(detector, (byDetector.get(detector) ?? 0) + 1);
  const detectors = [...byDetector].sort((a, b) => b[1] - a[1]).map(([id, files]) => `${id} ${files}`);
  return [
    "| folder | files | ours, any | medium+ | high+ | besides a cleared log | Sigma, any | medium+ | high+ | besides a cleared log | neither |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...tactics.map((tactic) =>
      row(
        tactic,
        samples.filter((sample) => tacticOf(sample) === tactic),
      ),
    ),
    row("all", samples),
    "",
    `files by detector: ${detectors.join(", ")}`,
    "",
  ].join("\n");
}

/** Each file, with what was found in it. */
function listsOf(samples: readonly Sample[]): string {
  const told = (found: ReadonlyMap<string, Severity>) =>
    [...found].map(([name, severity]) => `${name} (${severity})`).join(", ") || "nothing";
  const gravestSigma = ({ sigma }: Sample) => SEVERITIES[gravest(sigma)] ?? "nothing";
  return samples
    .map(
      (sample) =>
        `${sample.path}\n  ours: ${told(sample.ours)}; Sigma: ${sample.sigma.size} rules, gravest ${gravestSigma(sample)}\n`,
    )
    .join("");
}
