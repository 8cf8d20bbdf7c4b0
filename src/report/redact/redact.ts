import type { ReportInput } from "../port.js";
import { redactAssessment } from "./assessment.js";
import { Audience } from "./audience.js";
import { redactEvidence, redactFindings } from "./findings.js";
import type { Redaction } from "./ownership.js";
import { REDACTED_MESSAGES } from "./texts.js";

/**
 * All that a report is made of, as one reader may see it: done once, before anything is rendered, so that no format can forget it. Equal input, key
 * and reader give an equal result.
 */
export function redact(input: ReportInput, redaction: Redaction): ReportInput {
  const audience = new Audience(input, redaction);
  const findings = redactFindings(input, audience);
  return {
    assessment: redactAssessment(input.assessment, findings, input.findings, audience),
    findings,
    messages: { ...input.messages, ...REDACTED_MESSAGES },
    evidence: redactEvidence(input, audience),
  };
}
