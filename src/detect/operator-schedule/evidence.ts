import { rfc3339 } from "../../kernel/time.js";
import { type Evidence, strictestTlp, type Tlp } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { markings } from "../shared/log-evidence.js";
import type { PairContact } from "./contacts.js";

const MOST = 20;

interface Row {
  source_id: string;
  line: number | string;
  at: number | string;
  src: string;
  dst: string;
  port: number;
  out: number | string;
  into: number | string;
  seconds: number;
}

/** Lines of contacts that count as interactive, evenly from the first to the last, so that a reader can check what was taken for a person's work. */
export async function interactiveEvidence(
  context: DetectContext,
  contacts: readonly PairContact[],
): Promise<{ evidence: Evidence[]; tlp: Tlp }> {
  const all = contacts
    .filter(({ pair }) => pair.by === "flows")
    .flatMap(({ pair, interactive }) => interactive.map((time) => ({ pair, time })))
    .sort((a, b) => a.time - b.time || a.pair.host.localeCompare(b.pair.host));
  const chosen = Array.from({ length: Math.min(MOST, all.length) }, (_, index) => {
    const step = MOST > 1 ? (all.length - 1) / (Math.min(MOST, all.length) - 1 || 1) : 0;
    return all[Math.round(index * step)] as (typeof all)[number];
  });
  if (chosen.length === 0) return { evidence: [], tlp: "clear" };
  const wanted = new Set(chosen.map(({ pair, time }) => `${pair.host} ${pair.server} ${time}`));
  const rows = await context.query<Row>(
    `SELECT toString(source_id) AS source_id, source_line AS line, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at,
       replaceOne(toString(src_endpoint_ip), '::ffff:', '') AS src, replaceOne(toString(dst_endpoint_ip), '::ffff:', '') AS dst, dst_endpoint_port AS port,
       traffic_bytes_out AS out, traffic_bytes_in AS into, duration AS seconds
     FROM network_activity
     WHERE src_endpoint_ip IN {ends:Array(IPv6)} AND dst_endpoint_ip IN {ends:Array(IPv6)} AND at IN {times:Array(Int64)}
     ORDER BY time, source_id, source_line`,
    {
      ends: [...new Set(chosen.flatMap(({ pair }) => [pair.host, pair.server]))],
      times: [...new Set(chosen.map(({ time }) => time))],
    },
  );
  const evidence = rows
    .filter(({ src, dst, at }) => wanted.has(`${src} ${dst} ${at}`) || wanted.has(`${dst} ${src} ${at}`))
    .slice(0, MOST)
    .map((row): Evidence => {
      const end = row.dst.includes(":") ? `[${row.dst}]:${row.port}` : `${row.dst}:${row.port}`;
      return {
        table: "network_activity",
        source_id: row.source_id,
        line: Number(row.line),
        time: rfc3339(Number(row.at)),
        summary: `interactive: ${row.src} → ${end}, ${row.out} bytes out, ${row.into} in, ${row.seconds.toFixed(1)} s`,
      };
    });
  const marks = await markings(context, evidence);
  return { evidence, tlp: strictestTlp(evidence.map(({ source_id }) => marks.get(source_id) ?? "clear")) };
}
