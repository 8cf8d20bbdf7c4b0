import { groupBy } from "../../kernel/group-by.js";
import { DAY } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { plainAddress } from "../shared/endpoint.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";

export type SweepKind = "horizontal" | "vertical";

/** Targets of a sweep: machines of a horizontal one, ports of a vertical one. */
export interface Tally {
  all: number;
  /** Without any answer to this host. */
  failed: number;
  /** Of the failed ones, those on our side. */
  failedInside: number;
  /** Of these, addresses at which nothing was ever seen: no answer to anyone, nothing sent. 0 of a vertical sweep. */
  dark: number;
}

/** One of our hosts tries one service of many machines, or many ports of one machine. */
export interface Sweep extends Tally {
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
  /** The day with the most failed targets; the whole case where the sweep is slow. */
  peak: Tally;
  /** Days (since 1970) that are sweeps by themselves, in order. */
  days: number[];
  /** Spread so thin that no day is one. */
  slow: boolean;
  /** Milliseconds UTC: of the sweep's days, or of all tries where it is slow. */
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
  /** Days since 1969-12-31, so that a capture with relative times has day 1; 0 in the row about the whole case. */
  day: number;
  targets: number;
  failed: number;
  failed_inside: number;
  dark: number;
  ftp: number;
  first: number;
  last: number;
  samples: string[];
  total: number;
}

/**
 * Rows with a failure are few; they alone choose the keys, and only then all rows of those keys are read for what did answer. A row of the
 * roll-up is one port of one machine in one hour, so many rows are needed for many ports (no sketch for each of the many pairs), while hosts
 * and services are few enough for a sketch each.
 */
const SHAPES: Readonly<Record<SweepKind, { keys: string; target: string; enough: string; where: string }>> = {
  // Ping has no ports, and the roll-up keeps its type there.
  horizontal: {
    keys: "dst_port AS port, toString(contact_hourly.protocol) AS proto, toIPv6('::') AS machine",
    target: "dst_ip",
    enough: "uniqCombined(12)(dst_ip) >= {least:UInt32}",
    where: "contact_hourly.protocol IN ('tcp', 'udp', 'icmp')",
  },
  // A trace of a route counts its UDP port up from 33434, a hundred at the most (traceroute(8)): that is no scan of ports.
  vertical: {
    keys: "toUInt16(0) AS port, toString(contact_hourly.protocol) AS proto, dst_ip AS machine",
    target: "dst_port",
    enough: "count() >= {least:UInt32}",
    where:
      "contact_hourly.protocol IN ('tcp', 'udp') AND NOT (contact_hourly.protocol = 'udp' AND dst_port BETWEEN 33434 AND 33534)",
  },
};

/** Rows taken from the engine for one kind, the broadest inside sweeps first: a day of a sweep each. */
const MOST_ROWS = 20_000;

/** Inside addresses that live: they sent something, or answered somebody. */
const ALIVE = `(SELECT address_realm, src_ip FROM contact_hourly WHERE channel = 'flow' AND connections > 0 AND ${insideSql("src_ip")}
  UNION DISTINCT SELECT address_realm, dst_ip FROM contact_hourly WHERE channel = 'flow' AND answered > 0 AND ${insideSql("dst_ip")})`;

/** Sweeps by our hosts. `cut` says that there were more rows than are taken. */
export async function sweepsOf(
  context: DetectContext,
  kind: SweepKind,
  limits: SweepLimits,
): Promise<{ sweeps: Sweep[]; cut: boolean }> {
  const { keys, target, enough, where } = SHAPES[kind];
  const from = `FROM contact_hourly
    WHERE channel = 'flow' AND connections > 0 AND ${where}
      AND ${insideSql("src_ip")} AND ${oneMachineSql("dst_ip")}`;
  // What stands in the condition is the test's sum over what failed and what answered.
  const rows = await context.query<Row>(
    `SELECT realm, toString(src) AS host, port, proto AS protocol, toString(machine) AS machine, max(is_ours) AS machine_inside,
       toUInt32(day) AS day, uniqCombined(12)(what) AS targets, uniqCombinedIf(12)(what, answers) AS answering,
       toInt64(targets) - toInt64(answering) AS failed,
       toInt64(uniqCombinedIf(12)(what, is_ours)) - toInt64(uniqCombinedIf(12)(what, is_ours AND answers)) AS failed_inside,
       uniqCombinedIf(12)(what, is_dark) AS dark, max(answers AND dst_port = 21) AS ftp,
       toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last,
       arrayDistinct([toString(argMin(d, (f, d))), toString(argMax(d, (l, d)))]) AS samples, count() OVER () AS total
     FROM (SELECT address_realm AS realm, src_ip AS src, ${keys}, toUInt16(toDate(hour)) + 1 AS day, ${target} AS what, dst_ip AS d, dst_port,
         answered > 0 AS answers, ${insideSql("dst_ip")} AS is_ours,
         ${kind === "horizontal" ? `is_ours AND (address_realm, dst_ip) NOT IN ${ALIVE}` : "0"} AS is_dark,
         first_time AS f, last_time AS l
       ${from} AND (address_realm, src_ip, port, proto, machine) IN (
         SELECT address_realm, src_ip, ${keys} ${from} AND connections > answered
         GROUP BY address_realm, src_ip, port, proto, machine HAVING ${enough}))
     GROUP BY GROUPING SETS ((realm, src, port, proto, machine, day), (realm, src, port, proto, machine))
     HAVING failed >= if(protocol = 'tcp', {least:UInt32}, {silent:UInt32})
       AND failed * {gain:Float64} - toInt64(answering) * {loss:Float64} >= {evidence:Float64}
     ORDER BY dark DESC, failed_inside DESC, failed DESC, realm, host, port, protocol, machine, day LIMIT ${MOST_ROWS}`,
    {
      least: Math.round(limits.least),
      silent: Math.round(limits.leastSilent),
      gain: limits.gain,
      loss: limits.loss,
      evidence: limits.evidence,
    },
  );
  return { sweeps: assemble(kind, rows), cut: Number(rows[0]?.total ?? 0) > rows.length };
}

const tallyOf = (row: Row): Tally => ({
  all: Number(row.targets),
  failed: Number(row.failed),
  failedInside: Number(row.failed_inside),
  dark: Number(row.dark),
});

/** The days of each sweep together. */
function assemble(kind: SweepKind, rows: readonly Row[]): Sweep[] {
  const lists = groupBy(rows, (row) => [row.realm, row.host, row.port, row.protocol, row.machine].join("|"));
  return [...lists.values()].map((list) => {
    const days = list.filter((row) => row.day !== 0).sort((a, b) => a.day - b.day);
    const slow = days.length === 0;
    const parts = slow ? list : days;
    const peak = parts.reduce((a, b) => (Number(b.failed) > Number(a.failed) ? b : a));
    const whole = list.find((row) => row.day === 0) ?? peak;
    return {
      kind,
      realm: peak.realm,
      host: plainAddress(peak.host),
      port: peak.port,
      protocol: peak.protocol,
      machine: kind === "vertical" ? plainAddress(peak.machine) : "",
      machineInside: kind === "vertical" && Number(peak.machine_inside) === 1,
      ftp: list.some((row) => Number(row.ftp) === 1),
      ...tallyOf(whole),
      peak: tallyOf(peak),
      days: days.map((row) => row.day - 1),
      slow,
      first: Math.min(...parts.map((row) => row.first)),
      last: Math.max(...parts.map((row) => row.last)),
      samples: [...new Set(parts.flatMap((row) => row.samples))].slice(0, 4).map(plainAddress),
    };
  });
}

/** Days since 1970 that a time lies in. */
export const dayOf = (time: number): number => Math.floor(time / DAY);
