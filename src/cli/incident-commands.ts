import {
  correlateStep,
  incidentById,
  loadEvidence,
  renderIncidents,
  requireOrganisation,
  settingsOfCase,
  tellCampaign,
  tellIncident,
} from "../pipeline/index.js";
import { printData, printJson, printLine, terminalStyle } from "./output.js";
import { type CaseFlags, detectedIn, withCase } from "./with-case.js";

interface IncidentFlags extends CaseFlags {
  org?: string;
  json?: boolean;
}

/** Log lines of each step that are read again from their files. */
const LINES_OF_STEP = 3;

export async function runIncidents(flags: IncidentFlags): Promise<void> {
  await withCase(flags, true, async (opened) => {
    const { findings } = await detectedIn(opened, flags);
    const { directory } = await settingsOfCase(opened, undefined);
    const all = await correlateStep(opened.store, directory, findings);
    const { org } = flags;
    // A slip of the pen must not look like a clean organisation.
    if (org !== undefined) requireOrganisation(org, findings, directory);
    const ofOrg = <Item extends { org_ids: string[] }>(items: Item[]) =>
      org === undefined ? items : items.filter(({ org_ids }) => org_ids.includes(org));
    const shown = { ...all, incidents: ofOrg(all.incidents), campaigns: ofOrg(all.campaigns) };
    if (flags.json) for (const incident of shown.incidents) await printData(`${JSON.stringify(incident)}\n`);
    else printLine(renderIncidents(shown, terminalStyle(), org));
  });
}

export async function runIncident(id: string, flags: IncidentFlags): Promise<void> {
  await withCase(flags, true, async (opened) => {
    const { findings } = await detectedIn(opened, flags);
    const { directory } = await settingsOfCase(opened, undefined);
    const all = await correlateStep(opened.store, directory, findings);
    const found = incidentById(all, id);
    if ("campaign" in found) {
      if (flags.json) await printJson(found.campaign);
      else printLine(tellCampaign(found.campaign, all, terminalStyle()));
      return;
    }
    const { incident } = found;
    const ids = new Set(incident.findings);
    const own = findings.filter((finding) => ids.has(finding.id));
    const told = new Set(incident.steps.map(({ finding }) => finding));
    const evidence = await loadEvidence(
      opened.store,
      own.filter((finding) => told.has(finding.id)),
      LINES_OF_STEP,
      Number.POSITIVE_INFINITY,
    );
    if (flags.json) await printJson({ ...incident, evidence_lines: Object.fromEntries(evidence) });
    else printLine(tellIncident(incident, own, evidence, terminalStyle()));
  });
}
