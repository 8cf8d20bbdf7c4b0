import type { Attribution } from "../model/attribution.js";
import type { Finding } from "../model/finding.js";
import type { Campaign, Correlation, Incident } from "../model/incident.js";
import {
  type EvidenceText,
  renderCampaign,
  renderFinding,
  renderIncident,
  type TerminalOptions,
} from "../report/index.js";
import { MESSAGES } from "./messages.js";

/** A finding in words, with the lines of its evidence. */
export function explainFinding(
  finding: Finding,
  evidence: ReadonlyMap<string, EvidenceText>,
  style: TerminalOptions,
): string {
  return renderFinding(finding, { messages: MESSAGES, evidence }, style);
}

/** An incident as a timeline in words. @param findings those of the incident @param attribution of it, where there is one */
export function tellIncident(
  incident: Incident,
  findings: readonly Finding[],
  attribution: Attribution | undefined,
  evidence: ReadonlyMap<string, EvidenceText>,
  style: TerminalOptions,
): string {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return renderIncident(incident, { findings: byId, attribution, messages: MESSAGES, evidence }, style);
}

export function tellCampaign(
  campaign: Campaign,
  { incidents }: Correlation,
  attribution: Attribution | undefined,
  style: TerminalOptions,
): string {
  const own = incidents
    .filter(({ campaign_id }) => campaign_id === campaign.id)
    .sort((a, b) => (a.first_seen < b.first_seen ? -1 : 1));
  return renderCampaign(campaign, own, { messages: MESSAGES, attribution }, style);
}
