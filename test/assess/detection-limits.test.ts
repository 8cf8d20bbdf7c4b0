import { describe, expect, it } from "vitest";
import { assess } from "../../src/assess/index.js";
import type { DetectionLimits, DetectionMeasure, LimitShape } from "../../src/model/detection-limits.js";
import { cleanSentence, nothingFoundSentence, strengthText } from "../../src/model/detection-limits-words.js";
import { input } from "./support.js";

const shape = (
  id: string,
  kind: LimitShape["kind"],
  title: string,
  levels: LimitShape["levels"],
): LimitShape => ({
  id,
  kind,
  title,
  what: "",
  sources: [],
  levels,
});
const BEACON = shape("beacon", "beacon", "Beacon to a bare address", [
  { contacts_per_day: 96 },
  { contacts_per_day: 24 },
  { contacts_per_day: 1 },
]);
const UPLOAD = shape("upload", "upload", "Upload disguised as a backup", [
  { bytes_per_night: 5e9, nights: 8 },
  { bytes_per_night: 20e6, nights: 1 },
]);
const DWELL = shape("dwell", "dwell", "Dwell", [
  { days: 12, weeks: 6 },
  { days: 2, weeks: 1 },
]);

const limitAt = (level: number | null) => (level === null ? null : { level, detectors: ["d"] });

/** @param suspected level of the limit, also of the one for medium */
const measure = (
  org_id: string,
  { id }: LimitShape,
  suspected: number | null,
  more: Partial<DetectionMeasure> = {},
) => ({
  org_id,
  name: org_id,
  sensor_id: "s",
  shape: id,
  reason: null,
  strongest: 0,
  days: 28,
  listed: null,
  medium: limitAt(suspected),
  suspected: limitAt(suspected),
  ...more,
});
const limits = (...measures: DetectionMeasure[]): DetectionLimits => ({
  plantings: 2,
  seed: 1,
  runs: 4,
  shapes: [BEACON, UPLOAD, DWELL],
  measures,
});
const NOT = { reason: "no host", strongest: null, days: null };

describe("strength in words", () => {
  it.each([
    [BEACON, 1, "24 contacts a day over 28 days"],
    [BEACON, 2, "1 contact a day over 28 days"],
    [UPLOAD, 0, "5 GB in each of 8 nights"],
    [UPLOAD, 1, "20 MB in one night"],
    [DWELL, 0, "12 days with contact within 6 weeks"],
    [DWELL, 1, "2 days with contact within 1 week"],
  ])("%#", (one, level, text) => {
    expect(strengthText(one, level, 28)).toBe(text);
  });
});

describe("what is said of an organisation in which nothing was found", () => {
  it("names what would have made it suspected, what would have been told of, and what would not have come up", () => {
    expect(
      nothingFoundSentence(
        limits(
          measure("a", BEACON, 1),
          measure("a", UPLOAD, null, { medium: limitAt(1) }),
          measure("a", DWELL, null),
        ),
        "a",
      ),
    ).toBe(
      "Nothing was found; a beacon to a bare address of at least 24 contacts a day over 28 days would have been. There would have been a finding of medium severity, which alone suspects nobody, for an upload disguised as a backup of at least 20 MB in one night. What would not have come up at medium: dwell (tried up to 12 days with contact within 6 weeks).",
    );
    expect(nothingFoundSentence(limits(measure("a", BEACON, 1), measure("a", DWELL, 0)), "a")).toBe(
      "Nothing was found; a beacon to a bare address of at least 24 contacts a day over 28 days and dwell of at least 12 days with contact within 6 weeks would have been.",
    );
  });

  it("says so where nothing would have been", () => {
    expect(nothingFoundSentence(limits(measure("a", BEACON, null)), "a")).toBe(
      "Nothing was found, and nothing of what was planted to try it would have been. What would not have come up at medium: a beacon to a bare address (tried up to 96 contacts a day over 28 days).",
    );
  });

  it("is nothing where nothing was measured of it", () => {
    expect(nothingFoundSentence(limits(measure("a", BEACON, null, NOT)), "a")).toBeUndefined();
    expect(nothingFoundSentence(limits(measure("a", BEACON, 1)), "b")).toBeUndefined();
  });

  it("holds for the worst of its sensors", () => {
    const two = (second: number | null) =>
      nothingFoundSentence(
        limits(
          measure("a", BEACON, 2, { days: 28 }),
          measure("a", BEACON, second, { sensor_id: "t", days: 20 }),
        ),
        "a",
      );
    expect(two(0)).toContain("96 contacts a day over 20 days");
    expect(two(null)).toContain("nothing of what was planted to try it would have been");
  });
});

describe("what is said of several", () => {
  it("counts those of which it holds, by the strength that all of them need", () => {
    expect(
      cleanSentence(
        limits(
          measure("a", BEACON, 2),
          measure("b", BEACON, 1),
          measure("c", BEACON, null),
          measure("d", BEACON, 0),
          measure("e", BEACON, null, NOT),
          measure("a", DWELL, null),
        ),
        ["a", "b", "c", "e"],
      ),
    ).toBe(
      "Planted beside their records to try it, these would have made the organisation suspected: a beacon to a bare address at 2 of 3 (from 24 contacts a day over 28 days on) and dwell at none of 1.",
    );
    expect(cleanSentence(limits(measure("a", BEACON, 1)), ["b"])).toBeUndefined();
  });
});

describe("the assessment", () => {
  const measured = limits(measure("alpha", BEACON, 1), measure("unseen", BEACON, null, NOT));
  const whyOf = (orgId: string, detectionLimits: DetectionLimits | null) =>
    assess(input({ detectionLimits })).organisations.find(({ org_id }) => org_id === orgId)?.why ?? [];

  it("says it where there is no evidence, and nowhere else", () => {
    expect(whyOf("alpha", measured).at(-1)).toMatch(
      /^Nothing was found; a beacon to a bare address of at least 24/,
    );
    expect(whyOf("beta", measured).join(" ")).not.toContain("Nothing was found;");
    expect(whyOf("unseen", measured).join(" ")).not.toContain("Nothing was found;");
    expect(whyOf("alpha", null).join(" ")).not.toContain("Nothing was found;");
    expect(assess(input({ detectionLimits: measured })).judgements.at(-1)?.statement).toContain(
      "suspected: a beacon to a bare address at 1 of 1",
    );
  });
});
