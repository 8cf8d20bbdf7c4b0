import type { ScoreComponent, Severity } from "../../model/finding.js";
import type { HostScan } from "./host-scan.js";
import { say } from "./messages.js";
import type { Sweep } from "./sweeps.js";

export interface JudgeLimits {
  mediumTargets: number;
  mediumPorts: number;
  routineDays: number;
}

/** What is known about the host beside its tries. */
export interface Bystanders {
  /** Name in the asset list, or ''. */
  assetName: string;
  /** Anything ever answered this host: the sensor sees both directions. */
  heard: boolean;
}

/** Words in the name of an asset whose work is to look at others. */
const WATCHER =
  /scan|nessus|qualys|rapid7|nexpose|openvas|greenbone|nmap|monitor|nagios|zabbix|prtg|icinga|checkmk|solarwinds|lansweeper|inventory|discovery/i;

export const isWatcher = (assetName: string): boolean => WATCHER.test(assetName);

/** Two weeks, both ends counted. */
const ROUTINE_SPAN = 13;

/** On duty: many days that are each a scan, spread over two weeks or more. */
export function isRoutine(scan: HostScan, routineDays: number): boolean {
  const first = scan.days[0] ?? 0;
  const last = scan.days.at(-1) ?? 0;
  return !scan.slow && scan.days.length >= routineDays && last - first >= ROUTINE_SPAN;
}

const tcp = (sweep: Sweep) => sweep.protocol === "tcp";
const WEB: ReadonlySet<number> = new Set([80, 443]);

/** Ports of inside machines tried in vain within a day, summed over the machines. Data connections of passive FTP are no ports tried. */
export function insidePorts(scan: HostScan): number {
  return scan.vertical
    .filter((sweep) => tcp(sweep) && sweep.machineInside && !sweep.slow && !sweep.ftp)
    .reduce((sum, sweep) => sum + sweep.failed, 0);
}

/** Most empty inside addresses that one TCP service was tried on within a day. */
export function darkPeak(scan: HostScan): number {
  return Math.max(
    0,
    ...scan.horizontal.filter((sweep) => tcp(sweep) && !sweep.slow).map((sweep) => sweep.dark),
  );
}

export function componentsOf(scan: HostScan, limits: JudgeLimits): ScoreComponent[] {
  const all = [...scan.horizontal, ...scan.vertical];
  const tried = Math.max(
    1,
    all.reduce((sum, sweep) => sum + sweep.targets, 0),
  );
  const share = all.reduce((sum, sweep) => sum + sweep.failed, 0) / tried;
  const full = 2 * limits.mediumTargets;
  const dark = darkPeak(scan);
  const ports = insidePorts(scan);
  return [
    {
      name: "breadth",
      value: Math.min(1, Math.log(1 + scan.failed) / Math.log(1 + full)),
      weight: 0.3,
      meaning: say("scan.targets-one-sweep-never", scan.failed, full),
    },
    {
      name: "failure",
      value: share,
      weight: 0.2,
      meaning: say("scan.targets-never-answered-host", Math.round(share * 100)),
    },
    {
      name: "looking around inside",
      value: Math.min(1, Math.max(dark / limits.mediumTargets, ports / limits.mediumPorts)),
      weight: 0.4,
      meaning: say("scan.empty-inside-addresses-full", dark, limits.mediumTargets, ports, limits.mediumPorts),
    },
    {
      name: "unusual for the host",
      value: isRoutine(scan, limits.routineDays) ? 0 : 1 / Math.max(1, scan.days.length),
      weight: 0.1,
      meaning: scan.slow ? say("scan.no-single-day-scan") : say("scan.days-scans", scan.days.length),
    },
  ];
}

export interface Judgement {
  severity: Severity;
  /** Why it is not more. */
  reasons: string[];
}

/** Medium is for a host that looks around inside, and is no scanner by name or habit; low and below say why. */
export function judge(scan: HostScan, known: Bystanders, limits: JudgeLimits): Judgement {
  const all = [...scan.horizontal, ...scan.vertical];
  if (isWatcher(known.assetName))
    return {
      severity: "informational",
      reasons: [`The asset list calls it ${known.assetName}: a scanner on duty.`],
    };
  if (!known.heard)
    return {
      severity: "informational",
      reasons: ["No answer to this host is visible at all: the sensor may see one direction only."],
    };
  if (!all.some(tcp))
    return {
      severity: "informational",
      reasons: ["Programs look for printers, players and time servers with datagrams and pings, too."],
    };
  if (all.every((sweep) => tcp(sweep) && WEB.has(sweep.port) && sweep.failedInside === 0))
    return {
      severity: "informational",
      reasons: [
        "Its targets are web servers on the Internet: behind a firewall that drops, page loads look the same.",
      ],
    };
  const reasons: string[] = [];
  if (isRoutine(scan, limits.routineDays))
    reasons.push(
      say("scan.scans-again-again-days", scan.days.length, (scan.days.at(-1) ?? 0) - (scan.days[0] ?? 0) + 1),
    );
  const narrow = darkPeak(scan) < limits.mediumTargets && insidePorts(scan) < limits.mediumPorts;
  if (!scan.inside) reasons.push(say("scan.its-targets-internet-not"));
  if (scan.slow) reasons.push(say("scan.spread-over-more-than"));
  if (scan.vertical.length > 0 && scan.vertical.every(({ ftp }) => ftp))
    reasons.push(say("scan.machine-answers-port-ports"));
  if (scan.inside && narrow)
    reasons.push(
      say(
        "scan.narrow-empty-inside-addresses",
        darkPeak(scan),
        insidePorts(scan),
        limits.mediumTargets,
        limits.mediumPorts,
      ),
    );
  return { severity: reasons.length === 0 && !narrow ? "medium" : "low", reasons };
}
