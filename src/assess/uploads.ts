import { unique } from "../kernel/group-by.js";
import type { AssessedInfrastructure, AssessedOrganisation } from "../model/assessment.js";
import type { Finding } from "../model/finding.js";
import type { Upload, Uploads } from "../model/organisation-judgement.js";
import type { OrgBearing } from "./attribute.js";
import { isEvidence, type Line, supportOf } from "./independence.js";
import { ACTED_ON } from "./machines.js";

const MEASURING: ReadonlySet<string> = new Set(["backup-exfiltration", "staging-and-exfiltration"]);

/** What detectors of uploads measured at one organisation: evidence, and what supports it about the same servers. */
export function uploadsOf(orgId: string, lines: readonly Line[], bearings: readonly OrgBearing[]): Uploads {
  const findings = unique([
    ...bearings.filter(isEvidence).map(({ finding }) => finding),
    ...supportOf(lines, bearings),
  ]).filter(
    // A finding of several organisations' hosts measures them together: whose share was how large is not known.
    ({ detector, org_id, facts }) =>
      MEASURING.has(detector) && (org_id === orgId || org_id === null) && facts.tie !== "none",
  );
  const uploads = findings.map(uploadOf).sort((a, b) => (a.first_seen < b.first_seen ? -1 : 1));
  return { at_least: leastUploaded(uploads), uploads };
}

function uploadOf(finding: Finding): Upload {
  const { entities, facts } = finding;
  const servers = Array.isArray(facts.servers) ? facts.servers.map(String) : [];
  const named = entities.flatMap(({ kind, role, value }) =>
    (kind === "address" || kind === "domain") && (role === "server" || role === "destination") ? [value] : [],
  );
  const bytes = Number(facts.bytes_out ?? 0);
  return {
    finding: finding.id,
    destinations: unique([
      ...(typeof facts.destination === "string" ? [facts.destination] : []),
      ...servers,
      ...named,
    ]),
    hosts: unique(
      entities.flatMap(({ kind, role, value }) =>
        kind === "host" && ACTED_ON.has(role ?? "") ? [value] : [],
      ),
    ),
    first_seen: finding.first_seen,
    last_seen: finding.last_seen,
    bytes_out: Number.isFinite(bytes) ? bytes : 0,
  };
}

/** What left the organisations that are compromised or suspected: one definition for the judgements, the numbers at a glance and `assessment.json`. */
export interface Outflow {
  /** Bytes to and from the case's infrastructure. */
  sent: number;
  received: number;
  /** Of each organisation that has some: uploads that were measured, to none of the infrastructure. Their bytes are not among those sent. */
  elsewhere: Upload[][];
  /** Bytes of these, at least. */
  uploaded: number;
}

export function outflowOf(
  organisations: readonly Pick<AssessedOrganisation, "status" | "bytes_out" | "bytes_in" | "uploads">[],
  infrastructure: readonly Pick<AssessedInfrastructure, "value">[],
): Outflow {
  const affected = organisations.filter(({ status }) => status === "compromised" || status === "suspected");
  const known = infrastructure.map(({ value }) => value.toLowerCase());
  const isKnown = (end: string) => known.some((value) => end === value || end.endsWith(`.${value}`));
  const elsewhere = affected
    .map(({ uploads }) =>
      (uploads?.uploads ?? []).filter(
        ({ bytes_out: bytes, destinations }) =>
          bytes > 0 && !destinations.some((end) => isKnown(end.toLowerCase())),
      ),
    )
    .filter((own) => own.length > 0);
  return {
    sent: affected.reduce((sum, each) => sum + each.bytes_out, 0),
    received: affected.reduce((sum, each) => sum + each.bytes_in, 0),
    elsewhere,
    uploaded: elsewhere.reduce((sum, own) => sum + leastUploaded(own), 0),
  };
}

/** Uploads with a destination in common may be one: the largest of each such group counts, so that nothing counts twice. */
export function leastUploaded(uploads: readonly Upload[]): number {
  let groups: { destinations: Set<string>; most: number }[] = [];
  for (const { finding, destinations, bytes_out } of uploads) {
    const ends = destinations.length > 0 ? destinations : [finding];
    const joined = groups.filter((group) => ends.some((end) => group.destinations.has(end)));
    const one = {
      destinations: new Set([...ends, ...joined.flatMap((group) => [...group.destinations])]),
      most: Math.max(bytes_out, ...joined.map(({ most }) => most)),
    };
    groups = [...groups.filter((group) => !joined.includes(group)), one];
  }
  return groups.reduce((sum, { most }) => sum + most, 0);
}
