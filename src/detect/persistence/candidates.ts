import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";

/** Destinations that are contacted on enough days by few hosts. */
export interface Candidates {
  addresses: string[];
  names: string[];
  /** SHA-1 or SHA-256 of a leaf certificate that several addresses presented, with these addresses. */
  certificates: { print: string; addresses: string[] }[];
  /** Left out because there are too many. */
  beyond: number;
}

/** A certificate on more addresses is a provider's or a product's, and ties nothing together. */
export const CERTIFICATE_ADDRESSES = 20;

interface Limits {
  days: number;
  weeks: number;
  hosts: number;
  most: number;
}

export async function candidatesOf(context: DetectContext): Promise<Candidates> {
  const limits = {
    days: Math.round(context.parameter("active_days")),
    weeks: Math.round(context.parameter("active_weeks")),
    hosts: Math.min(100, Math.round(context.parameter("rare_hosts"))),
    most: Math.round(context.parameter("max_candidates")),
  };
  const addresses = await lasting(context, limits, "toString(dst_ip)", {
    table: "contact_hourly",
    key: "dst_ip",
    src: "src_ip",
    where: `channel = 'flow' AND answered > 0 AND ${oneMachineSql("dst_ip")} AND NOT ${insideSql("dst_ip")}`,
    day: "hour",
  });
  const names = await lasting(context, limits, "name", {
    table: "contact_hourly",
    key: "name",
    src: "src_ip",
    where: "channel IN ('tls', 'http', 'dns') AND name != '' AND connections > 0",
    day: "hour",
  });
  const prints = await lasting(context, limits, "certificate_chain[1]", {
    table: "tls_activity",
    key: "certificate_chain[1]",
    src: "src_endpoint_ip",
    // A Zeek file id is another one for each connection; only fingerprints tell that a certificate came back.
    where: "length(certificate_chain[1]) IN (40, 64)",
    day: "time",
    having: `AND uniqUpTo(${CERTIFICATE_ADDRESSES})(dst_endpoint_ip) BETWEEN 2 AND ${CERTIFICATE_ADDRESSES}`,
    extra: `, groupUniqArray(${CERTIFICATE_ADDRESSES})(toString(dst_endpoint_ip)) AS addresses`,
  });
  return {
    addresses: addresses.rows.map(({ value }) => plainAddress(value)).filter(isPublicAddress),
    names: names.rows.map(({ value }) => value),
    certificates: prints.rows.map(({ value, addresses: list = [] }) => ({
      print: value,
      addresses: list.map(plainAddress),
    })),
    beyond: addresses.beyond + names.beyond + prints.beyond,
  };
}

interface Row {
  value: string;
  all: number | string;
  addresses?: string[];
}

/** The texts are identifiers and conditions of ours; nothing of them is read from a log. */
async function lasting(
  context: DetectContext,
  { days, weeks, hosts, most }: Limits,
  value: string,
  of: {
    table: string;
    key: string;
    src: string;
    where: string;
    day: string;
    having?: string;
    extra?: string;
  },
): Promise<{ rows: Row[]; beyond: number }> {
  const rows = await context.query<Row>(
    `SELECT ${value} AS value, count() OVER () AS all${of.extra ?? ""} FROM ${of.table}
     WHERE ${of.where} AND ${insideSql(of.src)}
     GROUP BY ${of.key}
     HAVING uniqUpTo(100)(address_realm, ${of.src}) <= {hosts:UInt32} AND uniqCombined(12)(toDate(${of.day})) >= {days:UInt32}
       AND uniqCombined(12)(toMonday(${of.day})) >= {weeks:UInt32} ${of.having ?? ""}
     ORDER BY uniqCombined(12)(toDate(${of.day})) DESC, value LIMIT {most:UInt32}`,
    { days, weeks, hosts, most },
  );
  return { rows, beyond: Math.max(0, Number(rows[0]?.all ?? 0) - rows.length) };
}
