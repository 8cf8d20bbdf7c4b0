import { isIP } from "node:net";
import { unique } from "../kernel/group-by.js";
import { parseTime } from "../kernel/time.js";
import { type Entity, type Finding, severityRank } from "../model/finding.js";
import type { HostAlias } from "../model/host-identity.js";
import type { CorrelationSummary } from "../model/incident.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import { unassignedId } from "./attribute.js";

/** Hosts on which something happened, and from which others were reached. */
export const ACTED_ON: ReadonlySet<string> = new Set(["victim", "source", "origin"]);

/**
 * Detectors by what shows them that somebody's code or session is on the host that they call `victim`: traffic that only a program there can cause, or what ran
 * and was written there. All others say that a host was reached, tried, asked about or administered (lateral-movement, account-hijack, discovery-burst,
 * log-tampering, scan): a reason to look, and none to take it off the network.
 */
export const ON_THE_HOST: ReadonlyMap<string, "traffic" | "host"> = new Map([
  ["backup-exfiltration", "traffic"],
  ["beaconing", "traffic"],
  ["cloud-masquerade", "traffic"],
  ["dns-tunnel", "traffic"],
  ["failed-beacon", "traffic"],
  ["false-protocol", "traffic"],
  ["infrastructure-contact", "traffic"],
  ["tool-transfer", "traffic"],
  ["dll-sideload", "host"],
  ["persistence-mechanism", "host"],
  ["phishing-delivery", "host"],
  ["process-anomaly", "host"],
  ["registry-anomaly", "host"],
  ["removable-media-worm", "host"],
  ["script-host-abuse", "host"],
  ["sigma", "host"],
  ["staging-and-exfiltration", "host"],
  ["web-shell", "host"],
]);

/** Names and addresses of one machine have one key, and so do `PC1.example.org` and `pc1` of one realm. */
export function hostKey({ value, realm = "" }: Pick<Entity, "value" | "realm">, machine: HostAlias): string {
  const one = machine(realm, value.toLowerCase());
  return `${realm}|${isIP(one) === 0 ? one.split(".")[0] : one}`;
}

/**
 * Keys of the hosts that serve everyone, or that findings name together with many others: their traffic may be somebody else's. An address plan's own,
 * for `10.0.0.1` is somebody's file server in another.
 */
export function popularHosts(
  popular: CorrelationSummary["popular"],
  machine: HostAlias,
): ReadonlySet<string> {
  const hosts = popular.filter(({ kind }) => kind === "host" || kind === "address");
  return new Set(hosts.map((each) => hostKey(each, machine)));
}

/** More hosts than one person acts on by hand in the same way: what is not grave and happens on so many is the network's habit, or a rule that is too wide. */
const WIDE = 10;

/** Below `high`, and of so many hosts that it says little of any one of them. */
export function isWide(finding: Finding): boolean {
  return severityRank(finding.severity) < severityRank("high") && hostsNamed(finding) > WIDE;
}

/** How many hosts the finding says that something happened on. */
export function hostsNamed({ entities }: Finding): number {
  return unique(
    entities.flatMap(({ kind, role, realm, value }) =>
      kind === "host" && ACTED_ON.has(role ?? "")
        ? [`${realm ?? ""}|${isIP(value) === 0 ? value.toLowerCase().split(".")[0] : value}`]
        : [],
    ),
  ).length;
}

/** A finding about a server names hosts of many organisations. */
export function isOwnedBy(
  { value, realm = "" }: Entity,
  finding: Finding,
  orgId: string,
  directory: Pick<OrganisationDirectory, "resolve">,
): boolean {
  if (finding.org_id !== null) return finding.org_id === orgId;
  const owner = directory.resolve(realm, value, parseTime(finding.last_seen))?.orgId;
  return (owner ?? unassignedId(realm)) === orgId;
}
