import { join } from "node:path";
import { makeFolder, writeAtomically } from "./files.js";
import type { ReportInput, ReportPaths } from "./port.js";
import { organisationsCsv } from "./tabular/csv.js";
import { assessmentJson, findingsJsonl } from "./tabular/json.js";

export { type EvidenceText, evidenceKey, type ReportInput, type ReportPaths } from "./port.js";
export { assessmentJson } from "./tabular/json.js";
export { renderDetectors, renderSources } from "./terminal/catalogue.js";
export { renderFinding, renderFindingsTable } from "./terminal/finding.js";
export { renderHosts } from "./terminal/hosts.js";
export { renderCampaign, renderIncident } from "./terminal/incident.js";
export { renderIncidents } from "./terminal/incidents.js";
export type { TerminalOptions } from "./terminal/ink.js";
export { renderKnowledge, renderKnowledgeList } from "./terminal/knowledge.js";
export { renderReplay } from "./terminal/replay.js";
export { renderSchedule } from "./terminal/schedule.js";
export { renderSummary } from "./terminal/summary.js";

/** Every file that a hunt leaves behind. A new one is a line here and in {@link ReportPaths} (docs/adding-a-report.md). */
const FILES: Record<
  keyof ReportPaths,
  { name: string; render: (input: ReportInput) => string | Promise<string> }
> = {
  // The chart library takes half a second to load, which `longwatch sources` need not wait for.
  html: { name: "report.html", render: async (input) => (await import("./html/page.js")).renderHtml(input) },
  assessment: { name: "assessment.json", render: (input) => assessmentJson(input.assessment) },
  findings: { name: "findings.jsonl", render: (input) => findingsJsonl(input.findings) },
  organisations: { name: "organisations.csv", render: (input) => organisationsCsv(input.assessment) },
};

/**
 * Writes all files into `folder` (made if missing, 0700), each whole or not at all, readable by the owner alone.
 * @throws LW_DISK_FULL, or LW_CASE_INVALID where the folder cannot be written.
 */
export async function writeReports(folder: string, input: ReportInput): Promise<ReportPaths> {
  const path = (file: keyof ReportPaths) => join(folder, FILES[file].name);
  // All are rendered before the first is written: a defect in one must not leave files of two hunts side by side.
  const texts: { path: string; text: string }[] = [];
  for (const file of Object.values(FILES))
    texts.push({ path: join(folder, file.name), text: await file.render(input) });
  await makeFolder(folder);
  for (const file of texts) await writeAtomically(file.path, file.text);
  return {
    html: path("html"),
    assessment: path("assessment"),
    findings: path("findings"),
    organisations: path("organisations"),
  };
}
