import { type Finding, severityRank } from "../../model/finding.js";
import { explainText } from "../explain.js";
import { stixLines, stixSpan, stixText } from "./collector.js";
import { entityObservable, observableOf } from "./observables.js";
import { percent, refs, type Scene } from "./scene.js";

/** Findings in the bundle; the others are counted in the report object. */
const MOST_FINDINGS = 2_000;

/** What was observed and what it means: of each finding that something in the assessment rests on, or that is of medium severity or above. */
export function addFindings(scene: Scene): void {
  const chosen = chooseFindings(scene);
  const rest = scene.input.findings.length - chosen.length;
  if (rest > 0) scene.leftOut.add(`${rest} findings that are weak or too many`);
  const servers = new Map(scene.indicators.map((indicator) => [indicator.item.value, indicator]));
  for (const finding of chosen) {
    const seen = refs(
      finding.entities.map((entity) => {
        const server = servers.get(entity.value);
        return server === undefined
          ? entityObservable(scene.stix, entity, finding.tlp)
          : observableOf(scene.stix, { ...server, tlp: finding.tlp });
      }),
    );
    if (seen.length > 0) addObserved(scene, finding, seen);
    addNote(scene, finding);
  }
  addSightings(scene);
  addOpinions(scene);
}

function chooseFindings({ input }: Scene): Finding[] {
  const { assessment, findings } = input;
  const needed = new Set([
    ...assessment.incidents.flatMap((incident) => incident.findings),
    ...assessment.judgements.flatMap((judgement) => judgement.findings),
    ...assessment.infrastructure.flatMap((item) => item.findings),
  ]);
  return findings
    .filter(({ id, severity }) => needed.has(id) || severityRank(severity) >= severityRank("medium"))
    .sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (a.id < b.id ? -1 : 1),
    )
    .slice(0, MOST_FINDINGS);
}

function addObserved({ stix, observed }: Scene, finding: Finding, seen: string[]): void {
  const span = stixSpan(finding.first_seen, finding.last_seen);
  const id = stix.domain(
    "observed-data",
    ["finding", finding.id],
    {
      first_observed: span.from,
      last_observed: span.to,
      number_observed: timesSeen(finding),
      object_refs: seen,
    },
    { tlp: finding.tlp },
  );
  observed.set(finding.id, id);
}

/** Connections or matches where the detector counts them, else the lines of evidence: 1 to 999,999,999 (section 4.14). */
function timesSeen({ facts, evidence }: Finding): number {
  const counted = [facts.connections, facts.matches, facts.events, evidence.length].find(
    (value) => typeof value === "number" && value >= 1,
  );
  return Math.min(999_999_999, Math.max(1, Math.round(Number(counted ?? 1))));
}

function addNote(scene: Scene, finding: Finding): void {
  const organisation = scene.organisations.get(finding.org_id ?? "");
  const about = refs(
    [scene.observed.get(finding.id), organisation],
    finding.entities.map(({ value }) => scene.infrastructure.get(value)),
  );
  const id = scene.stix.domain(
    "note",
    ["finding", finding.id],
    {
      abstract: stixText(finding.title),
      content: stixLines([
        explainText(finding.explanation, scene.input.messages),
        `Severity ${finding.severity}, score ${finding.score} of 1, detector ${finding.detector}, finding ${finding.id}.`,
        ...finding.caveats,
      ]),
      object_refs: about.length > 0 ? about : [scene.report],
    },
    { tlp: finding.tlp, confidence: percent(finding.score) },
  );
  scene.notes.set(finding.id, id);
}

/** Each piece of infrastructure that there is an indicator for, at each organisation that was in contact with it. */
function addSightings(scene: Scene): void {
  for (const { item, tlp } of scene.indicators) {
    const indicator = scene.indicatorRefs.get(item.value);
    if (indicator === undefined) continue;
    for (const orgId of item.organisations) {
      const organisation = scene.organisations.get(orgId);
      if (organisation === undefined) continue;
      const own = item.findings.filter((id) => {
        const owner = scene.findings.get(id)?.org_id;
        return owner === orgId || owner === null;
      });
      const observed = refs(own.map((id) => scene.observed.get(id)));
      const spans = own.flatMap((id) => scene.findings.get(id) ?? []);
      const firsts = spans.map(({ first_seen }) => first_seen).sort();
      const lasts = spans.map(({ last_seen }) => last_seen).sort();
      const span = stixSpan(firsts[0] ?? item.first_seen, lasts.at(-1) ?? item.last_seen);
      scene.stix.domain(
        "sighting",
        [item.kind, item.value, orgId],
        {
          first_seen: span.from,
          last_seen: span.to,
          sighting_of_ref: indicator,
          ...(observed.length > 0 && { observed_data_refs: observed }),
          where_sighted_refs: [organisation],
        },
        { tlp },
      );
    }
    for (const id of item.findings)
      scene.stix.relationship(indicator, "based-on", scene.observed.get(id), {}, { tlp });
  }
}

/** Detectors that know of servers from lists only. */
const FROM_LISTS = new Set(["infrastructure-contact", "infrastructure-expansion"]);

/** Where a list names a server and its behaviour alone would have given it away, we agree with the list. */
function addOpinions(scene: Scene): void {
  for (const { item, tlp } of scene.indicators) {
    const indicator = scene.indicatorRefs.get(item.value);
    if (indicator === undefined || item.basis !== "confirmed") continue;
    const behaving = item.findings
      .flatMap((id) => scene.findings.get(id) ?? [])
      .filter(
        ({ detector, severity }) =>
          !FROM_LISTS.has(detector) && severityRank(severity) >= severityRank("medium"),
      );
    if (behaving.length === 0) continue;
    scene.stix.domain(
      "opinion",
      [item.kind, item.value],
      {
        explanation: stixText(
          `A list names it, and what was seen here says so without the list: ${behaving.map(({ title }) => title).join("; ")}.`,
        ),
        opinion: "agree",
        object_refs: refs([indicator, scene.infrastructure.get(item.value)]),
      },
      { tlp, confidence: percent(Math.max(...behaving.map(({ score }) => score))) },
    );
  }
}
