/** Texts for the terminal: the report unit renders, the command line prints. */
export {
  assessmentJson,
  evidenceOfSteps,
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
} from "../report/index.js";
