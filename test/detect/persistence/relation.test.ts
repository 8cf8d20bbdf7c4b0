import { describe, expect, it } from "vitest";
import type { Part } from "../../../src/detect/persistence/contacts.js";
import { courseOf, movesOf } from "../../../src/detect/persistence/relation.js";
import { Usual } from "../../../src/detect/persistence/usual.js";
import { SensorHours } from "../../../src/detect/shared/sensor-hours.js";
import { noise } from "../backup-exfiltration/series.js";

const part = (server: string, days: number[], more: Partial<Part> = {}): Part => ({
  key: server,
  realm: "net",
  host: "10.1.0.1",
  server,
  days,
  masks: days.map(() => 0b1000),
  sensors: ["s"],
  first: Math.min(...days) * 86_400_000,
  last: Math.max(...days) * 86_400_000,
  ...more,
});
const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => from + n * step);
const sensors = (days: number[]) =>
  new SensorHours(new Map([["s", days.flatMap((day) => range(day * 24, day * 24 + 24))]]));

describe("course of a contact", () => {
  it("counts days, weeks and the longest watched silence", () => {
    // Day 4 since 1970 was a Monday.
    const course = courseOf([part("a", [...range(4, 18), ...range(25, 32)])], sensors(range(0, 60)));
    expect(course).toMatchObject({ weeks: 3, spanDays: 28, watchedDays: 28, watchedWeeks: 4 });
    expect(course.days).toHaveLength(21);
    expect(course.gap?.hours).toBe(7 * 24 + 23);
  });

  it("takes no outage for a silence", () => {
    const up = [...range(0, 18), ...range(25, 60)];
    const course = courseOf([part("a", [...range(4, 18), ...range(25, 32)])], sensors(up));
    expect(course).toMatchObject({ watchedDays: 21, cadence: 1 });
    expect(course.gap?.hours).toBe(23);
  });

  it("knows the return of a weekly contact for what it is", () => {
    const weekly = courseOf([part("a", range(4, 90, 7))], sensors(range(0, 91)));
    const seldom = courseOf([part("a", [4, 17, 22, 40, 49, 66, 72, 87])], sensors(range(0, 91)));
    expect(weekly.cadence).toBeGreaterThan(0.9);
    expect(seldom.cadence).toBeLessThan(0.2);
  });
});

describe("moves", () => {
  it("are changes from one address to the next, each held for days", () => {
    const parts = [part("a", range(0, 20)), part("b", range(20, 41)), part("c", range(40, 70))];
    expect(movesOf(parts)).toEqual([
      { host: "10.1.0.1", from: "a", to: "b", day: 20 },
      { host: "10.1.0.1", from: "b", to: "c", day: 40 },
    ]);
  });

  it("are none where addresses are used side by side, in turn, or for a day each", () => {
    expect(movesOf([part("a", range(0, 40)), part("b", range(10, 60))])).toEqual([]);
    expect(movesOf([part("a", range(0, 60, 2)), part("b", range(1, 60, 2))])).toEqual([]);
    expect(movesOf(range(0, 60).map((day) => part(`s${day}`, [day])))).toEqual([]);
  });

  it("are told host by host: two hosts with a server each are no move", () => {
    const parts = [part("a", range(0, 20)), part("b", range(20, 40), { host: "10.1.0.2" })];
    expect(movesOf(parts)).toEqual([]);
  });

  it("hardly ever come of a random choice among addresses, whatever its number and rate", () => {
    let runs = 0;
    let false_ = 0;
    for (const addresses of [2, 3, 5, 10, 30])
      for (const aDay of [0.3, 1, 4])
        for (let seed = 0; seed < 100; seed++) {
          const { next } = noise(seed * 31 + addresses * 7 + aDay);
          const days = new Map<number, Set<number>>();
          for (let n = 0; n < 90 * aDay; n++) {
            const address = Math.floor(next() * addresses);
            days.set(address, (days.get(address) ?? new Set()).add(Math.floor(next() * 90)));
          }
          runs += 1;
          if (movesOf([...days].map(([address, own]) => part(`s${address}`, [...own]))).length > 0)
            false_ += 1;
        }
    console.log(`moves by chance: ${false_} of ${runs}`);
    expect(false_ / runs).toBeLessThanOrEqual(0.01);
  });
});

describe("what is usual", () => {
  it("is the share of destinations with as many users and at least as many days", () => {
    const usual = new Usual([
      { hosts: 1, days: 1, destinations: 90 },
      { hosts: 1, days: 30, destinations: 9 },
      { hosts: 11, days: 80, destinations: 500 },
    ]);
    expect(usual.share(1, 30)).toEqual({ share: 0.1, destinations: 99 });
    expect(usual.share(1, 31)).toEqual({ share: 0.01, destinations: 99 });
    expect(usual.share(40, 80).share).toBe(1);
  });

  it("says little where destinations are few, and is never below its stated rate by chance", () => {
    expect(new Usual([]).share(1, 50)).toEqual({ share: 1, destinations: 0 });
    const { next } = noise(3);
    let small = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      const days = Array.from({ length: 100 }, () => 1 + Math.floor(-8 * Math.log(1 - next())));
      const usual = new Usual(days.slice(1).map((each) => ({ hosts: 1, days: each, destinations: 1 })));
      if (usual.share(1, days[0] as number).share <= 0.05) small += 1;
    }
    expect(small / runs).toBeLessThanOrEqual(0.06);
  });
});
