import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../src/detect/phishing-delivery/index.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Case, openCase } from "../../src/pipeline/index.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import { contextFor } from "../detect/infrastructure-contact/support.js";
import { CORPUS } from "../support/corpus.js";

/** The corpus has no messages, but for what Zeek says of five. */
describe.skipIf(CORPUS === undefined)("phishing-delivery on real logs", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-phishing-delivery-"));
  let opened: Case;
  beforeAll(async () => {
    opened = await openCase({ folder: join(folder, "case") });
  });
  afterAll(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says that it was not tested where no attachment is known", async () => {
    await ingest(opened, {
      paths: [join(CORPUS ?? "", "zeek/slips/test9-mixed-zeek-dir")],
      exclude: [],
      settings: { csvMappings: [] },
      sensorFor: () => undefined,
      isExcluded: () => false,
      progress: silentProgress,
    });
    const { findings, evaluated, notTested } = await detector.run(contextFor(opened, detector));
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "messages", count: 5 });
    expect(notTested).toBe("no message in this case has an attachment whose name or content is known");
  });
});
