import { type CorrelationSummary, type IncidentStep, tacticName } from "../model/incident.js";
import { say } from "./catalogue.js";

/** `476 findings: 210 of them in 24 incidents (158 steps) and 1 campaign; 266 in none, too weak and tied to nothing stronger` */
export function reductionText(summary: CorrelationSummary): string {
  const { findings, joined, incidents, steps, campaigns, standing_alone: alone } = summary;
  if (incidents === 0)
    return findings === 0 ? say("incidents.reduction.nothing") : say("incidents.reduction.none", findings);
  const told = say("incidents.reduction", findings, joined, incidents, steps, campaigns);
  return alone.length === 0 ? told : `${told}${say("incidents.reduction.alone", alone.length)}`;
}

export function tacticText({ tactic }: IncidentStep): string {
  return tactic === null ? say("incidents.no-tactic") : tacticName(tactic);
}
