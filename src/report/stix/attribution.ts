import { z } from "zod";
import { CONFIDENCES } from "../../model/finding.js";
import { formatPercent } from "../format.js";
import { stixLines, stixText } from "./collector.js";
import { CONFIDENCE, refs, type Scene } from "./scene.js";

/** What an entry of `assessment.attribution[]` must have to be said in STIX (design, section 9). */
const attributionSchema = z.object({
  /** Id of an incident or a campaign. */
  subject: z.string(),
  verdict: z.enum(["insufficient_evidence", "consistent_with", "unknown_cluster"]),
  hypotheses: z.array(
    z.object({
      cluster: z.string().nullable(),
      posterior: z.number(),
    }),
  ),
  confidence: z.enum(CONFIDENCES),
});
type Attribution = z.infer<typeof attributionSchema>;

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
  const entries = scene.input.assessment.attribution.map((entry) => attributionSchema.safeParse(entry));
  const unread = entries.filter(({ success }) => !success).length;
  if (unread > 0) scene.leftOut.push(`${unread} attributions of a form that this export does not know`);
  for (const entry of entries) if (entry.success) addOne(scene, entry.data);
}

function addOne(scene: Scene, attribution: Attribution): void {
  const { stix } = scene;
  const subject = scene.campaigns.get(attribution.subject) ?? scene.incidents.get(attribution.subject);
  if (subject === undefined) {
    scene.leftOut.push(`the attribution of ${attribution.subject}, which is not in the bundle`);
    return;
  }
  const confidence = CONFIDENCE[attribution.confidence];
  const ranked = [...attribution.hypotheses].sort((a, b) => b.posterior - a.posterior);
  const cluster = attribution.verdict === "consistent_with" ? ranked[0]?.cluster : undefined;
  const set =
    typeof cluster === "string"
      ? stix.domain("intrusion-set", [cluster], { name: stixText(cluster) }, { confidence })
      : undefined;
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
      abstract: stixText(`Attribution: ${VERDICT[attribution.verdict]}${cluster ? ` ${cluster}` : ""}`),
      content: stixLines([
        `Hypotheses, likeliest first: ${ranked.map((each) => `${each.cluster ?? "unknown"} (${formatPercent(each.posterior)})`).join(", ")}.`,
        `Confidence is ${attribution.confidence}.`,
      ]),
      object_refs: refs([subject, set]),
    },
    { confidence },
  );
}
