import { MESSAGES } from "../detect/registry.js";
import type { Finding } from "../model/finding.js";
import { type EvidenceText, renderFinding, type TerminalOptions } from "../report/index.js";

/** Texts for the terminal: the report unit renders, the command line prints. */
export {
  assessmentJson,
  renderDetectors,
  renderFindingsTable,
  renderHosts,
  renderKnowledge,
  renderKnowledgeList,
  renderSchedule,
  renderSources,
  renderSummary,
} from "../report/index.js";

export function explainFinding(
  finding: Finding,
  evidence: ReadonlyMap<string, EvidenceText>,
  style: TerminalOptions,
): string {
  return renderFinding(finding, { messages: MESSAGES, evidence }, style);
}
