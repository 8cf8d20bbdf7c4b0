import { groupBy, unique } from "../../kernel/group-by.js";
import type { Sweep } from "./sweeps.js";

export type ScanShape = "horizontal" | "vertical" | "block";

/** All sweeps of one host. */
export interface HostScan {
  realm: string;
  host: string;
  shape: ScanShape;
  /** Widest first. */
  horizontal: Sweep[];
  vertical: Sweep[];
  /** Days (since 1970) with a sweep, in order. */
  days: number[];
  first: number;
  last: number;
  /** Most failed targets of one sweep, inside ones, and inside addresses at which nothing was ever seen. */
  failed: number;
  failedInside: number;
  dark: number;
  /** Most targets of one sweep on one day. */
  peakTargets: number;
  /** Most of the failed targets are on our side. */
  inside: boolean;
  /** No sweep is one within a day. */
  slow: boolean;
}

/** Sweeps of the same host are one scan: an intruder who tries a hundred ports of a network is one finding, not a hundred. */
export function hostScans(sweeps: readonly Sweep[]): HostScan[] {
  return [...groupBy(sweeps, ({ realm, host }) => `${realm}|${host}`).values()].map((list) => {
    const widest = [...list].sort(
      (a, b) => b.failed - a.failed || a.port - b.port || (a.machine < b.machine ? -1 : 1),
    );
    const horizontal = widest.filter(({ kind }) => kind === "horizontal");
    const vertical = widest.filter(({ kind }) => kind === "vertical");
    const { realm, host } = list[0] as Sweep;
    const most = (value: (sweep: Sweep) => number) => Math.max(...list.map(value));
    const sum = (value: (sweep: Sweep) => number) => list.reduce((total, sweep) => total + value(sweep), 0);
    return {
      realm,
      host,
      shape: vertical.length === 0 ? "horizontal" : horizontal.length === 0 ? "vertical" : "block",
      horizontal,
      vertical,
      days: unique(list.flatMap((sweep) => sweep.days)).sort((a, b) => a - b),
      first: Math.min(...list.map((sweep) => sweep.first)),
      last: Math.max(...list.map((sweep) => sweep.last)),
      failed: most((sweep) => sweep.failed),
      failedInside: most((sweep) => sweep.failedInside),
      dark: most((sweep) => sweep.dark),
      peakTargets: most((sweep) => sweep.targets),
      inside: sum((sweep) => sweep.failedInside) * 2 >= sum((sweep) => sweep.failed),
      slow: list.every((sweep) => sweep.slow),
    };
  });
}

/** `443/tcp`, or `ping` for anything of ICMP. */
export function serviceOf({ port, protocol }: Pick<Sweep, "port" | "protocol">): string {
  return protocol === "icmp" ? "ping" : `${port}/${protocol}`;
}
