import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../src/kernel/time.js";
import { type Contact, type Hours, plantingOf } from "../../src/plant/contacts.js";
import { randomOf, sample } from "../../src/plant/random.js";
import { freshAddress, serverOf } from "../../src/plant/servers.js";
import { type Shape, shapes } from "../../src/plant/shapes.js";

/** Hour 0 of a Monday. */
const START = 19_576 * 24;

/** Every hour of so many days, those of `down` left out. */
function hours(days: number, down: (hour: number) => boolean = () => false): Hours {
  const seen = Array.from({ length: days * 24 }, (_, index) => START + index).filter(
    (hour) => !down(hour - START),
  );
  const byHourOfDay = Array.from({ length: 24 }, (_, hour) =>
    hour >= 8 && hour < 17 ? 100 : hour < 6 ? 1 : 10,
  );
  return { seen, byHourOfDay };
}

function shape(id: string): Shape {
  const found = shapes().find((each) => each.id === id);
  if (found === undefined) throw new Error(`no shape ${id}`);
  return found;
}

function planted(id: string, level: number, at: Hours, seed = 1): Contact[] {
  const made = plantingOf(shape(id), level, at, randomOf(seed));
  if (!("contacts" in made)) throw new Error(made.reason);
  return made.contacts;
}

const hourOf = ({ time }: Contact) => Math.floor(time / HOUR);
const dayOf = ({ time }: Contact) => Math.floor(time / DAY);
const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0);

describe("the list of shapes", () => {
  it("has levels of falling strength, and sources for each shape", () => {
    for (const { id, sources, levels } of shapes()) {
      expect(sources.length, id).toBeGreaterThan(0);
      const strengths = levels.map((level) =>
        "contacts_per_day" in level
          ? level.contacts_per_day
          : "nights" in level
            ? level.bytes_per_night * level.nights
            : level.days,
      );
      expect(strengths, id).toEqual([...strengths].sort((a, b) => b - a));
      expect(new Set(strengths).size, id).toBe(strengths.length);
    }
  });
});

describe("what is planted", () => {
  it("lies in hours with records alone, whatever these are, and is the same for the same seed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(...shapes()),
        fc.integer({ min: 0, max: 5 }),
        (days, seed, share, one, level) => {
          const random = randomOf("hours", seed);
          const at = hours(days, () => random() > share);
          const made = plantingOf(one, level, at, randomOf(seed));
          expect(plantingOf(one, level, at, randomOf(seed))).toEqual(made);
          if (!("contacts" in made)) {
            expect(made.reason).not.toBe("");
            return;
          }
          const allowed = new Set(at.seen);
          expect(made.contacts.length).toBeGreaterThan(0);
          expect(made.contacts.filter((contact) => !allowed.has(hourOf(contact)))).toEqual([]);
          const times = made.contacts.map(({ time }) => time);
          expect(times).toEqual([...times].sort((a, b) => a - b));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is a beacon with its interval, jitter and loss", () => {
    const contacts = planted("beacon-raw", 2, hours(60));
    const gaps = contacts.slice(1).map(({ time }, index) => (time - (contacts[index]?.time ?? 0)) / HOUR);
    // One in twenty is lost, and then the pause is twice as long.
    expect(gaps.filter((gap) => gap >= 0.8 && gap <= 1.2).length / gaps.length).toBeGreaterThan(0.85);
    expect(gaps.every((gap) => gap >= 0.8)).toBe(true);
    expect(contacts.length / 28).toBeGreaterThan(21);
    expect(contacts.length / 28).toBeLessThan(25);
  });

  it("leaves an outage out: the program went on, and nobody recorded it", () => {
    const down = (hour: number) => hour >= 240 && hour < 288;
    const contacts = planted("beacon-raw", 0, hours(28, down));
    expect(contacts.some((contact) => down(hourOf(contact) - START))).toBe(false);
    expect(contacts.some((contact) => hourOf(contact) - START < 240)).toBe(true);
    expect(contacts.some((contact) => hourOf(contact) - START >= 288)).toBe(true);
  });

  it("is an upload of the stated volume at night, with small contact around it", () => {
    const large = planted("upload", 2, hours(60)).filter(({ bytesOut }) => bytesOut > 1e6);
    expect(sum(large.map(({ bytesOut }) => bytesOut))).toBe(6 * 200e6);
    expect(new Set(large.map(dayOf)).size).toBe(6);
    expect(large.every((contact) => hourOf(contact) % 24 < 6)).toBe(true);
  });

  it("is an upload in the quietest hours that there are, where nobody is there at night", () => {
    const at = hours(60, (hour) => hour % 24 < 7 || hour % 24 >= 20);
    const large = planted("upload", 0, at).filter(({ bytesOut }) => bytesOut > 1e6);
    expect(new Set(large.map(dayOf)).size).toBe(8);
  });

  it("is dwell on so many days within so many weeks, in working hours", () => {
    const contacts = planted("dwell", 2, hours(90));
    const days = [...new Set(contacts.map(dayOf))];
    expect(days).toHaveLength(12);
    expect(Math.max(...days) - Math.min(...days)).toBeLessThan(42);
    expect(contacts.every((contact) => hourOf(contact) % 24 >= 8 && hourOf(contact) % 24 < 17)).toBe(true);
  });

  it("is nothing, with the reason, where the telemetry is too short", () => {
    expect(plantingOf(shape("beacon-raw"), 0, hours(2), randomOf(1))).toEqual({
      reason: "records of 2 days are too few",
    });
    expect(plantingOf(shape("dwell"), 0, hours(30), randomOf(1))).toEqual({
      reason: "the telemetry has 30 days, and 56 are needed",
    });
    expect(plantingOf(shape("beacon-raw"), 0, { seen: [], byHourOfDay: [] }, randomOf(1))).toHaveProperty(
      "reason",
    );
  });
});

describe("servers", () => {
  it("are never two alike, and never one of the case", () => {
    const taken = new Set(["198.18.0.1"]);
    const random = randomOf("servers");
    const made = Array.from({ length: 300 }, () => serverOf(shape("upload"), random, taken));
    expect(new Set(made.map(({ address }) => address)).size).toBe(300);
    expect(new Set(made.map(({ domain }) => domain)).size).toBe(300);
    expect(made.every(({ address }) => /^198\.1[89]\.\d+\.\d+$/.test(address))).toBe(true);
    expect(made.some(({ address }) => address === "198.18.0.1")).toBe(false);
    expect(made.every(({ name, domain }) => name?.endsWith(`.${domain}`))).toBe(true);
  });

  it("run out at some time", () => {
    const all = new Set<string>();
    for (let number = 0; number < 2 ** 17; number++)
      all.add(`198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`);
    all.delete("198.19.7.9");
    expect(freshAddress(randomOf(3), all)).toBe("198.19.7.9");
    expect(() => freshAddress(randomOf(3), all)).toThrow("no address left");
  });
});

describe("chance", () => {
  it("is even, and a sample has no item twice", () => {
    const random = randomOf("even");
    const tenths = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom: 27.9 at one in a thousand.
    expect(sum(tenths.map((count) => (count - 1000) ** 2 / 1000))).toBeLessThan(27.9);
    expect(new Set(sample(random, [...Array(50).keys()], 20)).size).toBe(20);
    expect(sample(random, [1, 2], 5)).toEqual([1, 2]);
  });
});
