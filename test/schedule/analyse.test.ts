import { describe, expect, it } from "vitest";
import { calendar, defaultCalendars } from "../../src/intel/calendars/index.js";
import { DAY, HOUR } from "../../src/kernel/time.js";
import type { HolidayCalendar } from "../../src/model/calendar.js";
import { analyseSchedule, type ScheduleOptions } from "../../src/schedule/index.js";
import { spanOf } from "./calibration.js";
import { aimlessEvents, beaconEvents, Draw, type Office, officeEvents, type Span } from "./simulate.js";

const CALENDARS = defaultCalendars().flatMap((code) => calendar(code) ?? []);

const OFFICE: Office = {
  shape: "two-humps",
  start: 9,
  end: 18,
  lunch: 12,
  lunchHours: 1,
  lunchWork: 0.15,
  weekend: 0.05,
  stray: 0.03,
  overtime: 0.05,
  actors: 3,
};

/** August to October 2023, as in the case. */
const THREE_MONTHS = spanOf(92, 480);

/** People who stay away from 29 September to 8 October, over two official working days. */
const PAUSE: HolidayCalendar = {
  country: "XX",
  title: "a pause",
  source: "made up",
  coverage: { from: "2023-01-01", to: "2023-12-31" },
  weekend: [0, 6],
  knowsMakeup: false,
  day: (date) =>
    date >= "2023-09-29" && date <= "2023-10-08"
      ? { kind: "holiday", name: "a pause", episode: "2023-09-29" }
      : { kind: "workday", name: "", episode: "" },
};

describe("machines", () => {
  it.each([
    ["every minute", { seconds: 60, jitter: 0, loss: 0 }],
    ["every five minutes, jitter 20 %", { seconds: 300, jitter: 0.2, loss: 0.05 }],
    ["every hour, jitter 30 %, a third lost", { seconds: 3600, jitter: 0.3, loss: 0.33 }],
    [
      "every ten minutes on an office computer",
      { seconds: 600, jitter: 0.1, loss: 0, hours: [1, 10] as const },
    ],
    ["every four hours", { seconds: 4 * 3600, jitter: 0.1, loss: 0 }],
  ])("a pure beacon, %s: insufficient interactive activity", (_, beacon) => {
    const events = beaconEvents(new Draw(7), beacon, THREE_MONTHS);
    const { verdict, reason, offset } = analyseSchedule(events, { calendars: CALENDARS });
    expect(verdict).not.toBe("human");
    expect(reason).toMatch(/insufficient interactive activity/i);
    expect(offset).toBeNull();
  });

  it("a beacon beside people is told apart, and their hours are found", () => {
    const draw = new Draw(11);
    const people = officeEvents(draw, OFFICE, THREE_MONTHS, 300);
    const beacon = beaconEvents(draw, { seconds: 900, jitter: 0.1, loss: 0.02 }, THREE_MONTHS);
    const analysis = analyseSchedule([...people, ...beacon], { calendars: [] });
    expect(analysis.machines[0]).toMatchObject({ actor: "beacon" });
    expect(analysis.machines[0]?.events).toBeGreaterThan(0.95 * beacon.length);
    expect(analysis.interactive_events).toBeGreaterThan(0.95 * people.length);
    expect(analysis.verdict).toBe("human");
    expect(Math.abs((analysis.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
  });

  it("the same where the people use the beacon's own channel", () => {
    const draw = new Draw(12);
    const people = officeEvents(draw, OFFICE, THREE_MONTHS, 300);
    const beacon = beaconEvents(draw, { seconds: 3600, jitter: 0.02, loss: 0 }, THREE_MONTHS);
    const mixed = [...people, ...beacon].map(({ time }) => ({ time, actor: "one" }));
    const analysis = analyseSchedule(mixed, { calendars: [] });
    expect(analysis.machines[0]?.events ?? 0).toBeGreaterThan(0.8 * beacon.length);
    expect(analysis.verdict).toBe("human");
    expect(Math.abs((analysis.offset?.best_minutes ?? 0) - 480)).toBeLessThanOrEqual(60);
  });

  it("activity at any time has no human rhythm", () => {
    const events = aimlessEvents(new Draw(3), THREE_MONTHS, 600);
    const { verdict, hypotheses, calendars } = analyseSchedule(events, { calendars: CALENDARS });
    expect(verdict).not.toBe("human");
    expect(hypotheses?.no_rhythm ?? 1).toBeGreaterThan(0.5);
    for (const row of calendars) expect(["undecided", "unknown"]).toContain(row.verdict);
  });
});

describe("a pause over China's Golden Week", () => {
  const events = officeEvents(new Draw(21), { ...OFFICE, keeps: PAUSE }, THREE_MONTHS, 500);
  const analysis = analyseSchedule(events, {
    calendars: CALENDARS,
    span: { from: THREE_MONTHS.from, to: THREE_MONTHS.from + 92 * DAY },
  });

  it("is a lull on those days", () => {
    const lull = analysis.lulls.find(({ from, to }) => from <= "2023-10-02" && to >= "2023-10-06");
    expect(lull?.from.slice(0, 7)).toBe("2023-09");
    expect(lull).toMatchObject({ units: expect.any(Number) });
    expect(Date.parse(lull?.from ?? "")).toBeGreaterThanOrEqual(Date.parse("2023-09-28"));
    expect(Date.parse(lull?.to ?? "")).toBeLessThanOrEqual(Date.parse("2023-10-09"));
  });

  it("covers two days on which offices work in exchange, says the calendar of China; Cambodia's does not explain it", () => {
    const [lull] = analysis.lulls;
    const of = (country: string) => lull?.calendars.find((each) => each.country === country);
    expect(of("CN")).toMatchObject({ makeup_days: 2 });
    expect(of("CN")?.explains).not.toBe("not");
    expect(of("KH")?.explains).toBe("not");
  });

  it("is one episode, so that China's calendar is consistent with it and no more, and is ahead of its rivals", () => {
    const verdicts = new Map(analysis.calendars.map((row) => [row.country, row]));
    expect(verdicts.get("CN")?.verdict).toBe("consistent_single_episode");
    for (const rival of verdicts.get("CN")?.rivals ?? [])
      expect(rival.log_likelihood_ratio).toBeGreaterThan(0);
    for (const row of analysis.calendars) expect(row.verdict).not.toBe("fits");
    expect(
      [...verdicts.values()].filter(({ verdict }) => verdict === "consistent_single_episode"),
    ).toHaveLength(1);
  });
});

describe("what could not be seen", () => {
  const outage = { from: Date.UTC(2023, 8, 5), to: Date.UTC(2023, 8, 8) };
  const dark = (hour: number) => hour >= outage.from && hour < outage.to;
  const events = officeEvents(new Draw(31), OFFICE, THREE_MONTHS, 600).filter(({ time }) => !dark(time));

  it("is not a lull, nor a holiday", () => {
    const options: ScheduleOptions = { calendars: CALENDARS, exposureAt: (hour) => (dark(hour) ? 0 : 1) };
    const { lulls, calendars } = analyseSchedule(events, options);
    expect(lulls).toEqual([]);
    for (const row of calendars) expect(["undecided", "unknown", "excluded"]).toContain(row.verdict);
  });

  it("would be a lull if nobody had said that the sensor was down", () => {
    const { lulls } = analyseSchedule(events, { calendars: CALENDARS });
    expect(lulls.map(({ from, to }) => [from, to])).toEqual([["2023-09-05", "2023-09-07"]]);
  });
});

describe("daylight saving", () => {
  const year = (offsetAt: (local: number) => number): Span => ({
    from: Date.UTC(2023, 0, 1),
    days: 365,
    offsetAt,
  });
  /** Last Sundays of March and October. */
  const berlin = year((local) =>
    local >= Date.UTC(2023, 2, 26, 2) && local < Date.UTC(2023, 9, 29, 3) ? 120 : 60,
  );
  const office = { ...OFFICE, start: 9, end: 17.5 };

  it("is seen where people move with the clocks", () => {
    const analysis = analyseSchedule(officeEvents(new Draw(41), office, berlin, 2500), { calendars: [] });
    expect(analysis.daylight_saving?.probability ?? 0).toBeGreaterThan(0.5);
    expect(analysis.zones[0]?.daylight_saving).toBe(true);
  });

  it("is not invented where they do not", () => {
    const analysis = analyseSchedule(
      officeEvents(
        new Draw(41),
        office,
        year(() => 60),
        2500,
      ),
      { calendars: [] },
    );
    expect(analysis.daylight_saving?.probability ?? 0).toBeLessThan(0.5);
    expect(analysis.zones[0]?.daylight_saving).toBe(false);
  });
});

describe("little or odd input", () => {
  it.each([0, 1, 39])("%i events say nothing of people", (count) => {
    const events = officeEvents(new Draw(51), OFFICE, THREE_MONTHS, count);
    const analysis = analyseSchedule(events, { calendars: CALENDARS });
    expect(analysis.verdict).toBe("insufficient");
    expect(analysis).toMatchObject({ events: count, offset: null, hypotheses: null, lulls: [] });
  });

  it("many events in few hours are one day's work, not a rhythm", () => {
    const start = Date.UTC(2023, 7, 1, 2);
    const events = Array.from({ length: 5000 }, (_, i) => ({
      time: start + (i * 4 * HOUR) / 5000,
      actor: `p${i % 7}`,
    }));
    expect(analyseSchedule(events, { calendars: CALENDARS }).verdict).not.toBe("human");
  });

  it("the order of events does not matter", () => {
    const events = officeEvents(new Draw(52), OFFICE, THREE_MONTHS, 200);
    const options = { calendars: [] };
    expect(analyseSchedule(events.toReversed(), options)).toEqual(analyseSchedule(events, options));
  });

  it("a time that is no number is an error of the caller", () => {
    expect(() => analyseSchedule([{ time: Number.NaN, actor: "a" }], { calendars: [] })).toThrow(RangeError);
  });
});
