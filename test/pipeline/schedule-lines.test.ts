/** Lines of `longwatch schedule` that are in the way, in one file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { calendar } from "../../src/intel/calendars/index.js";
import { DAY, HOUR } from "../../src/kernel/time.js";
import { renderSchedule, scheduleStep } from "../../src/pipeline/index.js";
import { Draw, type Office, officeEvents } from "../schedule/simulate.js";

const folder = mkdtempSync(join(tmpdir(), "longwatch-schedule-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, lines: readonly string[], end = "\n"): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => line + end).join(""));
  return file;
}

const china = calendar("CN");
const OFFICE: Office = {
  shape: "two-humps",
  start: 9,
  end: 18.5,
  lunch: 12,
  lunchHours: 1.5,
  lunchWork: 0.15,
  weekend: 0.15,
  stray: 0.05,
  overtime: 0.05,
  actors: 4,
  ...(china && { keeps: china }),
};
const office = officeEvents(
  new Draw(1),
  OFFICE,
  { from: Date.UTC(2022, 0, 1), days: 730, offsetAt: () => 480 },
  2000,
);

/** The same instant, each time written in another way. */
const WRITTEN: readonly ((time: number) => string)[] = [
  (time) => new Date(time).toISOString(),
  (time) => new Date(time + 8 * HOUR).toISOString().replace("Z", "+08:00"),
  (time) => new Date(time - 5 * HOUR).toISOString().replace("Z", "-0500"),
  (time) => new Date(time).toISOString().replace("T", " ").replace("Z", ""),
  (time) => (time / 1000).toFixed(6),
  (time) => String(time),
  (time) => `${time}000`,
  (time) => `${time}000000`,
];

describe("longwatch schedule", () => {
  it("reads every format in one file, and tells people hours, zone and holidays", async () => {
    const rows = office.map(({ time, actor }, at) => `${WRITTEN[at % WRITTEN.length]?.(time)};${actor}`);
    const file = put("mixed.csv", ["When;Who", ...rows], "\r\n");
    const report = await scheduleStep({ file, time: "when", actor: "who", calendars: ["cn", " kr"] });
    expect(report.input).toMatchObject({ records: 2000, read: 2000, without_offset: 2000 / WRITTEN.length });
    expect(report.days.reduce((sum, { units }) => sum + units, 0)).toBe(report.units);
    expect(report.heatmap?.units.flat().reduce((sum, units) => sum + units, 0)).toBe(report.units);
    const text = renderSchedule(report, { colour: false, width: 110 }).replaceAll(/\s+/g, " ");
    for (const part of [
      "a human working day: UTC+8 (95 % interval UTC+",
      "Hours and weekdays at UTC+8, by the clocks of Asia/Shanghai",
      "Day by day",
      "Of 2 calendars asked, that of China fits",
      "make-up working days",
      "Confidence is moderate at most",
      "250 times have no offset from UTC",
    ])
      expect(text).toContain(part);
  });

  it("counts the lines that it cannot read, and names them", async () => {
    const file = put("bad-times.csv", [
      "when,who",
      "2023-05-01T09:00:00+08:00,a",
      "yesterday,a",
      ",a",
      "2023-05-01,b",
      "2023-02-30T00:00:00Z,b",
      "12,b",
      '"2023-05-02T09:00:00Z","c',
      'd"',
      "2023-05-02T09:00:00Z",
      "\u001b[31m,b",
      "",
    ]);
    const report = await scheduleStep({ file, time: "when", actor: "who" });
    expect(report.input).toMatchObject({ records: 9, read: 2, rejected: 7 });
    expect(report.input.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [3, '"yesterday": is not a time: RFC 3339, or seconds or milliseconds since 1970'],
      [4, '"": the time is empty'],
      [5, '"2023-05-01": a date without a time of day says nothing about hours'],
      [6, '"2023-02-30T00:00:00Z": there is no such day or time'],
      [7, '"12": the time lies outside of 1990 to 2099: is the unit right?'],
      [10, "has 1 fields where the header has 2"],
      [11, expect.stringContaining("is not a time")],
    ]);
    expect(report.caveats).toContain("7 lines have no time that could be read, of 9, and are left out.");
    const text = renderSchedule(report, { colour: false, width: 110 });
    expect(text).toContain("7 lines of 9 without a readable time:");
    expect(text).toContain("and 2 more");
    expect(text).not.toContain("\u001b");
  });

  it("has too little to say of a file with one line", async () => {
    const report = await scheduleStep({
      file: put("one.csv", ["when", "2023-05-01T09:00:00Z"]),
      time: "when",
    });
    expect(report.verdict).toBe("insufficient");
    expect(report.reason).toContain(
      "1 event in 1 half-hour on 1 day; at least 40 half-hours on 10 days are needed.",
    );
  });

  it("refuses a file in which no line has a time, and names the first", async () => {
    const file = put("words.csv", ["when", "soon", "later"]);
    await expect(scheduleStep({ file, time: "when" })).rejects.toMatchObject({
      code: "LW_INPUT_UNREADABLE",
      message: expect.stringContaining("none of its 2 lines has a time that can be read; the first"),
    });
  });

  it("says unknown outside of a calendar's coverage, and guesses nothing", async () => {
    const rows = office.map(({ time }) => new Date(time + 5 * 1461 * DAY).toISOString());
    const file = put("later.csv", ["when", ...rows]);
    const { calendars } = await scheduleStep({ file, time: "when", calendars: ["CN", "KH"] });
    expect(calendars.map(({ verdict }) => verdict)).toEqual(["unknown", "unknown"]);
    expect(calendars[0]?.reason).toContain("outside the years");
  });
});
