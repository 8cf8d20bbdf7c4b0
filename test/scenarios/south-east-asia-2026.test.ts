import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HuntedStory, huntStory } from "../../bench/stories.js";
import { storyTable } from "../../bench/story-score.js";
import { DayBook } from "../../scenarios/estate/day-book.js";
import { buildEstate } from "../../scenarios/estate/estate.js";
import { planIntrusions } from "../../scenarios/estate/intrusions.js";
import { ordinaryDay } from "../../scenarios/estate/ordinary.js";
import { writeEstateOutputs } from "../../scenarios/estate/outputs.js";
import { intrusionDay } from "../../scenarios/estate/steps.js";
import { TLP_LEVELS } from "../../src/model/finding.js";
import { compileProgram } from "../support/compiled.js";
import { checkBundle, expectValid, hasValidator } from "../support/stix.js";
import { filesUnder, newFolder } from "./helpers.js";

const SCENARIO = "south-east-asia-2026";
const SEED = 2026;
const SCALE = 0.05;
const folder = newFolder();
let story: HuntedStory;

beforeAll(async () => {
  story = await huntStory(folder, SEED, SCALE, [(await compileProgram()).cli]);
  process.stdout.write(storyTable(story.score));
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(SCENARIO, () => {
  // The first twelve days, in which intrusions begin: a day is made of the seed and of what the days before left behind.
  it("is the same, byte for byte, for the same seed", async () => {
    const out = join(folder, "again");
    const estate = buildEstate(SCENARIO, SEED, SCALE);
    const intrusions = planIntrusions(estate);
    await writeEstateOutputs(estate, intrusions, out);
    const records = new Map<string, number>();
    const days = estate.days.slice(0, 12);
    for (const day of days) {
      const book = new DayBook(estate, day, records);
      ordinaryDay(book);
      intrusionDay(book, intrusions);
      await book.write(out);
    }
    const names = filesUnder(out);
    expect(names.length).toBeGreaterThan(12 * 7);
    expect(names.some((name) => name.startsWith("logs/gateway/") || name.startsWith("logs/mail/"))).toBe(
      true,
    );
    for (const name of names)
      expect(readFileSync(join(out, name)).equals(readFileSync(join(story.telemetry, name))), name).toBe(
        true,
      );
  });

  it("numbers the records of each log upwards, but where an older copy took a log's place, or a host was set up anew", () => {
    const out = story.telemetry;
    const truth = JSON.parse(readFileSync(join(out, "truth.json"), "utf8"));
    const restored = truth.steps.find(({ step }: { step: string }) => step === "restore_logs");
    const last = new Map<string, number>();
    const back: string[] = [];
    // Read whole, a quarter of a million events take longer than what is asked of them.
    const parts = /"EventRecordID":(\d+).*"Channel":"([^"]+)","Computer":"([^"]+)"/;
    for (const name of filesUnder(join(out, "logs", "windows"))) {
      const text = gunzipSync(readFileSync(join(out, "logs", "windows", name))).toString();
      for (const line of text.trimEnd().split("\n")) {
        const [, record, channel, computer] = parts.exec(line) ?? [];
        const log = `${computer} ${channel}`;
        if (Number(record) <= (last.get(log) ?? 0)) back.push(log);
        last.set(log, Number(record));
      }
    }
    expect(last.size).toBeGreaterThan(60);
    const rebuilt = truth.benign.find(({ what }: { what: string }) => what.startsWith("set up anew"));
    expect(back.filter((log) => !log.startsWith(rebuilt.host))).toEqual([`${restored.host} Security`]);
    expect(back.filter((log) => log.startsWith(rebuilt.host))).toHaveLength(3);
  });

  it("has other names, tools, hosts and order with another seed, and the same at every scale", () => {
    const plan = (seed: number, scale: number) => planIntrusions(buildEstate(SCENARIO, seed, scale));
    const told = (seed: number, scale: number) =>
      plan(seed, scale).map(({ tools, steps }) => [tools, steps.map(({ id, ts }) => [id, ts])]);
    expect(told(2026, 1)).toEqual(told(2026, 0.1));
    const [one, other] = [plan(2026, 0.1), plan(7, 0.1)];
    const servers = new Set(one.map(({ tools }) => tools.server));
    expect(other.filter(({ tools }) => servers.has(tools.server))).toEqual([]);
    for (const { steps } of [...one, ...other])
      expect(steps.map(({ ts }) => ts)).toEqual([...steps.map(({ ts }) => ts)].sort((a, b) => a - b));
    const names = buildEstate(SCENARIO, 2026, 1).hosts.map(({ name }) => name);
    expect(new Set(names).size).toBe(200);
  });

  it("has a bundle of STIX that is whole, and names the archivers; valid where OASIS' validator is there", () => {
    const objects = checkBundle(story.stix, TLP_LEVELS.indexOf(story.assessment.tlp));
    const archivers = planIntrusions(buildEstate(SCENARIO, SEED, SCALE)).map(({ tools }) => tools.archiver);
    const names = { rar: "WinRAR", "7z": "7-Zip" } as const;
    const found = objects.filter(({ type }) => type === "tool").map(({ name }) => name);
    expect(found).toEqual(expect.arrayContaining(archivers.map((archiver) => names[archiver])));
    if (hasValidator) expectValid([story.stix]);
  }, 120_000);

  // Only what the detectors of today are for; the rest of the chain may be found or not.
  it("is found where a detector is for it, in a handful of incidents", () => {
    const { steps, told, incidents, findings, falseIncidents } = story.score;
    const missed = (name: string) =>
      steps.filter(({ step, detectors }) => step === name && detectors.length === 0).map(({ id }) => id);
    for (const name of [
      ...["side_load", "task", "run_key", "removable_media", "service_side_load"],
      ...["web_shell", "credentials", "archive", "upload", "local_administrator", "clear_logs"],
      ...["phishing", "open_attachment", "linux_backdoor", "hijacked_mail", "mailbox", "restore_logs"],
    ])
      expect(missed(name)).toEqual([]);
    for (const intrusion of new Set(steps.map((step) => step.intrusion)))
      expect(steps.filter((step) => step.intrusion === intrusion && step.incidents.length > 0)).not.toEqual(
        [],
      );
    expect(falseIncidents.length).toBeLessThanOrEqual(2);
    expect(incidents).toBeLessThanOrEqual(6);
    expect(findings).toBeGreaterThan(incidents * 10);
    // Each intrusion has an incident of its own, which tells most of it.
    expect(new Set(told.map(({ incident }) => incident)).size).toBe(3);
    expect(told.filter(({ covered, steps: all }) => covered < 0.7 * all)).toEqual([]);
  });

  it("isolates hosts on which something happened and no other, once each", () => {
    const { steps } = story.score;
    const truth = new Map(
      steps.flatMap(({ host, address }) => [
        [host.toLowerCase(), address],
        [host.toLowerCase().split(".")[0], address],
        [address, address],
      ]),
    );
    const isolated = story.assessment.recommendations.response
      .filter(({ action }) => action === "isolate-hosts")
      .flatMap(({ targets }) => targets.map(({ value }) => value));
    expect(isolated.filter((value) => !truth.has(value.toLowerCase()))).toEqual([]);
    const machines = isolated.map((value) => truth.get(value.toLowerCase()));
    expect(new Set(machines).size).toBe(machines.length);
    // Of ten hosts that the story names, eight; the others were reached, and logs show nothing that ran there.
    expect(machines.length).toBeGreaterThanOrEqual(8);
  });
});
