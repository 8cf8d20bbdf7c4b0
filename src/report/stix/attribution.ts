import type { Attribution } from "../../model/attribution.js";
import { formatPercent } from "../format.js";
import { stixLines, stixText } from "./collector.js";
import { CONFIDENCE, refs, type Scene } from "./scene.js";
import { addSoftware } from "./software.js";

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
    scene.leftOut.add(`the attribution of ${attribution.subject}, which is not in the bundle`);
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
