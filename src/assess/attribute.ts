import { groupBy, unique } from "../kernel/group-by.js";
import { DAY, parseTime } from "../kernel/time.js";
import type { Finding } from "../model/finding.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import {
  classifyRelation,
  type Direction,
  RELATION_KINDS,
  type RelationKind,
  strongestRelation,
} from "../model/relation.js";
import { ScanContacts } from "../model/scan-contact.js";
import { isSupporting } from "../model/supporting.js";
import { type Bearing, canBear } from "./independence.js";
import type { ContactDay } from "./input.js";

/** A finding as it bears on one organisation, with the contact that it rests on. */
export interface OrgBearing extends Bearing {
  orgId: string;
  rows: ContactDay[];
}

/** The stand-in for hosts that no line of the inventory covers: without an inventory the result is grouped by address plan. */
export function unassignedId(realm: string): string {
  return `unassigned:${realm}`;
}

export function isUnassigned(orgId: string): boolean {
  return orgId.startsWith("unassigned:");
}

/**
 * Which organisations each finding bears on. A finding about a server (no organisation of its own) bears on everyone whose hosts
 * contacted that server; findings below medium bear on nobody unless they are contact with the watch list itself.
 */
export function attribute(
  findings: readonly Finding[],
  contacts: readonly ContactDay[],
  directory: OrganisationDirectory,
): OrgBearing[] {
  const index = new ContactIndex(contacts);
  const scans = new ScanContacts(findings);
  return findings.flatMap((finding) => {
    if (finding.detector === "infrastructure-contact") return watchListBearing(finding, index);
    // Everyone is scanned, and printers are looked for: only who looks around inside supports anything.
    if (isSupporting(finding) && (canBear(finding) || finding.detector !== "scan"))
      return supportingBearings(finding, directory);
    if (!canBear(finding)) return [];
    return serverBearings(finding, index, directory, scans);
  });
}

class ContactIndex {
  readonly #byServer: Map<string, ContactDay[]>;
  readonly #byName: Map<string, ContactDay[]>;
  readonly #byRelation: Map<string, ContactDay[]>;

  constructor(contacts: readonly ContactDay[]) {
    this.#byServer = groupBy(
      contacts.filter((each) => each.name === ""),
      (each) => each.server,
    );
    this.#byName = groupBy(
      contacts.filter((each) => each.name !== ""),
      (each) => each.name,
    );
    this.#byRelation = groupBy(
      contacts.filter((each) => each.name === ""),
      (each) => [each.realm, each.host, each.server, each.port, each.direction].join("|"),
    );
  }

  relation(...parts: unknown[]): ContactDay[] {
    return this.#byRelation.get(parts.join("|")) ?? [];
  }

  at(server: string): ContactDay[] {
    return this.#byServer.get(server) ?? [];
  }

  named(name: string): ContactDay[] {
    return this.#byName.get(name) ?? [];
  }
}

function list(finding: Finding, fact: string): (string | number)[] {
  const value = finding.facts[fact];
  return Array.isArray(value) ? value : [];
}

/** Contact with the watch list lists its own relations: exactly those count. */
function watchListBearing(finding: Finding, index: ContactIndex): OrgBearing[] {
  // Strangers who talk to a watched server are nobody's hosts.
  if (finding.facts.outside === true) return [];
  const stated = String(finding.facts.relation ?? "");
  const kind = RELATION_KINDS.find((each) => each === stated) ?? "single";
  const realms = unique([
    ...list(finding, "relation_realm").map(String),
    ...finding.entities.flatMap((each) =>
      each.role === "victim" && each.realm !== undefined ? [each.realm] : [],
    ),
  ]);
  const orgId = finding.org_id ?? unassignedId(realms[0] ?? "");
  const hosts = list(finding, "relation_host");
  const rows = hosts.flatMap((host, at) => {
    const from = Math.floor(parseTime(String(list(finding, "relation_first")[at])) / DAY);
    const to = Math.floor(parseTime(String(list(finding, "relation_last")[at])) / DAY);
    const realm = list(finding, "relation_realm")[at];
    const port = list(finding, "relation_port")[at];
    const direction = list(finding, "relation_direction")[at];
    const server = list(finding, "relation_server")[at];
    return index
      .relation(realm, host, server, port, direction)
      .filter((row) => row.day >= from && row.day <= to);
  });
  // Names on shared addresses and names used through a proxy have no row by address.
  const known = new Set(rows.map((row) => `${row.realm}|${row.host}`));
  const victims = new Set(victimsOf(finding).map((each) => `${each.realm}|${each.host}`));
  const named = list(finding, "names")
    .flatMap((name) => index.named(String(name)))
    .filter((row) => victims.has(`${row.realm}|${row.host}`) && !known.has(`${row.realm}|${row.host}`));
  return [{ finding, orgId, kind, rows: [...unique(rows), ...named] }];
}

function victimsOf(finding: Finding): { realm: string; host: string }[] {
  return finding.entities
    .filter((each) => each.kind === "host" && (each.role === "victim" || each.role === "scanner"))
    .map((each) => ({ realm: each.realm ?? "", host: each.value }));
}

function ownerOf(directory: OrganisationDirectory, realm: string, host: string, at: number): string {
  return directory.resolve(realm, host, at)?.orgId ?? unassignedId(realm);
}

function supportingBearings(finding: Finding, directory: OrganisationDirectory): OrgBearing[] {
  const at = parseTime(finding.last_seen);
  const orgs =
    finding.org_id !== null
      ? [finding.org_id]
      : unique(victimsOf(finding).map(({ realm, host }) => ownerOf(directory, realm, host, at)));
  return orgs.map((orgId) => ({ finding, orgId, kind: "single" as const, rows: [] }));
}

function serverBearings(
  finding: Finding,
  index: ContactIndex,
  directory: OrganisationDirectory,
  scans: ScanContacts,
): OrgBearing[] {
  const victims = victimsOf(finding);
  const keys = new Set(victims.map(({ realm, host }) => `${realm}|${host}`));
  const servers = finding.entities.filter((each) => each.role === "server");
  const rows = unique(
    servers.flatMap((each) => (each.kind === "domain" ? index.named(each.value) : index.at(each.value))),
  ).filter((row) => keys.has(`${row.realm}|${row.host}`));
  const at = parseTime(finding.first_seen);
  const byOrg = groupBy(rows, (row) => ownerOf(directory, row.realm, row.host, row.first));
  const orgs = unique([
    ...byOrg.keys(),
    // Victims that no contact row names: evidence of another kind than a connection.
    ...(finding.org_id === null
      ? victims.map(({ realm, host }) => ownerOf(directory, realm, host, at))
      : [finding.org_id]),
  ]).filter((orgId) => finding.org_id === null || orgId === finding.org_id);
  return orgs.map((orgId) => {
    const own = byOrg.get(orgId) ?? [];
    return { finding, orgId, rows: own, kind: kindOf(finding, own, servers.length > 0, scans) };
  });
}

/** The kind of an organisation's own contact with the servers of a finding. */
function kindOf(
  finding: Finding,
  rows: readonly ContactDay[],
  aboutServers: boolean,
  scans: ScanContacts,
): RelationKind {
  // A program that came or an archive that went is an act, however short the connection: no visit.
  if (!aboutServers || finding.detector === "tool-transfer") return "repeated";
  if (rows.length === 0) {
    // Nothing to judge by but the finding's own span.
    return parseTime(finding.last_seen) - parseTime(finding.first_seen) > DAY ? "repeated" : "single";
  }
  const kinds = [...groupBy(rows, (row) => row.direction)].map(([direction, some]) =>
    classifyRelation(relationFacts(some, direction, scans)),
  );
  return strongestRelation(kinds);
}

function relationFacts(rows: readonly ContactDay[], direction: Direction, scans: ScanContacts) {
  const counted = countedRows(rows);
  const days = unique(counted.map((row) => row.day)).sort((a, b) => a - b);
  const targets = [...groupBy(counted, (row) => row.day).values()].map(
    (some) =>
      new Set(some.map((row) => `${direction === "inbound" ? row.host : row.server}|${row.port}`)).size,
  );
  return {
    direction,
    ...sums(counted),
    activeDays: days.length,
    spanDays: days.length === 0 ? 0 : (days.at(-1) as number) - (days[0] as number) + 1,
    peakTargets: Math.max(direction === "outbound" ? scans.breadthOf(counted) : 0, ...targets),
  };
}

/** The same contact known by address and by name is one: the row by address has all of it. */
export function countedRows(rows: readonly ContactDay[]): ContactDay[] {
  const byKey = new Map<string, ContactDay>();
  for (const row of rows) {
    const key = [row.realm, row.host, row.server, row.port, row.direction, row.day].join("|");
    const known = byKey.get(key);
    if (known === undefined || (known.name !== "" && row.name === "")) byKey.set(key, row);
  }
  return [...byKey.values()];
}

export function sums(rows: readonly ContactDay[]) {
  return {
    connections: rows.reduce((sum, row) => sum + row.connections, 0),
    answered: rows.reduce((sum, row) => sum + row.answered, 0),
    bytesOut: rows.reduce((sum, row) => sum + row.bytesOut, 0),
    bytesIn: rows.reduce((sum, row) => sum + row.bytesIn, 0),
  };
}
