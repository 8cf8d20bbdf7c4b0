import { groupBy } from "../kernel/group-by.js";
import type { Finding } from "./finding.js";

/** One contact of one of our hosts, as far as it matters here. */
export interface TriedTarget {
  realm: string;
  host: string;
  server: string;
  port: number;
  /** Days since 1970. */
  day: number;
}

interface Scan {
  days: ReadonlySet<number>;
  /** Ports tried on many machines. */
  ports: ReadonlySet<number>;
  /** Machines of which many ports were tried. */
  machines: ReadonlySet<string>;
  targets: number;
}

/**
 * Which contacts were part of a scan by one of our hosts, from the findings of detector `scan` (facts `scan_days`, `services`, `machines`,
 * `peak_targets`). A scan of the Internet meets bad servers among thousands of others; that such contact is a scan cannot be seen from the
 * bad servers alone. It only widens what `classifyRelation` knows of the number of targets: the rule stays the same.
 */
export class ScanContacts {
  readonly #byHost: ReadonlyMap<string, Scan[]>;

  constructor(findings: readonly Finding[]) {
    const scans = findings.flatMap((finding) => {
      const host = finding.entities.find((each) => each.role === "scanner" && each.kind === "host");
      if (finding.detector !== "scan" || host === undefined) return [];
      const { scan_days: days, services, machines, peak_targets: targets } = finding.facts;
      return [
        {
          key: `${host.realm ?? ""}|${host.value}`,
          scan: {
            days: new Set(listOf(days).map(Number)),
            ports: new Set(listOf(services).map((service) => Number.parseInt(String(service), 10))),
            machines: new Set(listOf(machines).map(String)),
            targets: Number(targets ?? 0),
          },
        },
      ];
    });
    this.#byHost = new Map(
      [...groupBy(scans, ({ key }) => key)].map(([key, list]) => [key, list.map(({ scan }) => scan)]),
    );
  }

  /** Targets of the scan that all of these contacts were part of; 0 as soon as one of them was part of none. */
  breadthOf(contacts: Iterable<TriedTarget>): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { realm, host, server, port, day } of contacts) {
      const scan = this.#byHost
        .get(`${realm}|${host}`)
        ?.find(({ days, ports, machines }) => days.has(day) && (ports.has(port) || machines.has(server)));
      if (scan === undefined) return 0;
      least = Math.min(least, scan.targets);
    }
    return Number.isFinite(least) ? least : 0;
  }
}

function listOf(value: Finding["facts"][string] | undefined): (string | number)[] {
  return Array.isArray(value) ? value : [];
}
