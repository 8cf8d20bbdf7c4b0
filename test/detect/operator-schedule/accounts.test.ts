import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector as hijackDetector } from "../../../src/detect/account-hijack/index.js";
import { detector } from "../../../src/detect/operator-schedule/index.js";
import { MESSAGES } from "../../../src/detect/registry.js";
import { calendar } from "../../../src/intel/calendars/index.js";
import { MINUTE } from "../../../src/kernel/time.js";
import { assessedScheduleSchema } from "../../../src/model/assessed-schedule.js";
import { type Finding, findingSchema } from "../../../src/model/finding.js";
import { Draw } from "../../schedule/simulate.js";
import { at, contextFor, directoryOf, START, TestCase } from "../infrastructure-contact/support.js";
import {
  ACCOUNT,
  atWork,
  eventRow,
  hijackOf,
  type LogonRow,
  machinery,
  ownersHour,
  people,
  service,
} from "./logs.js";
import { ownWork } from "./world.js";

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
      calendars: {
        asked: [...new Set([country, "CN", "KR", "JP", "VN"])],
        home: [country],
        homeTimeZone,
        of: calendar,
      },
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
    const [finding, ...others] = findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: "informational", org_id: "alpha", attack: ["T1078"] });
    expect(finding?.title).toMatch(
      /^Whoever uses the account CONTOSO\\adm\.k keeps working hours near UTC\+[789]$/,
    );
    expect(finding?.entities[0]).toMatchObject({ kind: "account", value: ACCOUNT, role: "hijacked" });
    expect(finding?.evidence).toHaveLength(20);
    const asked = [...(MESSAGES[finding?.explanation.key ?? ""] ?? "").matchAll(/\{(\d+)\}/g)];
    expect(asked).toHaveLength(finding?.explanation.args.length ?? 0);
  });

  it("finds them in a network of UTC+7, whose own day is nearly the same, by the holidays that they keep", async () => {
    const draw = new Draw(22);
    const { schedule } = await run(
      [...machinery(draw), ...people(draw, 7), ...atWork(draw, 8, { keeps: "CN", share: 0.9 })],
      { home: "7" },
    );
    expect(schedule.verdict).toBe("human");
    expect(Math.abs((schedule.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
    expect(schedule.hypotheses?.human).toBeGreaterThan(0.5);
    const lull = schedule.lulls.find(({ from }) => from.startsWith("2023-09") || from.startsWith("2023-10"));
    expect(lull?.from).toMatch(/^2023-09-(29|30)$/);
    expect(lull?.watched_activity).toBeGreaterThan(0.8);
    const of = (code: string) => lull?.calendars.find(({ country }) => country === code)?.explains;
    expect(of("CN")).toBe("whole");
    expect(of("KH")).toBe("not");
  });

  it("calls its owner's use the watched organisation's own rhythm", async () => {
    const draw = new Draw(23);
    const own = atWork(draw, -5, { hour: ownersHour, from: "10.1.0.30" });
    const { schedule, findings } = await run([...machinery(draw), ...people(draw, -5), ...own]);
    expect(schedule.hypotheses?.victim).toBeGreaterThan(0.5);
    expect(schedule.foreign).not.toBe("yes");
    expect(schedule.reason).toContain("watched place's own rhythm");
    expect(findings[0]?.title).toBe(`The account ${ACCOUNT} is used in the watched organisation's own hours`);
  });

  it("takes the rival from the network where the logs show nobody else", async () => {
    const draw = new Draw(30);
    const flows = ownWork(draw, -5);
    await test.flows(flows);
    await test.rollUp();
    await test.tenIsInside();
    const own = atWork(draw, -5, { hour: ownersHour, from: "10.1.0.30" });
    const { schedule } = await run([...machinery(draw), ...own]);
    expect(schedule.watched_week).not.toBeNull();
    expect(schedule.hypotheses?.victim).toBeGreaterThan(0.5);
  });

  it("asks only the sources that a finding names, and not its owner's desk", async () => {
    const draw = new Draw(24);
    const own = atWork(draw, -5, { hour: ownersHour, from: "10.1.0.30", share: 1 });
    const rows = [...machinery(draw), ...people(draw, -5), ...own, ...atWork(draw, 8)];
    const { schedule } = await run(rows, { findings: [hijackOf(ACCOUNT, ["10.1.0.66"])] });
    expect(schedule.contacts.visits).toBe(own.length);
    expect(schedule.verdict).toBe("human");
    expect(Math.abs((schedule.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
    expect(schedule.foreign).toBe("yes");
  });

  it("takes a service account for a machine", async () => {
    const draw = new Draw(25);
    const { schedule, findings } = await run([...machinery(draw), ...people(draw, -5), ...service(draw)]);
    expect(schedule.verdict).toBe("machine");
    expect(schedule.reason.toLowerCase()).toContain("insufficient interactive activity");
    expect(schedule.contacts.automated + schedule.contacts.folded).toBe(schedule.contacts.connections);
    const tests = schedule.machines.map((each) => each.test);
    expect(tests).toContain("machine_logon");
    expect(tests.length).toBeGreaterThan(1);
    expect(findings).toEqual([]);
  });

  it("takes a script that goes round the hosts at any hour for none of a person's", async () => {
    const draw = new Draw(26);
    const rows = Array.from({ length: 90 * 24 * 6 }, (_, index) => ({
      time: START + index * 10 * MINUTE + draw.int(240) * 1000,
      computer: `srv${draw.int(60)}.contoso.local`,
      id: 4624,
      type: 3,
      user: "adm.k",
      from: "10.1.0.20",
    }));
    const { schedule } = await run([...machinery(draw), ...people(draw, -5), ...rows]);
    expect(schedule.verdict).toBe("machine");
    expect(schedule.offset).toBeNull();
  });

  it("says insufficient where there are too few logons", async () => {
    const draw = new Draw(27);
    const { schedule, findings } = await run([
      ...machinery(draw),
      ...people(draw, -5),
      ...atWork(draw, 8, { days: 10 }),
    ]);
    expect(schedule.verdict).toBe("insufficient");
    expect(schedule.reason).toContain("Insufficient interactive activity");
    expect(findings).toEqual([]);
  });

  it("does not take a silent log for a silence of the account", async () => {
    const draw = new Draw(28);
    const rows = [...machinery(draw), ...people(draw, -5), ...atWork(draw, 8)];
    const [from, to] = [at(43, 0), at(50, 0)];
    const { schedule } = await run(rows.filter(({ time }) => time < from || time >= to));
    expect(schedule.verdict).toBe("human");
    expect(schedule.lulls).toEqual([]);
    const dark = schedule.days.filter(({ date }) => date >= "2023-09-20" && date <= "2023-09-24");
    expect(dark).toHaveLength(5);
    expect(Math.max(...dark.map(({ exposure }) => exposure))).toBe(0);
    // The same silence of the account alone, while its logs go on, is one.
    await test.clear();
    const alone = await run(rows.filter(({ time, user }) => user !== "adm.k" || time < from || time >= to));
    expect(alone.schedule.lulls).toHaveLength(1);
  });

  it("reads what account-hijack finds: of an account in two hands, the other's hours", async () => {
    const draw = new Draw(32);
    const own = atWork(draw, -5, { hour: ownersHour, from: "10.1.0.30", share: 0.6 });
    const others = atWork(draw, 8, { share: 0.9 }).filter(({ time }) => time > at(30, 0));
    const rows = [...machinery(draw), ...people(draw, -5), ...own, ...others];
    const privileged = own.filter(({ id }) => id === 4624).map((row) => ({ ...row, id: 4672 }));
    await test.store.insert("windows_event", [...rows, ...privileged].map(eventRow));
    const { findings } = await hijackDetector.run(contextFor(test, hijackDetector, { directory }));
    expect(findings.map(({ severity, facts }) => [severity, facts.sources])).toEqual([
      ["high", ["10.1.0.66"]],
    ]);
    await test.clear();
    const { schedule } = await run(rows, { findings });
    expect(schedule.contacts.visits).toBe(own.length);
    expect(schedule.contacts.connections).toBe(own.length + others.length);
    expect(Math.abs((schedule.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
    expect(schedule.foreign).toBe("yes");
  });

  it("knows one account under both names of its domain", async () => {
    const draw = new Draw(31);
    // The domain controller says CORP.EXAMPLE, hosts say CONTOSO; the identifier is the same.
    const rows = [...machinery(draw), ...people(draw, -5), ...atWork(draw, 8)].map((row) =>
      row.id === 4768 ? { ...row, domain: "CORP.EXAMPLE" } : row,
    );
    const { schedule, schedules } = await run(rows, {
      findings: [hijackOf(ACCOUNT), hijackOf("adm.k@corp.example")],
    });
    expect(schedules).toHaveLength(1);
    expect(schedule.contacts.connections).toBe(rows.filter(({ user }) => user === "adm.k").length);
  });

  it("leaves other accounts of the name alone, and accounts that are only suspected a little", async () => {
    const draw = new Draw(29);
    const rows = [...machinery(draw), ...people(draw, -5), ...atWork(draw, 8)];
    const elsewhere = rows.map((row) =>
      row.user === "adm.k" ? { ...row, domain: row.computer.split(".")[0] ?? "" } : row,
    );
    await test.store.insert("windows_event", elsewhere.map(eventRow));
    const asked = (findings: Finding[]) => detector.run(contextFor(test, detector, { directory, findings }));
    expect((await asked([hijackOf(ACCOUNT)])).schedules).toEqual([]);
    const low = await asked([hijackOf(ACCOUNT, [], "low")]);
    expect(low.notTested).toContain("no hijacked account");
  });
});
