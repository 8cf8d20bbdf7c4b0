import { unique } from "../../kernel/group-by.js";
import type { Attribution } from "../../model/attribution.js";
import { type Finding, severityRank, strictestTlp } from "../../model/finding.js";
import { explainText } from "../explain.js";
import { type NamedProgram, softwareOf } from "../software-names.js";
import { stixText } from "./collector.js";
import { CONFIDENCE, refs, type Scene } from "./scene.js";

/** Why a program is thought to have been used, by whom or what that was seen. */
interface Use {
  /** Which note of the program it is. */
  key: readonly string[];
  /** Campaigns and groupings of incidents in which it was seen. */
  subjects: readonly string[];
  said: string;
  confidence: number;
  findings: readonly string[];
}

/**
 * Programs that a trace of theirs, or the title of a rule, speaks for. It says what may have been used and never who used it: `uses` of a campaign,
 * `related-to` of an incident's grouping, for which STIX has no `uses`.
 */
export function addSoftware(scene: Scene, { evidence }: Attribution, subject: string): void {
  for (const { software, what, findings } of evidence) {
    if (software === undefined) continue;
    addUse(scene, software, {
      key: [subject, what.key, String(what.args[0]?.value ?? "")],
      subjects: [subject],
      said: explainText(what, scene.input.messages),
      confidence: what.key === "attribution.artefact.named" ? CONFIDENCE.low : CONFIDENCE.moderate,
      findings,
    });
  }
}

/** Programs that findings of medium severity or above name themselves (`facts.software`): by a tag of a rule, in a command line, or on a list of servers. */
export function addNamedSoftware(scene: Scene): void {
  const uses = scene.input.findings.flatMap((finding) => {
    const { software } = finding.facts;
    if (!Array.isArray(software) || severityRank(finding.severity) < severityRank("medium")) return [];
    if (!scene.notes.has(finding.id)) return [];
    const use: Use = {
      key: [finding.id],
      subjects: subjectsOf(scene, finding),
      ...sourceOf(finding),
      findings: [finding.id],
    };
    return unique(software.map(String)).map((named) => ({ named, use }));
  });
  // A relationship has the words of who came first.
  for (const { named, use } of uses.sort((a, b) => b.use.confidence - a.use.confidence)) {
    const known = softwareOf(named);
    if (known !== undefined) addUse(scene, known, use);
  }
}

function subjectsOf({ input, incidents, campaigns }: Scene, { id }: Finding): string[] {
  const own = input.assessment.incidents.filter(({ findings }) => findings.includes(id));
  const above = input.assessment.campaigns.filter((campaign) =>
    own.some((incident) => campaign.incidents.includes(incident.id)),
  );
  return refs(
    above.map((campaign) => campaigns.get(campaign.id)),
    own.map((incident) => incidents.get(incident.id)),
  );
}

/** Whose words they are. A command names what was run; a rule's author and a list's say what they hold it to be. */
function sourceOf({ detector, title, facts }: Finding): Pick<Use, "said" | "confidence"> {
  const low = { confidence: CONFIDENCE.low };
  switch (detector) {
    case "sigma":
      return { said: `The Sigma rule "${facts.rule_title}" names it by a tag.`, ...low };
    case "infrastructure-contact":
      return { said: `A list of servers names it: ${[facts.sources].flat().join(", ")}.`, ...low };
    default:
      return { said: `A command names it: ${title}.`, confidence: CONFIDENCE.moderate };
  }
}

function addUse({ stix, ...scene }: Scene, given: NamedProgram, use: Use): void {
  // What a rule calls S1228 and a list PUBLOAD is the program that the knowledge base has both words for.
  const software = scene.software.get(given.name.toLowerCase()) ?? given;
  const { name, attack, type } = software;
  if (type === null) {
    scene.leftOut.add(`${stixText(name)}, of which no source says whether it is malware`);
    return;
  }
  for (const word of [name, attack ?? name]) scene.software.set(word.toLowerCase(), software);
  const found = use.findings.flatMap((id) => scene.findings.get(id) ?? []);
  const tlp = strictestTlp(found.map((finding) => finding.tlp));
  const extra = { tlp, confidence: use.confidence };
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
  for (const subject of use.subjects)
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
