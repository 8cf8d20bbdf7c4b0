import type { Attribution } from "../../model/attribution.js";
import { explainText } from "../explain.js";
import { formatPercent } from "../format.js";
import { stixLines, stixText } from "./collector.js";
import { CONFIDENCE, refs, type Scene } from "./scene.js";

const VERDICT = {
  insufficient_evidence: "insufficient evidence",
  consistent_with: "consistent with",
  unknown_cluster: "a cluster that is not known",
} as const;

/**
 * Who may be behind it. An intrusion set comes into the bundle only where the assessment says that what was found is consistent with one; every
 * verdict comes with its rival hypotheses as a note.
 */
export function addAttribution(scene: Scene): void {
  for (const entry of scene.input.assessment.attribution) addOne(scene, entry);
}

function addOne(scene: Scene, attribution: Attribution): void {
  const { stix } = scene;
  const subject = scene.campaigns.get(attribution.subject) ?? scene.incidents.get(attribution.subject);
  if (subject === undefined) {
    scene.leftOut.push(`the attribution of ${attribution.subject}, which is not in the bundle`);
    return;
  }
  addSoftware(scene, attribution, subject);
  const confidence = CONFIDENCE[attribution.confidence];
  const ranked = [...attribution.hypotheses].sort((a, b) => b.posterior - a.posterior);
  const { cluster: id } = attribution;
  const named =
    attribution.verdict === "consistent_with" && id !== null
      ? { id, name: ranked.find(({ cluster }) => cluster === id)?.title ?? id }
      : undefined;
  const set =
    named && stix.domain("intrusion-set", [named.id], { name: stixText(named.name) }, { confidence });
  const relation = scene.campaigns.has(attribution.subject) ? "attributed-to" : "related-to";
  stix.relationship(
    subject,
    relation,
    set,
    { description: "Consistent with, beside the other hypotheses of the note." },
    { confidence },
  );
  stix.domain(
    "note",
    ["attribution", attribution.subject],
    {
      abstract: stixText(
        `Attribution: ${VERDICT[attribution.verdict]}${named === undefined ? "" : ` ${named.name}`}`,
      ),
      content: stixLines([
        `Hypotheses, likeliest first: ${ranked.map((each) => `${each.title} (${formatPercent(each.posterior)})`).join(", ")}.`,
        `Confidence is ${attribution.confidence}.`,
      ]),
      object_refs: refs([subject, set]),
    },
    { confidence },
  );
}

/**
 * Programs that a trace of theirs, or a rule that names them, speaks for. It says what may have been used and never who used it: `uses` of a campaign,
 * `related-to` of an incident's grouping, for which STIX has no `uses`.
 */
function addSoftware(scene: Scene, { subject_kind, evidence }: Attribution, subject: string): void {
  for (const { software, what, findings } of evidence) {
    if (software === undefined) continue;
    const { id, name, attack, type } = software;
    if (type === null) {
      scene.leftOut.push(`${stixText(name)}, of which no source says whether it is malware`);
      continue;
    }
    const said = stixText(explainText(what, scene.input.messages));
    const confidence = what.key === "attribution.artefact.named" ? CONFIDENCE.low : CONFIDENCE.moderate;
    const object = scene.stix.domain(type, [id], {
      name: stixText(name),
      ...(type === "malware" && { is_family: true, malware_types: ["unknown"] }),
      ...(type === "tool" && { tool_types: ["unknown"] }),
      external_references: [
        { source_name: "longwatch-knowledge", external_id: id },
        ...(attack === null ? [] : [{ source_name: "mitre-attack", external_id: attack }]),
      ],
    });
    scene.stix.relationship(
      subject,
      subject_kind === "campaign" ? "uses" : "related-to",
      object,
      { description: said },
      { confidence },
    );
    const about = refs(
      [object],
      findings.map((finding) => scene.observed.get(finding)),
    );
    scene.stix.domain(
      "note",
      ["software", id, subject, what.key, String(what.args[0]?.value ?? "")],
      { abstract: stixText(`${name} may have been used`), content: said, object_refs: about },
      { confidence },
    );
  }
}
