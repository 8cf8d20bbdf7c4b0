import { createHash } from "node:crypto";
import type { ReportInput } from "../port.js";
import { addAttribution } from "./attribution.js";
import { Collector, stixLines, stixSpan, stixText } from "./collector.js";
import { addFindings } from "./findings.js";
import { objectId } from "./ids.js";
import { addIncidents } from "./incidents.js";
import { addInfrastructure } from "./infrastructure.js";
import { addOrganisations } from "./organisations.js";
import { CONFIDENCE, makeScene, refs, type Scene } from "./scene.js";
import { addNamedSoftware } from "./software.js";

/**
 * The case as a bundle of STIX 2.1 (OASIS, June 2021). Ids come from what an object is about, times from the telemetry: equal cases give equal
 * bundles, and a case that grew gives newer versions of the same objects.
 */
export function renderStix(input: ReportInput): string {
  const { assessment } = input;
  const span = stixSpan(assessment.telemetry.first, assessment.telemetry.last);
  const stix = new Collector({
    caseName: assessment.case,
    tlp: assessment.tlp,
    synthetic: assessment.synthetic,
    created: span.from,
    modified: span.to,
  });
  stix.creator = stix.domain("identity", ["longwatch"], {
    name: "Longwatch",
    description: "Makes assessments from telemetry; this one was not written by a person.",
    identity_class: "system",
  });
  const scene = makeScene(input, stix);
  addOrganisations(scene);
  addInfrastructure(scene);
  addFindings(scene);
  addIncidents(scene);
  addAttribution(scene);
  addNamedSoftware(scene);
  addJudgements(scene);
  addReport(scene);
  const objects = stix.objects();
  const content = createHash("sha256").update(JSON.stringify(objects)).digest("hex");
  return `${JSON.stringify({ type: "bundle", id: objectId("bundle", content), objects }, null, 2)}\n`;
}

/** Key judgements: likelihood and confidence stand in separate sentences, as in the assessment. */
function addJudgements(scene: Scene): void {
  for (const [at, judgement] of scene.input.assessment.judgements.entries()) {
    const about = refs(
      judgement.findings.map((id) => scene.notes.get(id)),
      judgement.findings.map((id) => scene.organisations.get(scene.findings.get(id)?.org_id ?? "")),
    );
    scene.stix.domain(
      "note",
      ["judgement", String(at)],
      {
        abstract: `Key judgement ${at + 1}`,
        content: stixLines([judgement.statement, judgement.confidence_statement]),
        object_refs: about.length > 0 ? about : [scene.report],
      },
      { confidence: CONFIDENCE[judgement.confidence] },
    );
  }
}

function addReport(scene: Scene): void {
  const { assessment } = scene.input;
  const { stix } = scene;
  const all = stix.ids();
  stix.domain("report", ["assessment"], {
    name: stixText(assessment.case),
    description: stixLines([
      ...(assessment.synthetic ? ["Synthetic data: made from simulated logs."] : []),
      ...assessment.judgements.map(({ statement }) => statement),
      ...assessment.caveats,
      ...(scene.leftOut.size > 0 ? [`Not in this bundle: ${[...scene.leftOut].join("; ")}.`] : []),
    ]),
    report_types: [assessment.campaigns.length > 0 ? "campaign" : "threat-report"],
    published: stix.context.modified,
    object_refs: all,
  });
}
