import type { Indicator } from "../../model/indicator.js";
import { activeDayNumbers, activeHours, mergeDays, weekCount } from "../shared/activity.js";
import { type Gap, longestGap, type SensorHours } from "../shared/sensor-hours.js";
import { type Classified, type Relation, totals } from "./relations.js";

/** Everything that one finding is made of. */
export interface Subject {
  orgId: string | null;
  /** Organisation's name, or the address for a host that no inventory line covers. */
  name: string;
  /** Realm of an unresolved host, else ''. */
  realm: string;
  /** Tells unresolved hosts apart; '' for organisations. */
  host: string;
  /** Addresses that are in no inventory and not on our side. */
  outside: boolean;
  /** Least value among the group's indicators: stays the same while the group grows. */
  group: string;
  classified: Classified;
  indicators: Indicator[];
}

export interface Summary {
  days: number[];
  weeks: number;
  gap: Gap | undefined;
  /** The relations that count: connections, or look-ups where there are no connections. */
  hosts: Relation[];
  /** Milliseconds UTC. */
  first: number;
  last: number;
  servers: string[];
  confidence: number;
  confirmed: boolean;
  fingerprintOnly: boolean;
  sum: ReturnType<typeof totals>;
}

export function summarise(subject: Subject, hours: SensorHours, confirmedConfidence: number): Summary {
  const { relations } = subject.classified;
  const connected = relations.filter((each) => each.server !== "");
  const counted = connected.length > 0 ? connected : relations;
  const merged = mergeDays(counted.map((each) => each.days));
  const active = activeHours(merged);
  const sensors = [...new Set(counted.flatMap((each) => each.sensors))];
  const first = active[0] ?? 0;
  const up = hours.up(sensors, first, (active.at(-1) ?? 0) + 1);
  const days = activeDayNumbers(merged);
  const confidence = Math.max(0, ...subject.indicators.map((each) => each.confidence));
  const fingerprintOnly = subject.indicators.every((each) => each.kind === "ja3" || each.kind === "ja4");
  return {
    days,
    weeks: weekCount(days),
    gap: longestGap(active, up),
    hosts: counted,
    first: counted.reduce((least, each) => Math.min(least, each.first), Number.POSITIVE_INFINITY),
    last: counted.reduce((most, each) => Math.max(most, each.last), Number.NEGATIVE_INFINITY),
    servers: [...new Set(connected.filter((each) => !each.proxied).map((each) => each.server))].sort(),
    confidence,
    confirmed: !fingerprintOnly && confidence >= confirmedConfidence,
    fingerprintOnly,
    sum: totals(counted),
  };
}
