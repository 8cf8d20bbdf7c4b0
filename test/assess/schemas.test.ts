import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { packageRoot } from "../../src/kernel/package-root.js";
import { assessmentSchema } from "../../src/model/assessment.js";
import { findingSchema } from "../../src/model/finding.js";
import { ingestReportSchema } from "../../src/model/ingest-report.js";
import { entryFileSchema, successorsFileSchema } from "../../src/model/knowledge.js";
import {
  knowledgeCheckedSchema,
  knowledgeImportedSchema,
  knowledgeListedSchema,
  knowledgeShownSchema,
} from "../../src/model/knowledge-view.js";
import { scheduleReportSchema } from "../../src/model/schedule.js";
import { checkedRuleSchema, sigmaMatchSchema } from "../../src/model/sigma.js";
import { windowsEventSchema } from "../../src/model/windows-event.js";

const SCHEMAS = {
  assessment: assessmentSchema,
  evtx: windowsEventSchema,
  finding: findingSchema,
  ingest: ingestReportSchema,
  "knowledge-check": knowledgeCheckedSchema,
  "knowledge-import": knowledgeImportedSchema,
  "knowledge-list": knowledgeListedSchema,
  "knowledge-show": knowledgeShownSchema,
  schedule: scheduleReportSchema,
  "sigma-check": checkedRuleSchema,
  "sigma-match": sigmaMatchSchema,
};

/** Files that people write: what they may leave out is not required. */
const INPUTS = { "knowledge-entry": entryFileSchema, "knowledge-successors": successorsFileSchema };

/**
 * The published schemas are made from the code's own. After a change of the model, `LONGWATCH_UPDATE_SCHEMAS=1 npx vitest run
 * test/assess/schemas.test.ts` writes them anew; a release only ever gains fields.
 */
describe.each([
  ...Object.entries(SCHEMAS).map(([name, schema]) => [name, schema, "output"] as const),
  ...Object.entries(INPUTS).map(([name, schema]) => [name, schema, "input"] as const),
])("docs/schemas/%s.schema.json", (name, schema, io) => {
  it("is in step with the model", () => {
    const folder = join(packageRoot, "docs", "schemas");
    const file = join(folder, `${name}.schema.json`);
    const current = { title: `Longwatch ${name}`, ...z.toJSONSchema(schema, { io }) };
    if (process.env.LONGWATCH_UPDATE_SCHEMAS === "1") {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
    }
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(current)));
  });
});
