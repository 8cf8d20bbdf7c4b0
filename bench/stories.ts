import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { simulate } from "../scenarios/index.js";
import { type Assessment, assessmentSchema } from "../src/model/assessment.js";
import type { Finding } from "../src/model/finding.js";
import { caseTable, readTruth, scoreCase } from "./case-score.js";
import { machine } from "./measure.js";
import { type StoryScore, scoreStory, storyTable } from "./story-score.js";

const SEEDS = [2026, 7];
const CAMPAIGN_SEEDS = [2023, 7];
const STORY = "south-east-asia-2026";
const CAMPAIGN = "cambodia-2023";
const CLI = ["--import", "tsx", "src/cli/main.ts"];

export interface HuntedStory {
  telemetry: string;
  score: StoryScore;
  assessment: Assessment;
  /** The bundle of STIX. */
  stix: string;
}

/**
 * Simulates a scenario and hunts it. Synthetic.
 *
 * @param program arguments of Node that start the command line
 */
async function hunted(
  folder: string,
  scenario: string,
  seed: number,
  scale: number,
  program: readonly string[] = CLI,
): Promise<Omit<HuntedStory, "score"> & { findings: Finding[] }> {
  const telemetry = join(folder, `${scenario}-${seed}-${scale}`);
  const caseFolder = `${telemetry}.case`;
  for (const each of [telemetry, caseFolder]) rmSync(each, { recursive: true, force: true });
  await simulate({ scenario, out: telemetry, seed, scale });
  execFileSync(
    process.execPath,
    [...program, "hunt", telemetry, "--quiet", "--case", caseFolder, "--format", "stix"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const reported = (name: string) => readFileSync(join(caseFolder, "report", name), "utf8");
  return {
    telemetry,
    assessment: assessmentSchema.parse(JSON.parse(reported("assessment.json"))),
    findings: reported("findings.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Finding),
    stix: reported("stix.json"),
  };
}

/** A story of hosts, hunted and scored against what really happened. */
export async function huntStory(
  folder: string,
  seed: number,
  scale: number,
  program?: readonly string[],
): Promise<HuntedStory> {
  const { findings, ...story } = await hunted(folder, STORY, seed, scale, program);
  return { ...story, score: scoreStory(story.telemetry, findings, story.assessment) };
}

/**
 * Recall per step, false incidents, the reduction from findings to incidents, and how the assessment compares with the truth.
 *
 * @param scale 1 is 200 hosts over two months
 * @param seeds two where none is given
 */
export async function benchStories(folder: string, scale: number, seeds: readonly number[]): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  for (const seed of seeds.length > 0 ? seeds : SEEDS) {
    const { telemetry, score, assessment } = await huntStory(folder, seed, scale);
    process.stdout.write(
      `\n${STORY}, seed ${seed}, scale ${scale} (synthetic)\n${storyTable(score)}${caseTable(scoreCase(readTruth(telemetry), assessment))}`,
    );
  }
}

/**
 * The same of a campaign that only the network shows: incidents, and how the assessment compares with the truth.
 *
 * @param scale 1 is a million connections
 * @param seeds two where none is given
 */
export async function benchCampaigns(folder: string, scale: number, seeds: readonly number[]): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  for (const seed of seeds.length > 0 ? seeds : CAMPAIGN_SEEDS) {
    const { telemetry, findings, assessment } = await hunted(folder, CAMPAIGN, seed, scale);
    const truth = readTruth(telemetry);
    const victims = new Set(truth.victims.map(({ org_id }) => org_id));
    const { incidents, campaigns } = assessment;
    const mistaken = incidents.filter(({ org_ids }) => !org_ids.some((org) => victims.has(org)));
    process.stdout.write(
      `\n${CAMPAIGN}, seed ${seed}, scale ${scale} (synthetic)\n${findings.length} findings become ${incidents.length} incidents, ${mistaken.length} of them of no victim, and ${campaigns.length} campaigns\n${caseTable(scoreCase(truth, assessment))}`,
    );
  }
}
