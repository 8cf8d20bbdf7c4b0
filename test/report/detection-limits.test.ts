import { describe, expect, it } from "vitest";
import type { DetectionLimits, DetectionMeasure } from "../../src/model/detection-limits.js";
import { detectionLimitSentences } from "../../src/report/detection-limits-text.js";
import { renderHtml } from "../../src/report/html/page.js";
import { renderDetectionLimits } from "../../src/report/index.js";
import { makeInput } from "./fixture.js";

const measure = (name: string, more: Partial<DetectionMeasure> = {}): DetectionMeasure => ({
  org_id: name,
  name,
  sensor_id: "gateway",
  shape: "beacon",
  reason: null,
  strongest: 0,
  days: 28,
  listed: { level: 2, detectors: ["persistence"] },
  medium: { level: 1, detectors: ["beaconing"] },
  suspected: { level: 0, detectors: ["beaconing"] },
  ...more,
});
const limits = (...measures: DetectionMeasure[]): DetectionLimits => ({
  plantings: 2,
  seed: 1,
  runs: 6,
  shapes: [
    {
      id: "beacon",
      kind: "beacon",
      title: "Beacon to a bare address",
      what: "one host connects at an interval",
      sources: [{ name: "Somebody, 2023", where: "here" }],
      levels: [{ contacts_per_day: 96 }, { contacts_per_day: 24 }, { contacts_per_day: 1 }],
    },
  ],
  measures,
});
const UNMEASURED = {
  reason: "no host",
  strongest: null,
  days: null,
  listed: null,
  medium: null,
  suspected: null,
};

function section(detection_limits: DetectionLimits | null): string {
  const input = makeInput({ organisations: 2, touched: 0, weeks: 2, findings: 0 });
  const page = renderHtml({ ...input, assessment: { ...input.assessment, detection_limits } });
  const from = page.indexOf('id="detection-limits"');
  return from < 0 ? "" : page.slice(from, page.indexOf("</section>", from));
}

describe("how much could hide, in the report", () => {
  it("is no section where nobody asked", () => {
    expect(section(null)).toBe("");
  });

  it("has a cell for each organisation and shape: what is seen, by which detectors, and from where on it is enough", () => {
    const text = section(
      limits(
        measure("North"),
        measure("East", { suspected: null }),
        measure("South", { medium: null, suspected: null }),
        measure("West", UNMEASURED),
      ),
    );
    expect(text).toContain("24 contacts a day over 28 days");
    expect(text).toContain("enough to suspect the organisation from 96 contacts a day over 28 days on");
    expect(text).toContain("not enough to suspect the organisation");
    expect(text).toContain("listed below medium from 1 contact a day over 28 days on (persistence)");
    expect(text).toContain("not measured: no host");
    expect(text).toContain("Somebody, 2023");
  });

  it("shows names as text, whatever they are", () => {
    const hostile = '<script>alert(1)</script>"';
    expect(section(limits(measure(hostile, { sensor_id: hostile, reason: hostile })))).not.toContain(
      "<script>",
    );
  });
});

describe("how much could hide, in sentences", () => {
  it("says at how many places each shape is seen, from what on, and that it holds for these shapes alone", () => {
    const [first, gap, last] = detectionLimitSentences(
      limits(
        measure("a", { medium: { level: 2, detectors: ["x"] } }),
        measure("b"),
        measure("c", { medium: { level: 0, detectors: ["x"] }, suspected: null }),
        measure("d", { medium: null, suspected: null }),
        measure("e", UNMEASURED),
      ),
    );
    expect(first).toBe(
      "Beacon to a bare address: a finding of medium or above at 3 of 4 places, from 24 contacts a day over 28 days (median; all from 96 contacts a day over 28 days) on; enough to suspect the organisation at 2, from 96 contacts a day over 28 days on.",
    );
    expect(gap).toBe("Not measured: no host (1 organisation).");
    expect(last).toContain("detected again 6 times");
    expect(last).toContain("each of its 2 plantings was");
    expect(last).toContain("these shapes alone");
  });

  it("says so where a shape is seen nowhere, and where nothing could be planted", () => {
    expect(detectionLimitSentences(limits(measure("a", { medium: null, suspected: null })))[0]).toContain(
      "nowhere a finding of medium or above, at any strength that was tried (up to 96 contacts a day over 28 days)",
    );
    expect(
      detectionLimitSentences(
        limits(measure("a", UNMEASURED), measure("b", UNMEASURED), measure("b", UNMEASURED)),
      ),
    ).toEqual(["Nothing could be planted.", "Not measured: no host (2 organisations)."]);
    expect(detectionLimitSentences(limits())).toEqual([expect.stringMatching(/^Nothing could be planted/)]);
  });

  it("is a table in the terminal, with the sensor where an organisation has several", () => {
    const plain = { colour: false, width: 110 };
    const one = renderDetectionLimits(limits(measure("North"), measure("South", UNMEASURED)), plain);
    expect(one).toMatch(/North +96 a day, 28 d/);
    expect(one).toContain("not measured");
    const told = renderDetectionLimits(limits(measure("North", { suspected: null })), plain);
    expect(told).toMatch(/North +\(24 a day, 28 d\)/);
    expect(told).toContain("In brackets");
    expect(one).not.toContain("gateway");
    const two = renderDetectionLimits(
      limits(measure("North"), measure("North", { sensor_id: "branch" })),
      plain,
    );
    expect(two).toContain("gateway");
    expect(two).toContain("branch");
  });
});
