/** The shift that a zone with daylight saving must show, and others must not, on simulated times (synthetic). */
import { describe, expect, it } from "vitest";
import { analyseSchedule } from "../../src/schedule/index.js";
import { Draw, type Office, officeEvents, type Span, USUAL_OFFICE } from "./simulate.js";

describe("daylight saving", () => {
  const berlin = (local: number): number => {
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: "Europe/Berlin",
      dateStyle: "short",
      timeStyle: "medium",
    });
    return Math.round((Date.parse(`${format.format(local).replace(" ", "T")}Z`) - local) / 60_000);
  };
  const twoYears = { from: Date.UTC(2021, 0, 1), days: 730 };
  const runs = (offsetAt: Span["offsetAt"]) =>
    Array.from({ length: 12 }, (_, seed) => {
      const draw = new Draw(seed + 100);
      const shape = draw.pick(["two-humps", "skewed", "flexible", "box"] as const);
      const office: Office = {
        ...USUAL_OFFICE,
        shape,
        start: draw.between(8, 10),
        end: draw.between(17, 19),
      };
      const events = officeEvents(draw, office, { ...twoYears, offsetAt }, 1500);
      return analyseSchedule(events, { calendars: [] });
    });

  it("is seen where the clocks change", () => {
    const seen = runs(berlin).map(({ daylight_saving }) => daylight_saving?.probability ?? 0);
    expect(seen.filter((probability) => probability > 0.9).length).toBeGreaterThanOrEqual(10);
    expect(Math.min(...seen)).toBeGreaterThan(0.3);
  });

  it("is not invented where they do not", () => {
    const invented = runs(() => 60).map(({ daylight_saving }) => daylight_saving?.probability ?? 1);
    expect(invented.filter((probability) => probability < 0.1).length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...invented)).toBeLessThan(0.7);
  });
});
