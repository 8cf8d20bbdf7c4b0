import { unique } from "../../kernel/group-by.js";
import { DAY, parseTime } from "../../kernel/time.js";
import type { AssessedOrganisation } from "../../model/assessment.js";
import { type Finding, severityRank } from "../../model/finding.js";
import type { Incident } from "../../model/incident.js";
import type { Reach } from "../../model/recommendation.js";
import { tellsOfHosts } from "../together.js";

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
    findings.flatMap((each) =>
      severityRank(each.severity) >= severityRank("medium") ? [[each.id, each] as const] : [],
    ),
  );
  const affected = organisations
    .filter(({ status }) => status === "compromised" || status === "suspected")
    .map((organisation) => {
      const own = incidents.filter(({ org_ids }) => org_ids.includes(organisation.org_id));
      const tells = tellsOfHosts(organisation.org_id, incidents);
      const ids = unique([...own.flatMap((each) => each.findings), ...organisation.findings]);
      return { organisation, findings: ids.flatMap((id) => grave.get(id) ?? []).filter(tells) };
    });
  const all = unique(affected.flatMap((each) => each.findings));
  const ids = new Set(all.map(({ id }) => id));
  return {
    affected,
    incidents: incidents.filter((each) => each.findings.some((id) => ids.has(id))),
    findings: all,
  };
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
