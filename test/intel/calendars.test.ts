import { describe, expect, it } from "vitest";
import { calendar, defaultCalendars, offeredCalendars } from "../../src/intel/calendars/index.js";
import { DAY, isoDay } from "../../src/kernel/time.js";
import type { DayKind } from "../../src/model/calendar.js";

/** Dates of a year by kind, as the official notices have them. */
function datesOf(country: string, year: number, kind: DayKind, weekdaysOnly = false): string[] {
  const dates: string[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += DAY) {
    const weekend = [0, 6].includes(new Date(at).getUTCDay());
    if (calendar(country)?.day(isoDay(at))?.kind === kind && !(weekdaysOnly && weekend))
      dates.push(isoDay(at).slice(5));
  }
  return dates;
}

describe("holiday calendars", () => {
  it("China 2023: the State Council's make-up days, and Golden Week as one block", () => {
    expect(datesOf("CN", 2023, "makeup")).toEqual([
      "01-28",
      "01-29",
      "04-23",
      "05-06",
      "06-25",
      "10-07",
      "10-08",
    ]);
    const week = Array.from({ length: 8 }, (_, day) =>
      calendar("CN")?.day(isoDay(Date.UTC(2023, 8, 29 + day))),
    );
    expect(week.map((day) => day?.kind)).toEqual(new Array(8).fill("holiday"));
    expect(new Set(week.map((day) => day?.episode))).toEqual(new Set(["2023-09-29"]));
  });

  it.each([
    // https://www.gov.uk/bank-holidays
    ["GB", ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"]],
    // Ministry of Manpower, press release on public holidays for 2023
    [
      "SG",
      ["01-02", "01-23", "01-24", "04-07", "05-01", "06-02", "06-29", "08-09", "09-01", "11-13", "12-25"],
    ],
    // Public Holidays Act, with the decreed 2 October
    [
      "KR",
      [
        "01-23",
        "01-24",
        "03-01",
        "05-01",
        "05-05",
        "05-29",
        "06-06",
        "08-15",
        "09-28",
        "09-29",
        "10-02",
        "10-03",
        "10-09",
        "12-25",
      ],
    ],
  ])("%s 2023 on weekdays", (country, dates) => {
    // Labour Day of South Korea is one for employees alone.
    const found = datesOf(country, 2023, "holiday", true);
    expect(found.filter((date) => country !== "KR" || date !== "05-01")).toEqual(
      dates.filter((date) => country !== "KR" || date !== "05-01"),
    );
  });

  it("Cambodia: Pchum Ben 2023 lies after Golden Week, in which nothing is free", () => {
    const kinds = (from: number, count: number) =>
      Array.from(
        { length: count },
        (_, day) => calendar("KH")?.day(isoDay(Date.UTC(2023, 8, from + day)))?.kind,
      );
    expect(kinds(43, 3)).toEqual(["holiday", "holiday", "holiday"]);
    expect(kinds(29, 10)).not.toContain("holiday");
  });

  it("says nothing outside of a coverage, and knows no country that is not offered", () => {
    for (const country of offeredCalendars()) {
      const known = calendar(country);
      expect(known?.source, country).not.toBe("");
      expect(known?.day("1999-05-03"), country).toBeUndefined();
      expect(known?.day("2060-05-03"), country).toBeUndefined();
      expect(known?.day(known.coverage.from), country).toBeDefined();
      expect(known?.day(known.coverage.to), country).toBeDefined();
    }
    expect(calendar("XX")).toBeUndefined();
    expect(calendar("IN")).toBeUndefined();
    expect(defaultCalendars()).toContain("KH");
  });
});
