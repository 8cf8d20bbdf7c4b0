import { describe, expect, test } from "vitest";
import { workingHoursJudgement } from "../../src/assess/working-hours.js";
import { calendar } from "../../src/intel/calendars/index.js";
import { parseTime } from "../../src/kernel/time.js";
import { type AssessedSchedule, assessedScheduleSchema } from "../../src/model/assessed-schedule.js";
import type { HolidayCalendar } from "../../src/model/calendar.js";
import { renderHtml } from "../../src/report/html/page.js";
import { renderSummary } from "../../src/report/index.js";
import { columnsOf } from "../../src/report/terminal/cells.js";
import { analyseSchedule, type ScheduleEvent } from "../../src/schedule/index.js";
import { Draw, type Office, officeEvents } from "../schedule/simulate.js";
import { makeInput } from "./fixture.js";
import { dangers, readHtml } from "./html-check.js";

function known(country: string): HolidayCalendar {
  const found = calendar(country);
  if (found === undefined) throw new Error(`no calendar of ${country}`);
  return found;
}
const china = known("CN");
const cambodia = known("KH");

const OFFICE: Office = {
  shape: "box",
  start: 9,
  end: 18,
  lunch: 12,
  lunchHours: 1.5,
  lunchWork: 0.1,
  weekend: 0,
  stray: 0.03,
  overtime: 0.05,
  actors: 5,
  keeps: china,
};

function scheduleOf(
  events: readonly ScheduleEvent[],
  name: string,
  kind: AssessedSchedule["subject"]["kind"] = "server",
): AssessedSchedule {
  const [from, to] = [parseTime("2023-08-07"), parseTime("2023-11-05")];
  return assessedScheduleSchema.parse({
    ...analyseSchedule(events, { calendars: [china, cambodia], span: { from, to } }),
    id: `operator-schedule-${name}`,
    subject: {
      kind,
      name,
      servers: kind === "account" ? [] : ["203.0.113.9"],
      names: [],
      organisations: ["alpha"],
      hosts: 5,
      pairs: 5,
      sensors: ["s1"],
      part_of: null,
    },
    contacts: {
      connections: events.length + (kind === "account" ? 12 : 0),
      empty: 0,
      visits: kind === "account" ? 12 : 0,
      routine: 0,
      automated: 0,
      folded: 0,
      interactive: events.length,
    },
    watched_week: null,
    home: ["KH"],
  });
}

const people = scheduleOf(
  officeEvents(new Draw(11), OFFICE, { from: parseTime("2023-08-07"), days: 90, offsetAt: () => 480 }, 1500),
  'api"><script>alert(1)</script>',
);
const account = scheduleOf(
  officeEvents(new Draw(12), OFFICE, { from: parseTime("2023-08-07"), days: 90, offsetAt: () => 480 }, 600),
  "CONTOSO\\adm.k",
  "account",
);
const few = scheduleOf([{ time: parseTime("2023-09-01"), actor: "a" }], "203.0.113.77");
const input = makeInput();
const withSchedules = {
  ...input,
  assessment: { ...input.assessment, schedules: [people, few] },
};

describe("working hours in the report", () => {
  const page = renderHtml(withSchedules);
  const section = /<section[^>]*id="schedules".*?<\/section>/s.exec(page)?.[0] ?? "";

  test("are drawn wide and narrow, each drawing named for who cannot see it and given as a table", () => {
    expect(people.verdict).toBe("human");
    const elements = readHtml(`<!doctype html>${section}`);
    const drawings = elements.filter(
      ({ name, attributes }) => name === "svg" && attributes.get("role") === "img",
    );
    expect(drawings).toHaveLength(6);
    for (const { attributes } of drawings) expect(attributes.get("aria-label")?.length).toBeGreaterThan(30);
    const tables = section.match(/The chart as a table/g) ?? [];
    expect(tables).toHaveLength(3);
    // 24 hours, and the days of the span.
    expect(section).toContain("23–24");
    expect(section.match(/<tr>/g)?.length ?? 0).toBeGreaterThan(24 + 85);
  });

  test("mark holidays and make-up days by name", () => {
    expect(section).toContain("CN holiday");
    expect(section).toContain("CN make-up day");
    expect(section).toContain("China (CN)");
    expect(section).toContain("(the organisations&#39; own)");
  });

  test("say so where there is too little", () => {
    expect(section).toContain("203.0.113.77");
    expect(section).toContain("insufficient interactive activity");
  });

  test("are as safe as the rest of the page", () => {
    expect(dangers(readHtml(page))).toEqual([]);
    expect(page).not.toContain("<script>alert");
  });

  test.each([80, 133])("fit a terminal of %i columns", (width) => {
    const text = renderSummary(withSchedules.assessment, { colour: false, width });
    expect(text).toContain("Working hours of the operators");
    expect(text).toContain("UTC+8");
    expect(text.toLowerCase()).toContain("insufficient interactive activity");
    expect(text.split("\n").filter((line) => columnsOf(line) > width)).toEqual([]);
  });
});

describe("working hours of an account", () => {
  const assessment = { ...input.assessment, schedules: [account, few] };

  test("are told in words of logons", () => {
    const page = renderHtml({ ...input, assessment });
    expect(page).toContain("<h3>CONTOSO\\adm.k</h3>");
    expect(page).toContain("612 logons");
    expect(page).toContain("12 from elsewhere than the findings hold against it");
    expect(page).not.toContain("0 servers");
    const text = renderSummary(assessment, { colour: false, width: 200 });
    expect(text).toMatch(/CONTOSO\\adm\.k: UTC\+8.* 600 interactive logons of 612/);
  });

  test("have a key judgement beside that on servers", () => {
    const [servers, accounts, ...others] = workingHoursJudgement([account, people, few]);
    expect(others).toEqual([]);
    expect(servers?.findings).toEqual([people.id]);
    expect(servers?.statement).toContain("(of 2 groups of servers analysed, that with most activity)");
    expect(accounts?.findings).toEqual([account.id]);
    expect(accounts?.statement).toContain("used the account CONTOSO\\adm.k.");
  });
});
