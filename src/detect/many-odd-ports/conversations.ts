import { groupBy } from "../../kernel/group-by.js";
import { RELATION_THRESHOLDS } from "../../model/relation.js";
import type { DailyContact } from "../shared/contacts.js";

/** Services that tell the client on which further port to go on: FTP (RFC 959, 4217), RPC and NFS port mappers. */
const NEGOTIATING = [21, 990, 135, 111];
const FIRST_NEGOTIATED = 1024;

/** The port was spoken on, and not merely tried. What only a TLS or HTTP log shows (no flow, so no counts) was spoken. */
function isSpoken({ connections, answered, bytesOut, bytesIn }: DailyContact): boolean {
  return connections === 0 || (answered > 0 && bytesOut + bytesIn >= RELATION_THRESHOLDS.scanBytes);
}

/**
 * One server's contacts without what says nothing of its services: a host's sweep of ports on that day, empty connections, and data
 * channels that FTP or RPC negotiated on that day.
 */
export function conversations(contacts: readonly DailyContact[]): DailyContact[] {
  const byVisit = groupBy(contacts, ({ realm, client, day }) => `${realm} ${client} ${day}`);
  return [...byVisit.values()].flatMap((visit) => {
    const ports = new Set(visit.map(({ port }) => port));
    if (ports.size >= RELATION_THRESHOLDS.scanTargets) return [];
    const negotiates = NEGOTIATING.some((port) => ports.has(port));
    return visit.filter((each) => isSpoken(each) && !(negotiates && each.port >= FIRST_NEGOTIATED));
  });
}

/** Ports that were used again: by a second host or on a second day. A port that was used once was agreed upon, or a passing peer's. */
export function keptPorts(contacts: readonly DailyContact[]): Set<number> {
  const kept = new Set<number>();
  for (const [port, list] of groupBy(contacts, (each) => each.port)) {
    if (new Set(list.map(({ realm, client, day }) => `${realm} ${client} ${day}`)).size >= 2) kept.add(port);
  }
  return kept;
}
