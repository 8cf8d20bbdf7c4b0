import { DETECTORS } from "../detect/registry.js";
import { LongwatchError } from "../kernel/errors.js";
import { parseTime } from "../kernel/time.js";
import type { Finding } from "../model/finding.js";
import type { Campaign, Correlation, Incident } from "../model/incident.js";
import type { OrganisationDirectory } from "../model/organisation.js";

export interface FindingFilter {
  detector?: string | undefined;
  org?: string | undefined;
  /** RFC 3339 or a day; findings whose last contact was before it are left out. */
  since?: string | undefined;
}

/** @throws LW_USAGE for a time that is none, LW_NOT_FOUND for a detector that does not exist: a slip of the pen must not look like a clean result. */
export function filterFindings(findings: readonly Finding[], filter: FindingFilter): Finding[] {
  const since = filter.since === undefined ? Number.NEGATIVE_INFINITY : parseTime(filter.since);
  if (Number.isNaN(since))
    throw new LongwatchError(
      "LW_USAGE",
      `--since ${filter.since} is no time; write 2023-09-01 or 2023-09-01T12:00:00Z`,
    );
  const known = DETECTORS.map((detector) => detector.manifest.id);
  if (filter.detector !== undefined && !known.includes(filter.detector))
    throw new LongwatchError(
      "LW_NOT_FOUND",
      `there is no detector "${filter.detector}"; there is: ${known.join(", ")}`,
    );
  return findings.filter(
    (finding) =>
      (filter.detector === undefined || finding.detector === filter.detector) &&
      (filter.org === undefined || finding.org_id === filter.org) &&
      parseTime(finding.last_seen) >= since,
  );
}

/** @throws LW_NOT_FOUND for an organisation that neither the inventory nor a finding has. */
export function requireOrganisation(
  orgId: string,
  findings: readonly Finding[],
  directory: OrganisationDirectory,
): void {
  if (directory.organisations.has(orgId) || findings.some((finding) => finding.org_id === orgId)) return;
  throw new LongwatchError(
    "LW_NOT_FOUND",
    `there is no organisation "${orgId}": neither the inventory nor a finding has that org_id`,
  );
}

/** A finding by id, or by an unambiguous beginning of one. */
export function findingById(findings: readonly Finding[], id: string): Finding {
  return byId(findings, id, "finding", "`longwatch findings` lists them");
}

/** An incident or a campaign by id, or by an unambiguous beginning of one. */
export function incidentById(
  { incidents, campaigns }: Correlation,
  id: string,
): { incident: Incident } | { campaign: Campaign } {
  const found = byId<Incident | Campaign>(
    [...incidents, ...campaigns],
    id,
    "incident",
    "`longwatch incidents` lists them",
  );
  return "steps" in found ? { incident: found } : { campaign: found };
}

/** @throws LW_NOT_FOUND */
function byId<Item extends { id: string }>(
  items: readonly Item[],
  id: string,
  what: string,
  where: string,
): Item {
  const exact = items.find((item) => item.id === id);
  if (exact) return exact;
  const [only, ...others] = items.filter((item) => item.id.startsWith(id));
  if (only && others.length === 0) return only;
  throw new LongwatchError(
    "LW_NOT_FOUND",
    only
      ? `"${id}" is the beginning of ${others.length + 1} ${what}s: ${[only, ...others]
          .slice(0, 5)
          .map((each) => each.id)
          .join(", ")}`
      : `there is no ${what} "${id}"; ${where}`,
  );
}
