import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/operator-schedule/index.js";
import { calendar } from "../../../src/intel/calendars/index.js";
import { assessedScheduleSchema } from "../../../src/model/assessed-schedule.js";
import { findingSchema } from "../../../src/model/finding.js";
import { Draw } from "../../schedule/simulate.js";
import { contextFor, directoryOf, type FlowRow, TestCase } from "../infrastructure-contact/support.js";
import { checkIns, findingAbout, HOSTS, ownHour, ownWork, SERVER, sessions, without } from "./world.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);

async function run(rows: readonly FlowRow[], findings = [findingAbout(SERVER)]) {
  await test.flows(rows);
  await test.rollUp();
  await test.store.insert(
    "internal_host",
    HOSTS.map((ip) => ({ address_realm: "r1", ip })),
  );
  await test.store.insert(
    "host_organisation",
    HOSTS.map((ip) => ({
      address_realm: "r1",
      ip,
      org_id: "alpha",
      valid_from: "2000-01-01 00:00:00",
      valid_to: "2100-01-01 00:00:00",
    })),
  );
  const result = await detector.run(
    contextFor(test, detector, {
      directory,
      findings,
      calendars: {
        asked: ["DE", "CN", "KR", "JP", "VN"],
        home: ["DE"],
        homeTimeZone: "Europe/Berlin",
        of: calendar,
      },
    }),
  );
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  for (const schedule of result.schedules ?? [])
    expect(() => assessedScheduleSchema.parse(schedule)).not.toThrow();
  const [schedule] = result.schedules ?? [];
  return { ...result, schedule };
}

describe("operator-schedule", () => {
  it("says that nobody can be asked about where no server was found", async () => {
    const rows = ownWork(new Draw(1), 2);
    const result = await run(rows, [findingAbout(SERVER, "low")]);
    expect(result.notTested).toContain("nobody whose hours could be asked");
    expect(result.findings).toEqual([]);
  });

  it("answers insufficient interactive activity for a server that only hears check-ins", async () => {
    const draw = new Draw(2);
    const { schedule, findings } = await run([...checkIns(draw), ...ownWork(draw, 2)]);
    expect(schedule?.verdict).not.toBe("human");
    expect(schedule?.reason.toLowerCase()).toContain("insufficient interactive activity");
    expect(schedule?.offset).toBeNull();
    expect(schedule?.contacts.routine).toBeGreaterThan(0.99 * (schedule?.contacts.connections ?? 0));
    expect(findings).toEqual([]);
  });

  it("finds office hours of UTC+8 behind check-ins, and the holiday that they keep", async () => {
    const draw = new Draw(3);
    const { schedule, findings } = await run([
      ...checkIns(draw),
      ...ownWork(draw, 2),
      ...sessions(draw, 8, "CN"),
    ]);
    expect(schedule?.verdict).toBe("human");
    expect(Math.abs((schedule?.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
    expect(schedule?.offset?.interval95[0]).toBeLessThanOrEqual(480);
    expect(schedule?.offset?.interval95[1]).toBeGreaterThanOrEqual(480);
    expect(schedule?.foreign).toBe("yes");
    const lull = schedule?.lulls.find(({ from }) => from.startsWith("2023-09"));
    expect(lull?.from).toMatch(/^2023-09-(29|30)$/);
    expect(lull?.units).toBe(0);
    const of = (country: string) => lull?.calendars.find((each) => each.country === country);
    expect(of("CN")?.explains).toBe("whole");
    const verdictOf = (country: string) => schedule?.calendars.find((each) => each.country === country);
    expect(verdictOf("CN")?.verdict).toBe("consistent_single_episode");
    expect(verdictOf("CN")?.rivals.every((rival) => rival.log_likelihood_ratio > 0)).toBe(true);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: "informational", org_id: null, tlp: "clear" });
    expect(findings[0]?.evidence.length).toBeGreaterThan(10);
    const { connections, empty, visits, routine, automated, folded, interactive } = schedule?.contacts ?? {
      connections: -1,
      empty: 0,
      visits: 0,
      routine: 0,
      automated: 0,
      folded: 0,
      interactive: 0,
    };
    expect(empty + visits + routine + automated + folded + interactive).toBe(connections);
  });

  it("does not call the organisations' own hours foreign", async () => {
    const draw = new Draw(4);
    const { schedule } = await run([
      ...checkIns(draw),
      ...ownWork(draw, 2),
      ...sessions(draw, 2, undefined, ownHour),
    ]);
    expect(schedule?.foreign).not.toBe("yes");
    expect(schedule?.hypotheses?.victim).toBeGreaterThan(0.5);
    expect(schedule?.lulls).toEqual([]);
  });

  it("takes no outage of the sensor for a lull or a holiday", async () => {
    const draw = new Draw(5);
    const rows = [...checkIns(draw), ...ownWork(draw, 2), ...sessions(draw, 8)];
    const { schedule } = await run(without(rows, 43, 50));
    expect(schedule?.verdict).toBe("human");
    expect(schedule?.lulls).toEqual([]);
    const dark = schedule?.days.filter(({ date }) => date >= "2023-09-20" && date <= "2023-09-25") ?? [];
    expect(dark).toHaveLength(6);
    expect(Math.max(...dark.map(({ exposure }) => exposure))).toBe(0);
  });
});
