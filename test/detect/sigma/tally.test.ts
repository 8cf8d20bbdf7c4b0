import fc from "fast-check";
import { expect, it } from "vitest";
import { meet, Tally } from "../../../src/detect/sigma/detector/tally.js";
import { HOUR } from "../../../src/kernel/time.js";

function tally(hours: readonly (readonly [host: string, hour: number])[]): Tally {
  const made = new Tally({ title: "", level: "high" } as Tally["rule"], null, "");
  for (const [host, hour] of hours) made.add({ host, others: [] }, hour * HOUR, () => undefined);
  return made;
}

it("rules meet where both matched on one host within so many hours, in whatever order they matched", () => {
  const matched = fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 0, max: 60 })), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(matched, matched, fc.integer({ min: 0, max: 5 }), (one, other, hours) => {
      const expected = one.some(([host, hour]) =>
        other.some(([on, at]) => on === host && Math.abs(at - hour) <= hours),
      );
      expect(meet(tally(one), tally(other), hours)).toBe(expected);
    }),
  );
});

it("what was added after it was asked counts as well", () => {
  const [one, other] = [tally([["a", 1]]), tally([["a", 50]])];
  expect(meet(one, other, 2)).toBe(false);
  other.add({ host: "a", others: [] }, 3 * HOUR, () => undefined);
  expect(meet(one, other, 2)).toBe(true);
});
