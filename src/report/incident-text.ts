import { type CorrelationSummary, type IncidentStep, tacticName } from "../model/incident.js";
import { formatNumber } from "./format.js";
import { plural } from "./text.js";

/** `476 findings: 210 of them in 24 incidents (158 steps) and 1 campaign; 266 in none, too weak and tied to nothing stronger` */
export function reductionText(summary: CorrelationSummary): string {
  const { findings, joined, incidents, steps, campaigns, standing_alone: alone } = summary;
  if (incidents === 0)
    return findings === 0
      ? "There are no findings, and so no incidents"
      : `${plural(findings, "finding")}, none strong enough or tied enough to others to be an incident`;
  const rest =
    alone.length === 0
      ? ""
      : `; ${formatNumber(alone.length)} in none, too weak and tied to nothing stronger`;
  return (
    `${plural(findings, "finding")}: ${formatNumber(joined)} of them in ${plural(incidents, "incident")} (${plural(steps, "step")}) ` +
    `and ${plural(campaigns, "campaign")}${rest}`
  );
}

export function tacticText({ tactic }: IncidentStep): string {
  return tactic === null ? "no tactic known" : tacticName(tactic);
}
