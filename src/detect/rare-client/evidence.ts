import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import { type Evidence, strictestTlp, type Tlp } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { distinct, markings } from "../shared/log-evidence.js";
import { destination, HTTP, type LogKind, TLS } from "./kinds.js";

/** Whose lines are wanted: one host's client at one destination. */
export interface Wanted {
  realm: string;
  host: string;
  signature: string;
  destination: string;
}

/** `[time, source_id, line, address, port, what]` */
type Line = [string, string, number | string, string, number, string];

const CHUNK = 500;

const keyOf = ({ realm, host, signature, destination: goal }: Wanted): string =>
  [realm, host, signature, goal].join("\n");

/** What the line says, beside its ends. */
const WHAT: Record<LogKind["table"], string> = {
  http_activity:
    "concat(http_method, ' ', substring(url_path, 1, 80), ', Host ', if(url_hostname = '', 'missing', url_hostname), ', ', if(user_agent = '', 'no user agent', substring(user_agent, 1, 120)))",
  tls_activity:
    "concat('TLS', if(sni = '', ' without a server name', concat(' to ', sni)), ', ', if(ja4 != '', concat('JA4 ', ja4), concat('JA3 ', ja3)))",
};

/** First and last line, and the strictest marking, for each of what is wanted. */
export class ClientEvidence {
  readonly #lines: ReadonlyMap<string, Evidence[]>;
  readonly #tlp: ReadonlyMap<string, Tlp>;

  private constructor(lines: ReadonlyMap<string, Evidence[]>, tlp: ReadonlyMap<string, Tlp>) {
    this.#lines = lines;
    this.#tlp = tlp;
  }

  static async load(context: DetectContext, wanted: readonly Wanted[]): Promise<ClientEvidence> {
    const lines = new Map<string, Evidence[]>();
    for (const kind of [HTTP, TLS]) {
      const some = wanted.filter(({ signature }) => signature.startsWith("UA ") === (kind === HTTP));
      await load(context, kind, some, lines);
    }
    return new ClientEvidence(lines, await markings(context, [...lines.values()].flat()));
  }

  of(wanted: readonly Wanted[]): Evidence[] {
    return distinct(wanted.flatMap((each) => this.#lines.get(keyOf(each)) ?? []))
      .slice(0, 20)
      .sort((a, b) => a.time.localeCompare(b.time) || a.line - b.line);
  }

  tlpOf(evidence: readonly Evidence[]): Tlp {
    return strictestTlp(evidence.map(({ source_id }) => this.#tlp.get(source_id) ?? "clear"));
  }
}

async function load(
  context: DetectContext,
  kind: LogKind,
  wanted: readonly Wanted[],
  lines: Map<string, Evidence[]>,
): Promise<void> {
  const keys = new Set(wanted.map(keyOf));
  for (const part of chunks([...new Set(wanted.map(({ host }) => host))], CHUNK)) {
    const goals = wanted.filter(({ host }) => part.includes(host)).map((each) => each.destination);
    const rows = await context.query<{
      realm: string;
      src: string;
      signature: string;
      dest: string;
      first: Line;
      last: Line;
    }>(
      `WITH tuple(toString(time), toString(source_id), source_line, toString(dst_endpoint_ip), dst_endpoint_port, ${WHAT[kind.table]}) AS line
       SELECT address_realm AS realm, toString(src_endpoint_ip) AS src, ${kind.raw}, ${kind.signature} AS signature,
         ${destination(kind)} AS dest, argMin(line, (time, source_id, source_line)) AS first, argMax(line, (time, source_id, source_line)) AS last
       FROM ${kind.table}
       WHERE ${kind.where} AND src_endpoint_ip IN {hosts:Array(IPv6)} AND replaceOne(${destination(kind)}, '::ffff:', '') IN {goals:Array(String)}
       GROUP BY realm, src_endpoint_ip, ${kind.keys}, dest ORDER BY realm, src, signature, dest LIMIT 20000`,
      { hosts: part, goals: [...new Set(goals)] },
    );
    for (const row of rows) {
      const host = plainAddress(row.src);
      const key = keyOf({
        realm: row.realm,
        host,
        signature: row.signature,
        destination: plainAddress(row.dest),
      });
      if (!keys.has(key)) continue;
      const known = lines.get(key) ?? [];
      known.push(say("first", host, kind, row.first), say("last", host, kind, row.last));
      lines.set(key, known);
    }
  }
}

function say(when: string, host: string, kind: LogKind, line: Line): Evidence {
  const [time, sourceId, number, address, port, what] = line;
  const ip = plainAddress(address);
  return {
    table: kind.table,
    source_id: sourceId,
    line: Number(number),
    time: rfc3339(parseTime(time)),
    summary: `${when}: ${host} to ${ip.includes(":") ? `[${ip}]` : ip}:${port}, ${what}`,
  };
}
