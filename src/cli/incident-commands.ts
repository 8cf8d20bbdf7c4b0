import { attributeStep } from "../pipeline/attribute.js";
import { correlateStep } from "../pipeline/correlate.js";
import { loadEvidence } from "../pipeline/evidence.js";
import { incidentById, requireOrganisation } from "../pipeline/find.js";
import { evidenceOfSteps, renderIncidents } from "../pipeline/present.js";
import { settingsOfCase } from "../pipeline/settings.js";
import { tellCampaign, tellIncident } from "../pipeline/tell.js";
import { detectedIn } from "./detected-in.js";
import { type LanguageFlags, languageOf, rendered } from "./language.js";
import { printData, printJson, printLine, terminalStyle } from "./output.js";
import { type CaseFlags, withCase } from "./with-case.js";

interface IncidentFlags extends CaseFlags, LanguageFlags {
  org?: string;
  json?: boolean;
}

export async function runIncidents(flags: IncidentFlags): Promise<void> {
  const language = languageOf(flags);
  await withCase(flags, true, async (opened) => {
    const detected = await detectedIn(opened, flags);
    const { findings } = detected;
    const settings = await settingsOfCase(opened, undefined);
    const { directory } = settings;
    const all = await correlateStep(opened.store, directory, findings);
    const { org } = flags;
    // A slip of the pen must not look like a clean organisation.
    if (org !== undefined) requireOrganisation(org, findings, directory);
    const ofOrg = <Item extends { org_ids: string[] }>(items: Item[]) =>
      org === undefined ? items : items.filter(({ org_ids }) => org_ids.includes(org));
    const shown = { ...all, incidents: ofOrg(all.incidents), campaigns: ofOrg(all.campaigns) };
    if (flags.json) {
      const attributions = byId(await attributeStep(opened.store, settings, detected, all));
      for (const incident of shown.incidents)
        await printData(
          `${JSON.stringify({ ...incident, attribution: attributions.get(incident.id) ?? null })}\n`,
        );
    } else printLine(rendered(language, () => renderIncidents(shown, terminalStyle(), org)));
  });
}

export async function runIncident(id: string, flags: IncidentFlags): Promise<void> {
  const language = languageOf(flags);
  await withCase(flags, true, async (opened) => {
    const detected = await detectedIn(opened, flags);
    const { findings } = detected;
    const settings = await settingsOfCase(opened, undefined);
    const all = await correlateStep(opened.store, settings.directory, findings);
    const attributions = byId(await attributeStep(opened.store, settings, detected, all));
    const found = incidentById(all, id);
    if ("campaign" in found) {
      const attribution = attributions.get(found.campaign.id);
      if (flags.json) await printJson({ ...found.campaign, attribution: attribution ?? null });
      else
        printLine(rendered(language, () => tellCampaign(found.campaign, all, attribution, terminalStyle())));
      return;
    }
    const { incident } = found;
    const ids = new Set(incident.findings);
    const own = findings.filter((finding) => ids.has(finding.id));
    const shown = evidenceOfSteps(incident.steps, new Map(own.map((finding) => [finding.id, finding])));
    const evidence = await loadEvidence(
      opened.store,
      [...shown.values()].map((lines) => ({ evidence: [...lines] })),
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    );
    const attribution = attributions.get(incident.id);
    if (flags.json)
      await printJson({
        ...incident,
        attribution: attribution ?? null,
        evidence_lines: Object.fromEntries(evidence),
      });
    else
      printLine(
        rendered(language, () => tellIncident(incident, own, attribution, evidence, terminalStyle())),
      );
  });
}

function byId<Item extends { subject: string }>(attributions: readonly Item[]): Map<string, Item> {
  return new Map(attributions.map((attribution) => [attribution.subject, attribution]));
}
