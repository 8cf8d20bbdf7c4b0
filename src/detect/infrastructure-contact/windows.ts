import { groupBy } from "../../kernel/group-by.js";
import { HOUR } from "../../kernel/time.js";

/** A half-open stretch of time, milliseconds UTC. */
export interface Interval {
  from: number;
  to: number;
}

/** Sorted and disjoint; touching intervals become one. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const next of [...intervals].filter((each) => each.to > each.from).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else merged.push({ ...next });
  }
  return merged;
}

/** What of `intervals` is not covered by `holes`. Both sorted and disjoint. */
export function subtractIntervals(intervals: readonly Interval[], holes: readonly Interval[]): Interval[] {
  let rest = [...intervals];
  for (const hole of holes) {
    rest = rest.flatMap((each) =>
      hole.to <= each.from || hole.from >= each.to
        ? [each]
        : [
            { from: each.from, to: Math.min(each.to, hole.from) },
            { from: Math.max(each.from, hole.to), to: each.to },
          ].filter((part) => part.to > part.from),
    );
  }
  return rest;
}

/** The stays that sightings (hours since 1970, sorted) show: gaps longer than `gapHours` separate two stays. */
export function stays(
  hours: readonly number[],
  gapHours: number,
  marginHours: number,
  within: Interval,
): Interval[] {
  const found: Interval[] = [];
  let from: number | undefined;
  let last = 0;
  const close = () => {
    if (from === undefined) return;
    found.push({ from: (from - marginHours) * HOUR, to: (last + 1 + marginHours) * HOUR });
  };
  for (const hour of hours) {
    if (from === undefined || hour - last > gapHours) {
      close();
      from = hour;
    }
    last = hour;
  }
  close();
  return mergeIntervals(
    found.map((stay) => ({ from: Math.max(stay.from, within.from), to: Math.min(stay.to, within.to) })),
  );
}

/** An address (port 0: all of its ports) that is watched for a while, and why. */
export interface Window extends Interval {
  address: string;
  port: number;
  /** Index into the watch list. */
  indicator: number;
  via: "address" | "network" | "name" | "certificate";
  /** The name or fingerprint that led here; empty for addresses and networks. */
  label: string;
}

export interface WatchedSpan extends Interval {
  address: string;
  port: number;
}

/**
 * Windows as spans of which no two cover the same connection, so that a join with them never counts a contact twice: all-port spans of
 * an address are merged, and a port's spans keep only what those leave.
 */
export function disjointSpans(windows: readonly Window[]): WatchedSpan[] {
  const byAddress = groupBy(windows, (each) => each.address);
  const spans: WatchedSpan[] = [];
  for (const [address, list] of byAddress) {
    const whole = mergeIntervals(list.filter((each) => each.port === 0));
    spans.push(...whole.map((each) => ({ ...each, address, port: 0 })));
    const ports = groupBy(
      list.filter((each) => each.port !== 0),
      (each) => each.port,
    );
    for (const [port, some] of ports) {
      const rest = subtractIntervals(mergeIntervals(some), whole);
      spans.push(...rest.map((each) => ({ ...each, address, port })));
    }
  }
  return spans.map(({ address, port, from, to }) => ({ address, port, from, to }));
}
