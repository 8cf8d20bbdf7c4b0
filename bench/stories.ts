import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { simulate } from "../scenarios/index.js";
import { type Assessment, assessmentSchema } from "../src/model/assessment.js";
import type { Finding } from "../src/model/finding.js";
import { machine } from "./measure.js";
import { type StoryScore, scoreStory, storyTable } from "./story-score.js";

const SEEDS = [2026, 7];

export interface HuntedStory {
  telemetry: string;
  score: StoryScore;
  assessment: Assessment;
  /** The bundle of STIX. */
  stix: string;
}

/**
 * Simulates a story of hosts, hunts it and scores the hunt against what really happened. Synthetic.
 *
 * @param program arguments of Node that start the command line
 */
export async function huntStory(
  folder: string,
  seed: number,
  scale: number,
  program: readonly string[] = ["--import", "tsx", "src/cli/main.ts"],
): Promise<HuntedStory> {
  const telemetry = join(folder, `story-${seed}-${scale}`);
  const caseFolder = `${telemetry}.case`;
  for (const each of [telemetry, caseFolder]) rmSync(each, { recursive: true, force: true });
  await simulate({ scenario: "south-east-asia-2026", out: telemetry, seed, scale });
  execFileSync(
    process.execPath,
    [...program, "hunt", telemetry, "--quiet", "--case", caseFolder, "--format", "stix"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const reported = (name: string) => readFileSync(join(caseFolder, "report", name), "utf8");
  const assessment = assessmentSchema.parse(JSON.parse(reported("assessment.json")));
  const findings = reported("findings.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Finding);
  const score = scoreStory(telemetry, findings, assessment);
  return { telemetry, score, assessment, stix: reported("stix.json") };
}

/**
 * Recall per step, false incidents, and the reduction from findings to incidents.
 *
 * @param scale 1 is 200 hosts over two months
 * @param seeds two where none is given
 */
export async function benchStories(folder: string, scale: number, seeds: readonly number[]): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  for (const seed of seeds.length > 0 ? seeds : SEEDS) {
    const { score } = await huntStory(folder, seed, scale);
    process.stdout.write(
      `\nsouth-east-asia-2026, seed ${seed}, scale ${scale} (synthetic)\n${storyTable(score)}`,
    );
  }
}
