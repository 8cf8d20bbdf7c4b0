/** What the command line may call. */
export { attributeStep } from "./attribute.js";
export { type Case, openCase } from "./case.js";
export { detectorList, sourceList } from "./catalogue.js";
export { correlateStep } from "./correlate.js";
export { loadFindings, type Stored } from "./detect.js";
export { DEFAULT_PLANTINGS, DEFAULT_SEED, detectionLimitsStep } from "./detection-limits/step.js";
export { loadEvidence } from "./evidence.js";
export { type EvtxFileReport, type EvtxProblem, printEvents } from "./evtx/index.js";
export { filterFindings, findingById, incidentById, requireOrganisation } from "./find.js";
export { hostsStep } from "./host-directory.js";
export { detectStep, ingestStep, type Reported, reportStep } from "./hunt.js";

export { requireInput } from "./ingest/walk.js";
export { configurationTemplate } from "./init.js";
export { importKnowledge } from "./knowledge/import.js";
export { checkKnowledge } from "./knowledge/load.js";
export { listKnowledge, showKnowledge } from "./knowledge/show.js";
export {
  assessmentJson,
  EXPORT_FORMATS,
  type ExportFormat,
  explainFinding,
  renderDetectionLimits,
  renderDetectors,
  renderFindingsTable,
  renderHosts,
  renderIncidents,
  renderKnowledge,
  renderKnowledgeList,
  renderReplay,
  renderSchedule,
  renderSources,
  renderSummary,
  tellCampaign,
  tellIncident,
} from "./present.js";
export { DEFAULT_LOOKS, replayStep } from "./replay/step.js";
export { scheduleStep } from "./schedule/step.js";
export { loadSettings, rememberConfiguration, type Settings, settingsOfCase } from "./settings.js";
export { huntCase } from "./sigma/hunt.js";
export { matchEvents, type SigmaMatchReport } from "./sigma/match.js";
export { type LoadedRules, loadRules } from "./sigma/rules.js";
export { simulateStep } from "./simulate.js";
export { caseError } from "./system-error.js";
