import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/phishing-delivery/index.js";
import { contextFor } from "../detect/infrastructure-contact/support.js";
import { CORPUS } from "../support/corpus.js";
import { inCase } from "./case.js";

/** The corpus has no messages, but for what Zeek says of five. */
describe.skipIf(CORPUS === undefined)("phishing-delivery on real logs", () => {
  it("says that it was not tested where no attachment is known", async () => {
    const { findings, evaluated, notTested } = await inCase(
      [join(CORPUS ?? "", "zeek/slips/test9-mixed-zeek-dir")],
      (opened) => detector.run(contextFor(opened, detector)),
    );
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "messages", count: 5 });
    expect(notTested).toBe("no message in this case has an attachment whose name or content is known");
  });
});
