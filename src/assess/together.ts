import { type Finding, severityRank } from "../model/finding.js";
import type { Incident } from "../model/incident.js";

/**
 * Which findings of an organisation say that something happened on the hosts that they name: those of `high` and above, and those of `medium` that are in one of its
 * incidents, for a medium finding that hangs together with nothing is habit more often than not. Where correlation made no incident there is no such test.
 */
export function tellsOfHosts(
  orgId: string,
  incidents: readonly Pick<Incident, "org_ids" | "findings">[],
): (finding: Pick<Finding, "id" | "severity">) => boolean {
  const own = incidents.filter(({ org_ids }) => org_ids.includes(orgId));
  const joined = new Set(own.flatMap(({ findings }) => findings));
  return ({ id, severity }) => {
    const rank = severityRank(severity);
    if (rank >= severityRank("high")) return true;
    return rank >= severityRank("medium") && (own.length === 0 || joined.has(id));
  };
}
