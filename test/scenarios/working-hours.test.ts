import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulate } from "../../scenarios/index.js";
import type { AssessedSchedule } from "../../src/model/assessed-schedule.js";
import { type Assessment, assessmentSchema } from "../../src/model/assessment.js";
import { TLP_LEVELS } from "../../src/model/finding.js";
import { compileProgram } from "../support/compiled.js";
import { checkBundle, expectValid, hasValidator } from "../support/stix.js";
import { newFolder, type Truth, truthOf } from "./helpers.js";

const logs = newFolder();
const folder = newFolder();
let truth: Truth;
let assessment: Assessment;
let campaign: AssessedSchedule;

beforeAll(async () => {
  const out = join(logs, "telemetry");
  await simulate({ scenario: "cambodia-2023", out, seed: 2023, scale: 0.02, workers: 0 });
  truth = truthOf(out);
  const { cli } = await compileProgram();
  execFileSync(process.execPath, [cli, "hunt", out, "--case", folder, "--quiet", "--format", "stix"], {
    stdio: "ignore",
  });
  const text = readFileSync(join(folder, "report", "assessment.json"), "utf8");
  assessment = assessmentSchema.parse(JSON.parse(text));
  const [first] = assessment.schedules.filter(({ subject }) => subject.part_of === null);
  if (first === undefined) throw new Error("no schedule");
  campaign = first;
}, 240_000);
afterAll(() => {
  for (const each of [logs, folder]) rmSync(each, { recursive: true, force: true });
});

describe("working hours in cambodia-2023", () => {
  it("are those of the campaign's clock", () => {
    expect(campaign.verdict).toBe("human");
    const { best_minutes: best, interval95 } = campaign.offset ?? { best_minutes: 0, interval95: [0, 0] };
    expect(best).toBe(truth.schedule.utc_offset_minutes);
    expect(interval95[1] - interval95[0]).toBeLessThanOrEqual(240);
    const servers = assessment.schedules.filter(({ subject }) => subject.part_of === campaign.id);
    expect(servers.length).toBeGreaterThanOrEqual(5);
    for (const { offset } of servers)
      if (offset !== null)
        expect(Math.abs(offset.best_minutes - truth.schedule.utc_offset_minutes)).toBeLessThanOrEqual(60);
  });

  it("stop for the lull, which covers two official working days, and which Cambodia's calendar does not explain", () => {
    expect(campaign.lulls.map(({ from, to }) => ({ from, to }))).toEqual([truth.schedule.lull]);
    const of = (country: string) => campaign.lulls[0]?.calendars.find((each) => each.country === country);
    expect(of("CN")).toMatchObject({ explains: "whole", makeup_days: 2 });
    expect(of("KH")?.explains).toBe("not");
    expect(campaign.words.paragraph).toContain("(Cambodia) does not explain the lull");
  });

  it("go with China's calendar, in a single episode and ahead of every rival", () => {
    const china = campaign.calendars.find(({ country }) => country === "CN");
    expect(china?.verdict).toBe("consistent_single_episode");
    expect(china?.rivals.length).toBeGreaterThanOrEqual(5);
    for (const rival of china?.rivals ?? []) expect(rival.log_likelihood_ratio).toBeGreaterThan(0);
    const fitting = campaign.calendars.filter(({ verdict }) => verdict === "fits");
    expect(fitting).toEqual([]);
  });

  it("know the outage for what it is, and raise nobody's status", () => {
    const [outage] = truth.outages;
    const day = outage?.from.slice(0, 10) ?? "";
    expect(campaign.lulls.some(({ from, to }) => from <= day && to >= day)).toBe(false);
    expect(assessment.telemetry.outages.some(({ sensor_id: id }) => id === outage?.sensor_id)).toBe(true);
    const clean = new Set(truth.clean);
    const raised = assessment.organisations.filter(
      ({ org_id: id, status }) => clean.has(id) && (status === "compromised" || status === "suspected"),
    );
    expect(raised).toEqual([]);
  });

  it("stand among the key judgements", () => {
    const told = assessment.judgements.find(({ findings }) => findings.includes(campaign.id));
    expect(told?.statement).toContain("UTC+8 fits best");
    expect(told?.statement).toContain("2 of the days are official working days there");
    expect(told?.likelihood).toBeGreaterThan(0.5);
  });
});

describe("incidents in cambodia-2023", () => {
  it("are one for each victim, all of one campaign, and none for anybody else", () => {
    const victims = truth.victims.map(({ org_id }) => org_id).sort();
    const { incidents, campaigns, correlation } = assessment;
    expect(incidents.flatMap(({ org_ids }) => org_ids).sort()).toEqual(victims);
    expect(campaigns.map(({ org_ids }) => org_ids)).toEqual([victims]);
    expect(new Set(incidents.map(({ campaign_id }) => campaign_id))).toEqual(new Set([campaigns[0]?.id]));
    // What nobody has to look at one by one any more; the rest is named.
    expect(correlation.incidents).toBeLessThan(correlation.findings / 5);
    expect(correlation.joined + correlation.standing_alone.length).toBe(correlation.findings);
  });
});

it("its bundle of STIX is whole, and valid where OASIS' validator is there", () => {
  const text = readFileSync(join(folder, "report", "stix.json"), "utf8");
  const types = new Set(checkBundle(text, TLP_LEVELS.indexOf(assessment.tlp)).map(({ type }) => type));
  for (const type of ["campaign", "indicator", "infrastructure", "sighting"]) expect(types).toContain(type);
  if (hasValidator) expectValid([text]);
}, 120_000);
