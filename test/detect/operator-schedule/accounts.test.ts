import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/operator-schedule/index.js";
import { MESSAGES } from "../../../src/detect/registry.js";
import { calendar } from "../../../src/intel/calendars/index.js";
import { assessedScheduleSchema } from "../../../src/model/assessed-schedule.js";
import { findingSchema } from "../../../src/model/finding.js";
import { Draw } from "../../schedule/simulate.js";
import { contextFor, directoryOf, TestCase } from "../infrastructure-contact/support.js";
import { ACCOUNT, atWork, eventRow, hijackOf, type LogonRow, machinery, ownersHour, people, service } from "./logs.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);
const HOMES = { "7": ["KH", "Asia/Phnom_Penh"], "-5": ["US", "America/New_York"] } as const;

async function run(
  rows: readonly LogonRow[],
  { findings = [hijackOf(ACCOUNT)], home = "-5" as keyof typeof HOMES } = {},
) {
  await test.store.insert("windows_event", rows.map(eventRow));
  const [country, homeTimeZone] = HOMES[home];
  const result = await detector.run(
    contextFor(test, detector, {
      directory,
      findings,
      calendars: { asked: [...new Set([country, "CN", "KR", "JP", "VN"])], home: [country], homeTimeZone, of: calendar },
    }),
  );
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  for (const schedule of result.schedules ?? [])
    expect(() => assessedScheduleSchema.parse(schedule)).not.toThrow();
  const [schedule] = result.schedules ?? [];
  if (schedule === undefined) throw new Error("no schedule");
  const { empty, visits, routine, automated, folded, interactive, connections } = schedule.contacts;
  expect(empty + visits + routine + automated + folded + interactive).toBe(connections);
  return { ...result, schedule };
}

describe("operator-schedule on hijacked accounts", () => {
  it("finds office hours of UTC+8 in a network of UTC-5, without any network telemetry", async () => {
    const draw = new Draw(21);
    const { schedule, findings } = await run([...machinery(draw), ...people(draw, -5), ...atWork(draw, 8)]);
    console.log(JSON.stringify({ ...schedule, days: 0, calendars: 0, heatmap: 0, zones: 0 , watched_week:0}, null, 1), schedule.watched_week);
    expect(schedule.subject).toMatchObject({
      kind: "account",
      name: ACCOUNT,
      organisations: ["alpha"],
      hosts: 3,
      part_of: null,
    });
    expect(schedule.verdict).toBe("human");
    expect(Math.abs((schedule.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
    expect(schedule.foreign).toBe("yes");
    expect(schedule.hypotheses?.victim).toBeLessThan(0.05);
    expect(findings).toHaveLength(1);
  });
});
