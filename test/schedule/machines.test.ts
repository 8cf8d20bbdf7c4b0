/** Timers and jobs told apart from people, on simulated times (synthetic). */
import { describe, expect, it } from "vitest";
import { HOUR } from "../../src/kernel/time.js";
import { analyseSchedule, separateMachines } from "../../src/schedule/index.js";
import {
  type Beacon,
  beaconEvents,
  Draw,
  type Office,
  officeEvents,
  type Span,
  USUAL_OFFICE,
} from "./simulate.js";

const AUTUMN: Span = { from: Date.UTC(2023, 6, 1), days: 150, offsetAt: () => 480 };

describe("machines and people", () => {
  const span = { from: Date.UTC(2023, 2, 1), days: 60, offsetAt: () => 0 };
  const beacons: Beacon[] = [60, 600, 3600, 14_400].flatMap((seconds) =>
    [
      [0, 0],
      [0.1, 0.1],
      [0.3, 0.3],
      [0.5, 0.1],
    ].map(([jitter = 0, loss = 0]) => ({ seconds, jitter, loss })),
  );

  it.each(beacons)(
    "a beacon every $seconds s, jitter $jitter, loss $loss: insufficient interactive activity",
    (beacon) => {
      for (const seed of [1, 2, 3]) {
        const analysis = analyseSchedule(beaconEvents(new Draw(seed), beacon, span, 5000), {
          calendars: [],
        });
        expect(analysis.verdict).toBe("machine");
        expect(analysis.reason.toLowerCase()).toContain("insufficient interactive activity");
        expect(analysis.offset).toBeNull();
      }
    },
  );

  it("a beacon of a host that is on in office hours gives no zone either", () => {
    for (const seconds of [300, 1800]) {
      const beacon = { seconds, jitter: 0.2, loss: 0.1, hours: [1, 10] as const };
      const analysis = analyseSchedule(beaconEvents(new Draw(4), beacon, span, 5000), { calendars: [] });
      expect(analysis.verdict).toBe("machine");
      expect(analysis.offset).toBeNull();
    }
  });

  it("takes a beacon out of one actor's events and leaves the people's, whose zone comes out", () => {
    for (const seed of [1, 2, 3]) {
      const draw = new Draw(seed);
      const one: Office = { ...USUAL_OFFICE, actors: 1 };
      const people = officeEvents(draw, one, { ...AUTUMN, days: 90 }, 400);
      const beacon = beaconEvents(draw, { seconds: 900, jitter: 0.1, loss: 0.05 }, { ...AUTUMN, days: 90 });
      const events = [...people, ...beacon].map(({ time }) => ({ time, actor: "pair" }));
      const { interactive, machines } = separateMachines(events);
      const human = new Set(people.map(({ time }) => time));
      const kept = interactive.filter(({ time }) => human.has(time)).length;
      expect(machines.length).toBeGreaterThan(0);
      expect(machines[0]?.seconds).toBeGreaterThan(700);
      expect(machines[0]?.seconds).toBeLessThan(1000);
      expect(kept).toBeGreaterThan(0.8 * people.length);
      expect(interactive.length - kept).toBeLessThan(0.25 * people.length);
      const analysis = analyseSchedule(events, { calendars: [] });
      expect(analysis.verdict).toBe("human");
      const [from = 0, to = 0] = analysis.offset?.interval95 ?? [];
      expect(from).toBeLessThanOrEqual(480);
      expect(to).toBeGreaterThanOrEqual(480);
    }
  });

  it("takes an hourly job out, and not the people who work beside it", () => {
    const draw = new Draw(9);
    const people = officeEvents(draw, { ...USUAL_OFFICE, actors: 1 }, { ...AUTUMN, days: 60 }, 300);
    const job = Array.from({ length: 60 * 24 }, (_, hour) => ({
      time: AUTUMN.from + hour * HOUR + Math.round(draw.between(0, 40_000)),
      actor: "p0",
    }));
    const { interactive, machines } = separateMachines([...people, ...job]);
    expect(machines[0]).toMatchObject({ test: "scheduled_job", seconds: 3600 });
    expect(interactive.length).toBeGreaterThan(0.85 * people.length);
    expect(interactive.length).toBeLessThan(1.05 * people.length);
  });
});
