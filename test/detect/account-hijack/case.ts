import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { detector } from "../../../src/detect/account-hijack/index.js";
import type { DetectContext } from "../../../src/detect/port.js";
import { MESSAGES } from "../../../src/detect/registry.js";
import { type Finding, findingSchema } from "../../../src/model/finding.js";
import { contextFor, directoryOf, TestCase } from "../infrastructure-contact/support.js";
import { rowsOf, type SecurityEvent } from "./office.js";

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);

/** A case with an engine for the tests of one file, empty before each, and the detector over it. */
export function accountCase() {
  let test: TestCase;
  beforeAll(async () => {
    test = await TestCase.open();
  });
  beforeEach(() => test.clear());
  afterAll(() => test.close());

  const evaluate = (given: Partial<DetectContext> = {}) =>
    detector.run(contextFor(test, detector, { directory, ...given }));
  return {
    clear: () => test.clear(),
    evaluate,
    async run(events: readonly SecurityEvent[], given: Partial<DetectContext> = {}): Promise<Finding[]> {
      await test.store.insert("windows_event", rowsOf(events));
      const { findings } = await evaluate(given);
      for (const { explanation } of findings) {
        const asked = [...(MESSAGES[explanation.key] ?? "").matchAll(/\{(\d+)\}/g)];
        expect(asked).toHaveLength(explanation.args.length);
      }
      return findings.map((finding) => findingSchema.parse(finding));
    },
  };
}
