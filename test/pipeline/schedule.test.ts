import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { HOUR, SECOND } from "../../src/kernel/time.js";
import { scheduleReportSchema } from "../../src/model/schedule.js";
import { scheduleStep } from "../../src/pipeline/schedule/step.js";
import { spanOf } from "../schedule/calibration.js";
import { Draw, type Office, officeEvents } from "../schedule/simulate.js";

const folder = mkdtempSync(join(tmpdir(), "longwatch-schedule-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OFFICE: Office = {
  shape: "two-humps",
  start: 9,
  end: 18,
  lunch: 12,
  lunchHours: 1,
  lunchWork: 0.1,
  weekend: 0.05,
  stray: 0.02,
  overtime: 0.05,
  actors: 3,
};

/** On whole seconds, which every form of a time can say exactly. */
const events = officeEvents(new Draw(1), OFFICE, spanOf(92, 480), 300).map(({ time, actor }) => ({
  time: Math.round(time / SECOND) * SECOND,
  actor,
}));

function put(
  name: string,
  form: (time: number) => string | number,
  pack = (text: string): string | Buffer => text,
): string {
  const lines = events.map(({ time, actor }) => `${actor},${form(time)}\n`);
  const file = join(folder, name);
  writeFileSync(file, pack(`who,when\n${lines.join("")}`));
  return file;
}

const columns = { time: "when", actor: "who" };
const seconds = await scheduleStep({ file: put("seconds.csv", (time) => time / 1000), ...columns });

describe("longwatch schedule", () => {
  it("finds the hours of people in a file, and says what it read", () => {
    expect(() => scheduleReportSchema.parse(seconds)).not.toThrow();
    expect(seconds).toMatchObject({ verdict: "human", events: 300 });
    expect(seconds.input).toMatchObject({
      records: 300,
      read: 300,
      rejected: 0,
      without_offset: 0,
      thinned: null,
    });
    expect(Math.abs((seconds.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
    expect(seconds.words.paragraph).toMatch(/UTC\+[78]/);
    expect(seconds.caveats.some((caveat) => caveat.includes("false flag"))).toBe(true);
  });

  it.each([
    ["milliseconds", (time: number) => time, (text: string) => text],
    ["RFC 3339 in UTC", (time: number) => new Date(time).toISOString(), (text: string) => text],
    [
      "RFC 3339 with an offset",
      (time: number) => new Date(time + 5 * HOUR).toISOString().replace("Z", "+05:00"),
      (text: string) => text,
    ],
    ["seconds, in a gzip file", (time: number) => time / 1000, gzipSync],
  ])("the same times as %s give the same answer", async (_, form, pack) => {
    const { input, ...analysis } = await scheduleStep({ file: put("other.csv", form, pack), ...columns });
    const { input: __, ...expected } = seconds;
    expect(analysis).toEqual(expected);
    expect(input).toMatchObject({ read: 300, rejected: 0 });
  });

  it("of a truncated gzip file it reads what is there, and says so", async () => {
    const file = put(
      "cut.csv.gz",
      (time) => time / 1000,
      (text) => gzipSync(text).subarray(0, -300),
    );
    const report = await scheduleStep({ file, ...columns });
    expect(report.input.problem).toBe("the gzip stream is truncated; its readable part was kept");
    expect(report.input.read).toBeGreaterThan(50);
    expect(report.caveats.some((caveat) => caveat.includes("could not be read to its end"))).toBe(true);
  });
});
