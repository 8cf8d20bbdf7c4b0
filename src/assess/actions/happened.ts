import { unique } from "../../kernel/group-by.js";
import { DAY, parseTime } from "../../kernel/time.js";
import type { AssessedOrganisation } from "../../model/assessment.js";
import { type Finding, type Severity, severityRank } from "../../model/finding.js";
import type { Incident } from "../../model/incident.js";
import type { Reach } from "../../model/recommendation.js";

/** One organisation that is compromised or suspected, with the findings of `medium` and above that are in its incidents, and of `high` and above. */
export interface Affected {
  organisation: AssessedOrganisation;
  findings: readonly Finding[];
}

/** What happened here, as far as it is grave enough to act on. */
export interface Happened {
  affected: readonly Affected[];
  /** Those with a finding of `affected`. */
  incidents: readonly Incident[];
  /** Findings of all organisations affected, once each. */
  findings: readonly Finding[];
}

export function happened(
  organisations: readonly AssessedOrganisation[],
  incidents: readonly Incident[],
  findings: readonly Finding[],
): Happened {
  const grave = new Map(
    findings.flatMap((each) => (isAtLeast(each, "medium") ? [[each.id, each] as const] : [])),
  );
  const affected = organisations
    .filter(({ status }) => status === "compromised" || status === "suspected")
    .map((organisation) => {
      const own = incidents.filter(({ org_ids }) => org_ids.includes(organisation.org_id));
      const joined = new Set(own.flatMap((each) => each.findings));
      // A medium finding that hangs together with nothing is habit more often than not; without incidents there is no such test.
      const alone = organisation.findings.filter(
        (id) => own.length === 0 || isAtLeast(grave.get(id), "high"),
      );
      const ids = unique([...joined, ...alone]);
      return { organisation, findings: ids.flatMap((id) => grave.get(id) ?? []) };
    });
  const all = unique(affected.flatMap((each) => each.findings));
  const ids = new Set(all.map(({ id }) => id));
  return {
    affected,
    incidents: incidents.filter((each) => each.findings.some((id) => ids.has(id))),
    findings: all,
  };
}

function isAtLeast(finding: Finding | undefined, least: Severity): boolean {
  return finding !== undefined && severityRank(finding.severity) >= severityRank(least);
}

/** Steps of incidents in which one of these findings stands, as `incident:step`. */
export function stepsWith({ incidents }: Happened, ids: ReadonlySet<string>): string[] {
  return incidents.flatMap((incident) =>
    incident.steps.flatMap(({ finding, also }, at) =>
      [finding, ...also].some((id) => ids.has(id)) ? [`${incident.id}:${at}`] : [],
    ),
  );
}

/** How much of what happened these findings stand for. With all findings it is what the shares are shares of. */
export function reachOf(story: Happened, ids: ReadonlySet<string>): Reach {
  const reached = story.affected.filter(({ findings }) => findings.some(({ id }) => ids.has(id)));
  return {
    organisations: reached.length,
    incidents: story.incidents.filter((each) => each.findings.some((id) => ids.has(id))).length,
    steps: stepsWith(story, ids).length,
    days: reached.reduce((sum, each) => sum + daysFrom(each, ids), 0),
  };
}

/** Whole days from the first of these findings to the last finding of the organisation. */
function daysFrom({ findings }: Affected, ids: ReadonlySet<string>): number {
  const firsts = findings.filter(({ id }) => ids.has(id)).map((each) => parseTime(each.first_seen));
  const first = firsts.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const last = findings.reduce(
    (most, each) => Math.max(most, parseTime(each.last_seen)),
    Number.NEGATIVE_INFINITY,
  );
  return last > first ? Math.round((last - first) / DAY) : 0;
}
