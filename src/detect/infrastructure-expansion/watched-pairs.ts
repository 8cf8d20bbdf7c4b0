import type { Finding } from "../../model/finding.js";

export function pairOf(realm: string, client: string, server: string): string {
  return `${realm} ${client} ${server}`;
}

/** Which inside host talked to which watched address, as infrastructure-contact lists it. */
export function watchedPairs(findings: readonly Finding[]): Set<string> {
  const pairs = new Set<string>();
  for (const { detector, facts } of findings) {
    if (detector !== "infrastructure-contact") continue;
    const [realms, hosts, servers] = [facts.relation_realm, facts.relation_host, facts.relation_server];
    if (!Array.isArray(realms) || !Array.isArray(hosts) || !Array.isArray(servers)) continue;
    hosts.forEach((host, at) => {
      pairs.add(pairOf(String(realms[at]), String(host), String(servers[at])));
    });
  }
  return pairs;
}
