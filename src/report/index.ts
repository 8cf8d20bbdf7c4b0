import { join } from "node:path";
import { inLanguage, type Language } from "../kernel/language.js";
import { makeFolder, writeAtomically } from "./files.js";
import { renderMisp } from "./misp/event.js";
import { renderNavigator } from "./navigator/layer.js";
import { renderOcsf } from "./ocsf/finding.js";
import { EXPORT_FORMATS, type ExportFormat, type ReportInput, type ReportPaths } from "./port.js";
import { renderSigma } from "./sigma/rules.js";
import { renderStix } from "./stix/bundle.js";
import { renderSuricata } from "./suricata/rules.js";
import { organisationsCsv } from "./tabular/csv.js";
import { indicatorsCsv } from "./tabular/indicators.js";
import { assessmentJson, findingsJsonl } from "./tabular/json.js";
import { renderZeekIntel } from "./zeek-intel/zeek-intel.js";

export { ENGLISH } from "./catalogue.js";
export { evidenceOfSteps } from "./incident-text.js";
export {
  type EvidenceText,
  EXPORT_FORMATS,
  type ExportFormat,
  evidenceKey,
  type ReportInput,
  type ReportPaths,
} from "./port.js";
export type { Redaction } from "./redact/ownership.js";
export { redact } from "./redact/redact.js";
export { assessmentJson } from "./tabular/json.js";
export { renderDetectors, renderSources } from "./terminal/catalogue.js";
export { renderDetectionLimits } from "./terminal/detection-limits.js";
export { renderFinding, renderFindingsTable } from "./terminal/finding.js";
export { renderHosts } from "./terminal/hosts.js";
export { renderCampaign, renderIncident } from "./terminal/incident.js";
export { renderIncidents } from "./terminal/incidents.js";
export type { TerminalOptions } from "./terminal/ink.js";
export { renderKnowledge, renderKnowledgeList } from "./terminal/knowledge.js";
export { renderReplay } from "./terminal/replay.js";
export { renderSchedule } from "./terminal/schedule.js";
export { renderSummary } from "./terminal/summary.js";

interface ReportFile {
  name: string;
  /** What is for people is in their language; what is for programs is in English. */
  render: (input: ReportInput, language?: Language) => string | Promise<string>;
}

/** Every file that a report can have. A new one is a line here and a key in `port.ts` (docs/adding-a-report.md). */
const FILES: Record<keyof ReportPaths, ReportFile> = {
  // The chart library takes half a second to load, which `longwatch sources` need not wait for.
  html: {
    name: "report.html",
    render: async (input, language) => {
      const { renderHtml } = await import("./html/page.js");
      return language === undefined ? renderHtml(input) : inLanguage(language, () => renderHtml(input));
    },
  },
  assessment: { name: "assessment.json", render: (input) => assessmentJson(input.assessment) },
  findings: { name: "findings.jsonl", render: (input) => findingsJsonl(input.findings) },
  organisations: { name: "organisations.csv", render: (input) => organisationsCsv(input.assessment) },
  stix: { name: "stix.json", render: renderStix },
  misp: { name: "misp-event.json", render: renderMisp },
  navigator: { name: "attack-layer.json", render: renderNavigator },
  ocsf: { name: "ocsf.jsonl", render: renderOcsf },
  sigma: { name: "sigma.yml", render: renderSigma },
  suricata: { name: "suricata.rules", render: renderSuricata },
  "zeek-intel": { name: "zeek-intel.dat", render: renderZeekIntel },
  indicators: { name: "indicators.csv", render: indicatorsCsv },
};

const ALWAYS = ["html", "assessment", "findings", "organisations"] as const;

/**
 * Writes the files of a report, and the exports asked for, into `folder` (made if missing, 0700), each whole or not at all, readable by the owner
 * alone.
 * @param language of the page; English where it is not given
 * @throws LW_DISK_FULL, or LW_CASE_INVALID where the folder cannot be written.
 */
export async function writeReports(
  folder: string,
  input: ReportInput,
  exports: readonly ExportFormat[] = [],
  language?: Language,
): Promise<ReportPaths> {
  const path = (file: keyof ReportPaths) => join(folder, FILES[file].name);
  const asked = EXPORT_FORMATS.filter((format) => exports.includes(format));
  // All are rendered before the first is written: a defect in one must not leave files of two hunts side by side.
  const texts: { path: string; text: string }[] = [];
  for (const file of [...ALWAYS, ...asked])
    texts.push({ path: path(file), text: await FILES[file].render(input, language) });
  await makeFolder(folder);
  for (const file of texts) await writeAtomically(file.path, file.text);
  return {
    html: path("html"),
    assessment: path("assessment"),
    findings: path("findings"),
    organisations: path("organisations"),
    ...Object.fromEntries(asked.map((format) => [format, path(format)])),
  };
}
