import type { Finding } from "../../model/finding.js";
import type { Server } from "../../plant/index.js";

/** Findings by the server that they are about, and those about none of them. */
export interface Sorted {
  /** In the order of the servers. */
  about: Finding[][];
  real: Finding[];
}

/**
 * Which findings are about which planted server. A finding that ties several of them together is about none: in a real case there would be one
 * server, and nothing to tie it to.
 */
export function sortByServer(findings: readonly Finding[], servers: readonly Server[]): Sorted {
  const byValue = new Map<string, number>();
  for (const [index, { address, name, domain }] of servers.entries())
    for (const value of [address, name, domain]) if (value !== undefined) byValue.set(value, index);
  const about: Finding[][] = servers.map(() => []);
  const real: Finding[] = [];
  for (const finding of findings) {
    const named = new Set(finding.entities.flatMap(({ value }) => byValue.get(value) ?? []));
    const [only] = named;
    if (only === undefined) real.push(finding);
    else if (named.size === 1) about[only]?.push(finding);
  }
  return { about, real };
}
