import { unique } from "../../kernel/group-by.js";
import type { Campaign, Incident } from "../../model/incident.js";
import { explainText } from "../explain.js";
import { TECHNIQUE_NAMES } from "../technique-names.js";
import { stixLines, stixSpan, stixText } from "./collector.js";
import { percent, refs, type Scene } from "./scene.js";

/** `T1059` or `T1059.001`: anything else in a list of techniques is no id of ATT&CK. */
const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

/** Incidents are groupings of what belongs together; campaigns use infrastructure and techniques, and target organisations. */
export function addIncidents(scene: Scene): void {
  for (const incident of scene.input.assessment.incidents) addIncident(scene, incident);
  for (const campaign of scene.input.assessment.campaigns) addCampaign(scene, campaign);
}

function addIncident(scene: Scene, incident: Incident): void {
  const about = refs(
    incident.findings.map((id) => scene.observed.get(id)),
    incident.findings.map((id) => scene.notes.get(id)),
    incident.org_ids.map((id) => scene.organisations.get(id)),
    incident.entities.map(({ value }) => scene.infrastructure.get(value)),
    techniques(scene, incident.techniques),
  );
  if (about.length === 0) return;
  const id = scene.stix.domain(
    "grouping",
    ["incident", incident.id],
    {
      name: stixText(incident.title),
      description: stixLines([
        explainText(incident.explanation, scene.input.messages),
        `Incident ${incident.id}, severity ${incident.severity}.`,
        ...incident.caveats,
      ]),
      context: "suspicious-activity",
      object_refs: about,
    },
    { tlp: incident.tlp, confidence: percent(incident.score) },
  );
  scene.incidents.set(incident.id, id);
}

function addCampaign(scene: Scene, campaign: Campaign): void {
  const { stix, input } = scene;
  const { tlp } = campaign;
  const span = stixSpan(campaign.first_seen, campaign.last_seen);
  const id = stix.domain(
    "campaign",
    [campaign.id],
    {
      name: stixText(campaign.title),
      description: stixLines([
        explainText(campaign.explanation, input.messages),
        `Campaign ${campaign.id}, severity ${campaign.severity}.`,
        ...campaign.caveats,
      ]),
      first_seen: span.from,
      last_seen: span.to,
    },
    { tlp, confidence: percent(campaign.score) },
  );
  scene.campaigns.set(campaign.id, id);
  for (const orgId of campaign.org_ids)
    stix.relationship(id, "targets", scene.organisations.get(orgId), {}, { tlp });
  for (const { value } of campaign.shared) {
    stix.relationship(id, "uses", scene.infrastructure.get(value), {}, { tlp });
    stix.relationship(scene.indicatorRefs.get(value), "indicates", id, {}, { tlp });
  }
  for (const technique of techniques(scene, campaign.techniques))
    stix.relationship(id, "uses", technique, {}, { tlp });
  for (const incident of campaign.incidents)
    stix.relationship(scene.incidents.get(incident), "related-to", id, {}, { tlp });
}

/** Techniques by their ids: ATT&CK's own objects have descriptions, and consumers merge by the external reference. */
function techniques({ stix }: Scene, ids: readonly string[]): string[] {
  return unique(ids)
    .filter((id) => TECHNIQUE.test(id))
    .map((id) =>
      stix.domain("attack-pattern", [id], {
        name: (Object.hasOwn(TECHNIQUE_NAMES, id) && TECHNIQUE_NAMES[id]) || id,
        external_references: [{ source_name: "mitre-attack", external_id: id }],
      }),
    );
}
