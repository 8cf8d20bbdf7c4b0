import { groupBy, unique } from "../kernel/group-by.js";
import { rfc3339 } from "../kernel/time.js";
import type { AssessedInfrastructure, Assessment } from "../model/assessment.js";
import type { Finding } from "../model/finding.js";
import { isSupporting } from "../model/supporting.js";
import type { OrgBearing } from "./attribute.js";
import { countedRows } from "./attribute.js";
import type { Gathered } from "./input.js";

type Basis = AssessedInfrastructure["basis"];
const KINDS = ["domain", "address", "certificate", "network", "fingerprint"] as const;

function basisOf(finding: Finding): Basis {
  const stated = ORDER.find((each) => each === finding.facts.basis);
  if (stated !== undefined) return stated;
  if (finding.detector === "infrastructure-expansion") return "related";
  return finding.detector === "infrastructure-contact" && finding.facts.confirmed === true
    ? "confirmed"
    : "suspected";
}

const ROLE: Record<Basis, string> = { confirmed: "confirmed", suspected: "suspected", related: "sibling" };
const ORDER: readonly Basis[] = ["confirmed", "suspected", "related"];

/** Servers, names and certificates that the bearing findings are about; each once, with its best basis. */
export function infrastructureOf(bearings: readonly OrgBearing[]): AssessedInfrastructure[] {
  const mentions = bearings
    .filter((each) => !isSupporting(each.finding))
    .flatMap((bearing) =>
      bearing.finding.entities
        .filter((entity) => entity.role === "server")
        .map((entity) => ({
          bearing,
          kind: KINDS.find((kind) => kind === entity.kind),
          value: entity.value,
        })),
    );
  return [...groupBy(mentions, (each) => `${each.kind}|${each.value}`).values()]
    .flatMap((list) => {
      const [one] = list;
      return one?.kind === undefined
        ? []
        : [
            oneServer(
              one.kind,
              one.value,
              list.map((each) => each.bearing),
            ),
          ];
    })
    .sort(
      (a, b) =>
        ORDER.indexOf(a.basis) - ORDER.indexOf(b.basis) ||
        b.organisations.length - a.organisations.length ||
        b.score - a.score ||
        a.value.localeCompare(b.value),
    );
}

function oneServer(
  kind: (typeof KINDS)[number],
  value: string,
  bearings: readonly OrgBearing[],
): AssessedInfrastructure {
  const findings = unique(bearings.map((each) => each.finding));
  const basis = ORDER.find((each) => findings.some((finding) => basisOf(finding) === each)) ?? "related";
  const rows = bearings.flatMap((each) =>
    each.rows.filter((row) => row.server === value || row.name === value),
  );
  const firsts =
    rows.length > 0 ? rows.map((row) => row.first) : findings.map((each) => Date.parse(each.first_seen));
  const lasts =
    rows.length > 0 ? rows.map((row) => row.last) : findings.map((each) => Date.parse(each.last_seen));
  // An address counts for those who contacted it; a name or certificate for all whom the finding concerns. Being scanned by a server is
  // no contact with it as long as others have one.
  const talking = bearings.filter((each) => each.kind !== "scanning");
  const contacting = (talking.length > 0 ? talking : bearings).filter(
    (each) => kind !== "address" || each.rows.some((row) => row.server === value) || each.rows.length === 0,
  );
  return {
    value,
    kind,
    role: ROLE[basis],
    score: Math.max(...findings.map((each) => each.score)),
    first_seen: rfc3339(firsts.reduce((a, b) => Math.min(a, b))),
    last_seen: rfc3339(lasts.reduce((a, b) => Math.max(a, b))),
    organisations: unique(contacting.map((each) => each.orgId)).sort(),
    why: unique(findings.map((each) => each.title)).slice(0, 6),
    findings: findings.map((each) => each.id),
    basis,
    ...(kind === "address" && findings.some((each) => isSharedIn(each, value)) && { shared: true }),
  };
}

/** Whether the detector saw other domains at the address. */
function isSharedIn({ facts }: Finding, address: string): boolean {
  const { shared_servers } = facts;
  return Array.isArray(shared_servers) && shared_servers.some((each) => each === address);
}

/** Edges: organisations to the servers that they contacted, names and certificates to the addresses at which they showed. */
export function linksOf(
  bearings: readonly OrgBearing[],
  serverNames: Gathered["serverNames"],
): Assessment["links"] {
  const contacts = bearings.flatMap((bearing) =>
    countedRows(bearing.rows).map((row) => ({
      from: bearing.orgId,
      to: row.name === "" ? row.server : row.name,
      relation: bearing.kind === "scanning" ? "scanning" : "contacted",
      confidence: bearing.finding.score,
    })),
  );
  const edges = groupBy(contacts, (each) => `${each.from}|${each.to}|${each.relation}`);
  return [
    ...[...edges.values()].map((list) => ({
      ...(list[0] as (typeof contacts)[number]),
      confidence: Math.max(...list.map((each) => each.confidence)),
    })),
    ...serverNames.map((each) => ({
      from: each.name,
      to: each.address,
      relation: each.relation,
      confidence: 1,
    })),
  ];
}
