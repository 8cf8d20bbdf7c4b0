import { groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { DAY } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";

export type SweepKind = "horizontal" | "vertical";

/** One of our hosts tries one service of many machines, or many ports of one machine. */
export interface Sweep {
  kind: SweepKind;
  realm: string;
  host: string;
  /** The service of a horizontal sweep; 0 of a vertical one. */
  port: number;
  protocol: string;
  /** The machine of a vertical sweep, else ''. */
  machine: string;
  /** The machine is on our side; false of a horizontal sweep. */
  machineInside: boolean;
  /** Port 21 of the machine answered: unanswered high ports may be data connections of passive FTP. */
  ftp: boolean;
  /** Targets (machines or ports) of the busiest day, or of the whole case where the sweep is slow. */
  targets: number;
  /** Of these, without any answer to this host. */
  failed: number;
  /** Of the failed ones, those on our side. */
  failedInside: number;
  /** Of these, addresses at which nothing was ever seen: no answer to anyone, nothing sent. Known of broad horizontal sweeps only. */
  dark: number;
  /** Days (since 1970) that are sweeps by themselves, in order; the first day of a slow one. */
  days: number[];
  /** Spread so thin that no day is a sweep. */
  slow: boolean;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  /** First and last machine, for evidence. */
  samples: string[];
}

/**
 * Wald's test of "a scan" against "an ordinary host" over independent targets: a target without an answer adds `gain`, one with an answer
 * takes `loss` away, and `evidence` decides. The idea of applying it to scans: Jung, Paxson, Berger, Balakrishnan, "Fast Portscan Detection
 * Using Sequential Hypothesis Testing", IEEE S&P 2004; the rates are our own.
 */
export interface Weights {
  gain: number;
  loss: number;
  evidence: number;
}

export function weightsOf(ordinary: number, scan: number, ratio: number): Weights {
  return {
    gain: Math.log(scan / ordinary),
    loss: Math.log((1 - ordinary) / (1 - scan)),
    evidence: Math.log(ratio),
  };
}

export interface SweepLimits extends Weights {
  /** Least failed targets, of TCP and of other protocols. */
  least: number;
  leastSilent: number;
}

interface Row {
  realm: string;
  host: string;
  port: number;
  protocol: string;
  machine: string;
  machine_inside: number;
  /** Days since 1970; 0 in a row about the whole case. */
  day: number;
  targets: number;
  failed: number;
  failed_inside: number;
  ftp: number;
  first: number;
  last: number;
  samples: string[];
  total: number;
}

interface Shape {
  /** Key columns: port, protocol and machine; a constant where one does not matter. */
  keys: string;
  target: string;
  /** Condition over the rows without an answer, necessary and cheap. */
  enough: string;
  where: string;
  /** What is looked at over the whole case, too. */
  slowly: string;
}

const SHAPES: Readonly<Record<SweepKind, Shape>> = {
  // Ping has no ports, and the roll-up keeps its code there. Over a long time everyone meets dead web servers.
  horizontal: {
    keys: "dst_port AS port, contact_hourly.protocol AS proto, toIPv6('::') AS machine",
    target: "dst_ip",
    enough: "uniqCombined(12)(dst_ip)",
    where: "contact_hourly.protocol IN ('tcp', 'udp', 'icmp')",
    slowly: "dst_port NOT IN (80, 443) AND contact_hourly.protocol = 'tcp'",
  },
  // A row of the roll-up is one port in one hour: no sketch for each of the many pairs. A trace of a route counts its UDP port up from 33434,
  // a hundred at the most (traceroute(8)): that is no scan of ports.
  vertical: {
    keys: "toUInt16(0) AS port, contact_hourly.protocol AS proto, dst_ip AS machine",
    target: "dst_port",
    enough: "count()",
    where:
      "contact_hourly.protocol IN ('tcp', 'udp') AND NOT (contact_hourly.protocol = 'udp' AND dst_port BETWEEN 33434 AND 33534)",
    slowly: "contact_hourly.protocol = 'tcp'",
  },
};

/** Rows taken from the engine for one kind, the broadest inside sweeps first: a day of a sweep each. */
const MOST_ROWS = 20_000;

/**
 * Counts are exact up to some thousands (`uniqCombined(16)`), in a bounded state.
 *
 * Rows without an answer are few; they alone choose the keys, and only then all rows of those keys are read for what did answer. What stands
 * in the last condition is the test's sum.
 */
function sweepSql(shape: Shape, slow: boolean): string {
  const { keys, target, enough } = shape;
  const day = slow ? "toUInt16(0)" : "toUInt16(toDate(hour))";
  const where = slow ? `${shape.where} AND ${shape.slowly}` : shape.where;
  const tried = `SELECT address_realm, src_ip, ${keys}, ${day} AS day FROM contact_hourly
    WHERE channel = 'flow' AND connections > answered AND ${where} AND ${oneMachineSql("dst_ip")} AND ${insideSql("src_ip")}
    GROUP BY address_realm, src_ip, port, proto, machine, day
    HAVING ${enough} >= if(proto = 'tcp', {least:UInt32}, {silent:UInt32})`;
  return `WITH tried AS (${tried})
    SELECT realm, toString(src) AS host, port, toString(proto) AS protocol, toString(machine) AS machine, max(is_ours) AS machine_inside,
      toUInt32(day) AS day, uniqCombined(16)(what) AS targets, uniqCombinedIf(16)(what, answers) AS answering,
      toInt64(targets) - toInt64(answering) AS failed,
      toInt64(uniqCombinedIf(16)(what, is_ours)) - toInt64(uniqCombinedIf(16)(what, is_ours AND answers)) AS failed_inside,
      max(answers AND dst_port = 21) AS ftp,
      toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last,
      arrayDistinct([toString(argMin(d, (f, d))), toString(argMax(d, (l, d)))]) AS samples, count() OVER () AS total
    FROM (SELECT address_realm AS realm, src_ip AS src, ${keys}, ${day} AS day, ${target} AS what, dst_ip AS d, dst_port,
        answered > 0 AS answers, ${insideSql("dst_ip")} AS is_ours, first_time AS f, last_time AS l
      FROM contact_hourly
      WHERE channel = 'flow' AND connections > 0 AND src_ip IN (SELECT src_ip FROM tried) AND ${where} AND ${oneMachineSql("dst_ip")}
        AND (address_realm, src_ip, port, proto, machine, day) IN tried)
    GROUP BY realm, src, port, proto, machine, day
    HAVING failed >= if(protocol = 'tcp', {least:UInt32}, {silent:UInt32})
      AND failed * {gain:Float64} - toInt64(answering) * {loss:Float64} >= {evidence:Float64}
    ORDER BY failed_inside DESC, failed DESC, realm, host, port, protocol, machine, day LIMIT ${MOST_ROWS}`;
}

/** Sweeps by our hosts, within a day or slowly. `cut` says that there were more than are taken. */
export async function sweepsOf(
  context: DetectContext,
  kind: SweepKind,
  limits: SweepLimits,
): Promise<{ sweeps: Sweep[]; cut: boolean }> {
  const parameters = {
    least: Math.round(limits.least),
    silent: Math.round(limits.leastSilent),
    gain: limits.gain,
    loss: limits.loss,
    evidence: limits.evidence,
  };
  const quick = await context.query<Row>(sweepSql(SHAPES[kind], false), parameters);
  const slow = await context.query<Row>(sweepSql(SHAPES[kind], true), parameters);
  const cut = [quick, slow].some((rows) => Number(rows[0]?.total ?? 0) > rows.length);
  return { sweeps: assemble(kind, quick, slow), cut };
}

const keyOf = (row: Row): string => [row.realm, row.host, row.port, row.protocol, row.machine].join("|");

/** The days of each sweep together; what is one only over the whole case is slow. */
function assemble(kind: SweepKind, quick: readonly Row[], slow: readonly Row[]): Sweep[] {
  const byKey = groupBy(quick, keyOf);
  return [
    ...[...byKey.values()].map((days) => toSweep(kind, days, false)),
    ...slow.filter((row) => !byKey.has(keyOf(row))).map((row) => toSweep(kind, [row], true)),
  ];
}

function toSweep(kind: SweepKind, rows: readonly Row[], slow: boolean): Sweep {
  const peak = rows.reduce((a, b) => (Number(b.failed) > Number(a.failed) ? b : a));
  const first = Math.min(...rows.map((row) => row.first));
  return {
    kind,
    realm: peak.realm,
    host: plainAddress(peak.host),
    port: peak.port,
    protocol: peak.protocol,
    machine: kind === "vertical" ? plainAddress(peak.machine) : "",
    machineInside: kind === "vertical" && Number(peak.machine_inside) === 1,
    ftp: rows.some((row) => Number(row.ftp) === 1),
    targets: Number(peak.targets),
    failed: Number(peak.failed),
    failedInside: Number(peak.failed_inside),
    dark: 0,
    days: slow ? [dayOf(first)] : rows.map((row) => row.day).sort((a, b) => a - b),
    slow,
    first,
    last: Math.max(...rows.map((row) => row.last)),
    samples: [...new Set(rows.flatMap((row) => row.samples))].slice(0, 4).map(plainAddress),
  };
}

/** Days since 1970 that a time lies in. */
export const dayOf = (time: number): number => Math.floor(time / DAY);
