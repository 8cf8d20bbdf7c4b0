import { visibleJson } from "../../kernel/visible.js";
import type { Assessment } from "../../model/assessment.js";
import type { Finding } from "../../model/finding.js";

/** `findings.jsonl`: one finding a line, in the order given, exactly as the model has them. */
export function findingsJsonl(findings: readonly Finding[]): string {
  return findings.map((finding) => `${visibleJson(JSON.stringify(finding))}\n`).join("");
}

/** `assessment.json`, and what `hunt --json` prints. */
export function assessmentJson(assessment: Assessment): string {
  return `${visibleJson(JSON.stringify(assessment, null, 2))}\n`;
}
