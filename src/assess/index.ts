import { groupBy, unique } from "../kernel/group-by.js";
import { DAY, HOUR, isoDay, rfc3339 } from "../kernel/time.js";
import { ASSESSMENT_VERSION, type Assessment } from "../model/assessment.js";
import { strictestTlp } from "../model/finding.js";
import { recommend } from "./actions/index.js";
import { attribute, sums } from "./attribute.js";
import { infrastructureOf, linksOf } from "./infrastructure.js";
import type { AssessmentInput } from "./input.js";
import { KEY_JUDGEMENTS } from "./judgement-messages.js";
import { judgementsOf } from "./judgements.js";
import { caveatsOf, notAssessed } from "./limits.js";
import { assessOrganisations, type OrganisationResult } from "./organisations.js";
import { hoursDown, reportOutages, sensorState } from "./outages.js";
import { REASONS } from "./reason-messages.js";
import { outflowOf } from "./uploads.js";
import { mondays, weekNames } from "./weeks.js";

export {
  ATTRIBUTION_MESSAGES,
  attributeSubjects,
  type Setting,
  type Subject,
} from "./attribution/index.js";
export { gather } from "./gather.js";
export type { AssessmentInput, DetectorRun, Gathered } from "./input.js";
export { wouldBeSuspected } from "./suspicion.js";

/** Sentences of an assessment, by key. */
export const JUDGEMENT_MESSAGES = { ...KEY_JUDGEMENTS, ...REASONS } as const;

/** Findings and telemetry as an answer: which organisations, since when, how sure, what could not be said, and what to do. Pure. */
export function assess(input: AssessmentInput): Assessment {
  const judged = judge(input);
  return { ...judged, recommendations: recommend(judged, input.findings, input, input.gathered.last) };
}

/** The answer without what to do: a replay asks for it once a day. */
export function judge(input: AssessmentInput): Omit<Assessment, "recommendations"> {
  const { gathered } = input;
  const sensors = gathered.sensors.filter((each) => each.hours.length > 0).map(sensorState);
  const weeks = mondays(gathered.first, gathered.last);
  const bearings = attribute(input.findings, gathered.contacts, input.directory);
  const results = assessOrganisations(input, bearings, sensors, weeks);
  const infrastructure = infrastructureOf(bearings);
  const organisations = results.map((each) => each.assessed);
  const outflow = outflowOf(organisations, infrastructure);
  return {
    version: ASSESSMENT_VERSION,
    case: input.caseName,
    generated_at: input.generatedAt,
    // A case is marked at least as strictly as the strictest of what it says.
    tlp: strictestTlp([input.tlp, ...input.findings.map(({ tlp }) => tlp)]),
    synthetic: input.synthetic,
    telemetry: {
      files: gathered.files,
      rows: gathered.rows,
      rejected: gathered.rejected,
      first: gathered.first === undefined ? null : rfc3339(gathered.first),
      last: gathered.last === undefined ? null : rfc3339(gathered.last),
      outages: reportOutages(sensors),
      sensors: sensors.map((each) => ({
        sensor_id: each.sensorId,
        realm: each.realm,
        first: rfc3339(each.from * HOUR),
        last: rfc3339(each.to * HOUR),
        hours_up: each.to - each.from - hoursDown(each),
        hours_down: hoursDown(each),
        rows: each.records,
      })),
      classes: gathered.classes,
    },
    weeks: weekNames(weeks),
    organisations,
    sectors: sectorsOf(results),
    infrastructure,
    links: linksOf(bearings, gathered.serverNames),
    volumes: volumesOf(results),
    outflow: { to_infrastructure: outflow.sent, elsewhere: outflow.uploaded },
    incidents: [...input.correlation.incidents],
    campaigns: [...input.correlation.campaigns],
    correlation: input.correlation.summary,
    schedules: [...input.schedules],
    attribution: [...input.attribution],
    replay: input.replay,
    detection_limits: input.detectionLimits,
    judgements: judgementsOf(input, results, infrastructure, outflow),
    not_assessed: notAssessed(input, results, sensors),
    detectors: [...input.runs],
    caveats: caveatsOf(input, results),
  };
}

function sectorsOf(results: readonly OrganisationResult[]): Assessment["sectors"] {
  const bySector = groupBy(results, (each) => each.assessed.sector || "unknown");
  return [...bySector]
    .map(([sector, list]) => {
      const count = (status: string) => list.filter((each) => each.assessed.status === status).length;
      return {
        sector,
        organisations: list.length,
        compromised: count("compromised"),
        suspected: count("suspected"),
        contacted: count("contacted"),
      };
    })
    .sort(
      (a, b) =>
        b.compromised - a.compromised || b.suspected - a.suspected || a.sector.localeCompare(b.sector),
    );
}

/** Bytes to and from the infrastructure by day, over organisations that are compromised or suspected. */
function volumesOf(results: readonly OrganisationResult[]): Assessment["volumes"] {
  const rows = results
    .filter((each) => each.assessed.status === "compromised" || each.assessed.status === "suspected")
    .flatMap((each) => each.rows.map((row) => ({ ...row, orgId: each.assessed.org_id })));
  return [...groupBy(rows, (row) => row.day)]
    .sort(([a], [b]) => a - b)
    .map(([day, list]) => {
      const total = sums(list);
      return {
        day: isoDay(day * DAY),
        bytes_out: total.bytesOut,
        bytes_in: total.bytesIn,
        connections: total.connections,
        organisations: unique(list.map((row) => row.orgId)).length,
      };
    });
}
