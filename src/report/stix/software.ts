import type { Attribution } from "../../model/attribution.js";
import { strictestTlp } from "../../model/finding.js";
import { type ProgramUse, programsOfAttribution, programsOfFinding } from "../programs.js";
import { stixText } from "./collector.js";
import { CONFIDENCE, refs, type Scene } from "./scene.js";

/**
 * Programs that a trace of theirs, or the title of a rule, speaks for. It says what may have been used and never who used it: `uses` of a campaign,
 * `related-to` of an incident's grouping, for which STIX has no `uses`.
 */
export function addSoftware(scene: Scene, attribution: Attribution, subject: string): void {
  for (const use of programsOfAttribution(attribution, scene.input.messages))
    addUse(scene, { ...use, key: [subject, ...use.key] }, [subject]);
}

/** Programs that findings name themselves. */
export function addNamedSoftware(scene: Scene): void {
  const uses = scene.input.findings.flatMap((finding) =>
    scene.notes.has(finding.id) ? programsOfFinding(finding) : [],
  );
  // A relationship has the words of who came first.
  for (const use of uses.sort((a, b) => CONFIDENCE[b.confidence] - CONFIDENCE[a.confidence]))
    addUse(scene, { ...use, key: [...use.findings] }, subjectsOf(scene, use.findings));
}

/** Campaigns and groupings of the incidents that findings are in. */
function subjectsOf({ input, incidents, campaigns }: Scene, findings: readonly string[]): string[] {
  const own = input.assessment.incidents.filter((incident) =>
    findings.some((id) => incident.findings.includes(id)),
  );
  const above = input.assessment.campaigns.filter((campaign) =>
    own.some((incident) => campaign.incidents.includes(incident.id)),
  );
  return refs(
    above.map((campaign) => campaigns.get(campaign.id)),
    own.map((incident) => incidents.get(incident.id)),
  );
}

function addUse({ stix, ...scene }: Scene, use: ProgramUse, subjects: readonly string[]): void {
  const software = scene.programs.same(use.software);
  const { name, attack, type } = software;
  if (type === null) {
    scene.leftOut.add(`${stixText(name)}, of which no source says whether it is malware`);
    return;
  }
  const found = use.findings.flatMap((id) => scene.findings.get(id) ?? []);
  const tlp = strictestTlp(found.map((finding) => finding.tlp));
  const extra = { tlp, confidence: CONFIDENCE[use.confidence] };
  const description = stixText(use.said);
  const references = [
    ...(software.id === undefined ? [] : [{ source_name: "longwatch-knowledge", external_id: software.id }]),
    ...(attack === null ? [] : [{ source_name: "mitre-attack", external_id: attack }]),
  ];
  const object = stix.domain(
    type,
    [attack ?? name.toLowerCase()],
    {
      name: stixText(name),
      ...(type === "malware" && { is_family: true, malware_types: ["unknown"] }),
      ...(type === "tool" && { tool_types: ["unknown"] }),
      ...(references.length > 0 && { external_references: references }),
    },
    { tlp },
  );
  for (const subject of subjects)
    stix.relationship(
      subject,
      subject.startsWith("campaign--") ? "uses" : "related-to",
      object,
      { description },
      extra,
    );
  stix.domain(
    "note",
    ["software", attack ?? name.toLowerCase(), ...use.key],
    {
      abstract: stixText(`${name} may have been used`),
      content: description,
      object_refs: refs(
        [object],
        found.flatMap(({ id }) => [scene.observed.get(id), scene.notes.get(id)]),
      ),
    },
    extra,
  );
}
