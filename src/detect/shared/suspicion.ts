import { groupBy } from "../../kernel/group-by.js";
import { type Finding, severityRank } from "../../model/finding.js";
import { siteOf } from "./site.js";

/**
 * What other detectors hold against servers: their findings of medium or above, by the addresses and registrable domains that they name as
 * servers. Findings whose own severity rests on such suspicion (`facts.rests_on_suspicion`) add nothing to it.
 */
export class Suspicions {
  /** Those that count. */
  readonly findings: readonly Finding[];
  readonly #byServer: ReadonlyMap<string, Finding[]>;

  constructor(findings: readonly Finding[]) {
    this.findings = findings.filter(
      ({ severity, facts }) =>
        severityRank(severity) >= severityRank("medium") && facts.rests_on_suspicion !== true,
    );
    const named = this.findings.flatMap((finding) =>
      serversOf(finding).map((server) => ({ server, finding })),
    );
    this.#byServer = new Map(
      [...groupBy(named, ({ server }) => server)].map(([server, list]) => [
        server,
        list.map(({ finding }) => finding),
      ]),
    );
  }

  /** Findings about any of these addresses and names, whoever met the server: once each, strongest first. */
  about(servers: readonly string[]): Finding[] {
    const found = new Set(servers.flatMap((server) => this.#byServer.get(keyOf(server)) ?? []));
    return [...found].sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || a.id.localeCompare(b.id),
    );
  }
}

function serversOf(finding: Finding): string[] {
  const servers = finding.entities.filter(
    ({ kind, role }) => role === "server" && (kind === "address" || kind === "domain"),
  );
  return [...new Set(servers.map(({ value }) => keyOf(value)))];
}

function keyOf(server: string): string {
  return siteOf(server)?.domain ?? server;
}
