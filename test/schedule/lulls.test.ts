/** One holiday, an outage, and the watched place as a rival, on simulated times (synthetic). */
import { describe, expect, it } from "vitest";
import { calendar } from "../../src/intel/calendars/index.js";
import { DAY, HOUR } from "../../src/kernel/time.js";
import type { HolidayCalendar } from "../../src/model/calendar.js";
import { analyseSchedule, type ScheduleEvent } from "../../src/schedule/index.js";
import { Draw, type Office, officeEvents, type Span, USUAL_OFFICE } from "./simulate.js";

const of = (...countries: string[]): HolidayCalendar[] => countries.flatMap((code) => calendar(code) ?? []);

const [china] = of("CN");

/** July to December 2023 at UTC+8: Golden Week is the one long holiday in it. */
const AUTUMN: Span = { from: Date.UTC(2023, 6, 1), days: 150, offsetAt: () => 480 };

/** Activity over the hours of the UTC week, Monday first, as a sensor in an office sees it. */
function weekOf(events: readonly ScheduleEvent[]): number[] {
  const week = new Array<number>(168).fill(0);
  for (const { time } of events) {
    const hour = (Math.floor(time / HOUR) + 72) % 168;
    week[hour] = (week[hour] as number) + 1;
  }
  return week;
}

const verdicts = (rows: readonly { country: string; verdict: string }[]) =>
  Object.fromEntries(rows.map(({ country, verdict }) => [country, verdict]));

describe("another zone than the watched place's", () => {
  const year = { from: Date.UTC(2023, 0, 2), days: 300 };
  const watchedAt = (draw: Draw, minutes: number) => ({
    week: weekOf(
      officeEvents(draw, { ...USUAL_OFFICE, start: 8 }, { ...year, offsetAt: () => minutes }, 5000),
    ),
  });

  it("is asserted of people seven hours away, and not of the place's own", () => {
    for (const seed of [1, 2, 3]) {
      const draw = new Draw(seed);
      const far = officeEvents(draw, USUAL_OFFICE, { ...year, offsetAt: () => 480 }, 400);
      expect(analyseSchedule(far, { calendars: [], watched: watchedAt(draw, 60) }).foreign).toBe("yes");
      const own = officeEvents(draw, USUAL_OFFICE, { ...year, offsetAt: () => 480 }, 400);
      expect(analyseSchedule(own, { calendars: [], watched: watchedAt(draw, 480) }).foreign).not.toBe("yes");
    }
  });

  it("is null where nothing is known of the place", () => {
    const events = officeEvents(new Draw(1), USUAL_OFFICE, { ...year, offsetAt: () => 480 }, 400);
    expect(analyseSchedule(events, { calendars: [] }).foreign).toBeNull();
  });
});

describe("one lull in a short series", () => {
  const keeping: Office = { ...USUAL_OFFICE, ...(china && { keeps: china }) };
  const rivals = of("CN", "KR", "TW", "JP", "VN", "SG", "KH");

  it.each([1, 2, 3, 4, 5])(
    "Golden Week is found, China ahead of its rivals, Cambodia no explanation (seed %i)",
    (seed) => {
      const draw = new Draw(seed);
      const events = officeEvents(draw, keeping, AUTUMN, 900);
      const watched = officeEvents(
        draw,
        { ...USUAL_OFFICE, start: 8, end: 17 },
        { ...AUTUMN, offsetAt: () => 420 },
        5000,
      );
      const analysis = analyseSchedule(events, {
        calendars: rivals,
        watched: { week: weekOf(watched), country: "KH", activityOn: () => 1 },
      });
      expect(analysis.verdict).toBe("human");
      const of = verdicts(analysis.calendars);
      expect(of.CN).toBe("consistent_single_episode");
      for (const country of ["KR", "TW", "JP", "VN", "SG", "KH"]) {
        expect(["fits", "consistent_single_episode"]).not.toContain(of[country]);
        const row = analysis.calendars.find((each) => each.country === "CN");
        const against = row?.rivals.find((each) => each.country === country);
        expect(against?.log_likelihood_ratio).toBeGreaterThan(0);
      }
      const golden = analysis.lulls.find(({ from, to }) => from <= "2023-10-03" && to >= "2023-10-03");
      expect(golden?.from).toMatch(/2023-09-2[789]/);
      expect(golden?.to).toMatch(/2023-10-0[678]/);
      expect(golden?.calendars.find(({ country }) => country === "KH")?.explains).toBe("not");
      expect(analysis.words.paragraph).toContain(
        "The watched place's own calendar (Cambodia) does not explain the lull.",
      );
      expect(analysis.words.paragraph).toContain("which may be a coincidence");
    },
  );

  it("silence over the make-up days as well is told: the holiday does not explain these", () => {
    const away = (time: number) => time < Date.UTC(2023, 8, 28, 16) || time >= Date.UTC(2023, 9, 8, 16);
    const events = officeEvents(new Draw(8), USUAL_OFFICE, AUTUMN, 900).filter(({ time }) => away(time));
    const { lulls, words } = analyseSchedule(events, { calendars: of("CN", "KH") });
    const [lull] = lulls;
    expect(lull).toMatchObject({ from: "2023-09-29", to: "2023-10-08" });
    expect(lull?.calendars.find(({ country }) => country === "CN")).toMatchObject({
      makeup_days: 2,
      working_days: 2,
    });
    expect(words.paragraph).toContain(
      "2 as working days (2 of them official make-up days on a weekend), which the holiday does not explain",
    );
  });

  it.each([1, 2, 3])("an outage over a holiday is no holiday (seed %i)", (seed) => {
    // The sensor is down over Golden Week, and people work through it.
    const from = Date.UTC(2023, 8, 28, 16);
    const to = Date.UTC(2023, 9, 6, 16);
    const down = (time: number) => time >= from && time < to;
    const events = officeEvents(new Draw(seed), USUAL_OFFICE, AUTUMN, 900).filter(({ time }) => !down(time));
    const told = analyseSchedule(events, {
      calendars: rivals,
      span: { from: AUTUMN.from, to: AUTUMN.from + AUTUMN.days * DAY },
      exposureAt: (hour) => (down(hour) ? 0 : 1),
    });
    expect(told.lulls).toEqual([]);
    expect(verdicts(told.calendars).CN).toBe("undecided");
    // Not told of the outage it must look like a lull: the difference is the exposure's.
    const untold = analyseSchedule(events, { calendars: rivals });
    expect(untold.lulls.length).toBeGreaterThan(0);
  });
});
