import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { rfc3339, WEEK } from "../../kernel/time.js";
import { type Evidence, strictestTlp, TLP_LEVELS, type Tlp } from "../../model/finding.js";
import type { DetectContext } from "../port.js";

/** One of our hosts and one server, in the time that a finding is about (milliseconds UTC). */
export interface EvidencePair {
  realm: string;
  host: string;
  server: string;
  from: number;
  to: number;
}

/** A raw connection that was chosen as evidence. */
interface FlowLine {
  sourceId: string;
  line: number;
  at: number;
  ends: string;
  state: string;
  duration: number;
  out: number;
  in: number;
}

/** `[source_id, line, ms, source port, port, protocol, state, seconds, bytes out, bytes in]` */
type Tuple = [
  string,
  number | string,
  number | string,
  number,
  number,
  string,
  string,
  number,
  number | string,
  number | string,
];

interface PairRow {
  realm: string;
  src: string;
  dst: string;
  lines: (Tuple | Record<string, unknown>)[];
}

const CHUNK = 1_000;
/** Lines that a finding carries at most. */
const MOST = 20;

/** Evidence for many findings in a few queries: what costs is the query, not the row. */
export class EvidenceIndex {
  readonly #context: DetectContext;
  readonly #flows = new Map<string, FlowLine[]>();
  readonly #names = new Map<string, Evidence[]>();
  readonly #tlp = new Map<string, Tlp>();

  private constructor(context: DetectContext) {
    this.#context = context;
  }

  static async load(
    context: DetectContext,
    pairs: readonly EvidencePair[],
    names: readonly string[] = [],
  ): Promise<EvidenceIndex> {
    const index = new EvidenceIndex(context);
    const hosts = [...new Set(pairs.map((each) => each.host))];
    const servers = [...new Set(pairs.map((each) => each.server).filter((server) => server !== ""))];
    const wanted = new Set(pairs.map((each) => pairKey(each.realm, each.host, each.server)));
    for (const someHosts of chunks(hosts, CHUNK)) {
      for (const someServers of chunks(servers, CHUNK)) {
        await index.#loadFlows(someHosts, someServers, wanted);
        await index.#loadFlows(someServers, someHosts, wanted);
      }
      for (const someNames of chunks(names, CHUNK)) await index.#loadNames(someHosts, someNames);
    }
    await index.#loadMarkings();
    return index;
  }

  /**
   * First, last, largest and longest connection of each pair in each week. Both ends are bound, so the sort key narrows the reading down
   * to these pairs in a table of any size, and the state of a pair does not grow with its connections.
   */
  async #loadFlows(sources: readonly string[], targets: readonly string[], wanted: ReadonlySet<string>) {
    const rows = await this.#context.query<PairRow>(
      `WITH tuple(toString(source_id), source_line, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')), src_endpoint_port,
          dst_endpoint_port, toString(connection_protocol), toString(connection_state), duration, traffic_bytes_out, traffic_bytes_in) AS line
       SELECT address_realm AS realm, toString(src_endpoint_ip) AS src, toString(dst_endpoint_ip) AS dst,
         [argMin(line, (time, source_id, source_line)), argMax(line, (time, source_id, source_line)),
          argMax(line, (traffic_bytes_out, source_id, source_line)), argMax(line, (duration, source_id, source_line))] AS lines
       FROM network_activity
       WHERE src_endpoint_ip IN {sources:Array(IPv6)} AND dst_endpoint_ip IN {targets:Array(IPv6)}
       GROUP BY realm, src_endpoint_ip, dst_endpoint_ip, toMonday(time)`,
      { sources: [...sources], targets: [...targets] },
    );
    for (const row of rows) {
      const src = plainAddress(row.src);
      const dst = plainAddress(row.dst);
      for (const key of [pairKey(row.realm, src, dst), pairKey(row.realm, dst, src)]) {
        if (!wanted.has(key)) continue;
        const known = this.#flows.get(key) ?? [];
        for (const line of row.lines) known.push(flowLine(line, src, dst));
        this.#flows.set(key, known);
      }
    }
  }

  async #loadNames(hosts: readonly string[], names: readonly string[]): Promise<void> {
    const one = (table: string, column: string, answer: string, where = "1") =>
      `SELECT '${table}' AS tab, address_realm AS realm, toString(src_endpoint_ip) AS src, ${column} AS name,
         argMin(tuple(toString(source_id), source_line, ${answer}), (time, source_id, source_line)) AS line,
         toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS at
       FROM ${table} WHERE ${column} IN {names:Array(String)} AND src_endpoint_ip IN {hosts:Array(IPv6)} AND ${where}
       GROUP BY realm, src_endpoint_ip, name`;
    const rows = await this.#context.query<{
      tab: string;
      realm: string;
      src: string;
      name: string;
      line: [string, number | string, string] | Record<string, unknown>;
      at: number;
    }>(
      [
        one("dns_activity", "query_hostname", "arrayStringConcat(arraySlice(answers, 1, 3), ', ')"),
        one("tls_activity", "sni", "toString(dst_endpoint_ip)"),
        one("http_activity", "url_hostname", "toString(dst_endpoint_ip)", "log_role = 'sensor'"),
      ].join("\nUNION ALL\n"),
      { names: [...names], hosts: [...hosts] },
    );
    for (const row of rows) {
      const [sourceId, line, answer] = values(row.line) as [string, number | string, string];
      const src = plainAddress(row.src);
      const key = `${row.realm}|${src}|${row.name}`;
      const known = this.#names.get(key) ?? [];
      known.push({
        table: row.tab,
        source_id: sourceId,
        line: Number(line),
        time: rfc3339(row.at),
        summary: `first: ${src} ${VERB[row.tab] ?? "used"} ${row.name} (${plainAddress(answer) || "no answer"})`,
      });
      this.#names.set(key, known);
    }
  }

  async #loadMarkings(): Promise<void> {
    const ids = new Set([...this.#flows.values()].flatMap((lines) => lines.map((each) => each.sourceId)));
    for (const lines of this.#names.values()) for (const each of lines) ids.add(each.source_id);
    for (const some of chunks([...ids], CHUNK)) {
      const rows = await this.#context.query<{ id: string; tlp: string }>(
        "SELECT source_id AS id, any(tlp) AS tlp FROM source_slice WHERE source_id IN {ids:Array(String)} GROUP BY id",
        { ids: some },
      );
      for (const row of rows) {
        const level = TLP_LEVELS.find((each) => each === row.tlp);
        if (level !== undefined) this.#tlp.set(row.id, level);
      }
    }
  }

  /** At most 20 lines in order of time: first, last, largest, longest, then the first of as many weeks as fit; and where names showed. */
  of(pairs: readonly EvidencePair[], names: readonly string[] = [], most = MOST): Evidence[] {
    const named = [...groupBy(pairs, (each) => `${each.realm}|${each.host}`).keys()]
      .flatMap((host) => names.flatMap((name) => this.#names.get(`${host}|${name}`) ?? []))
      .slice(0, Math.ceil(most / 4));
    const flows = chooseFlows(this.#linesOf(pairs), most - named.length);
    return [...named, ...flows].sort(
      (a, b) => a.time.localeCompare(b.time) || a.source_id.localeCompare(b.source_id) || a.line - b.line,
    );
  }

  #linesOf(pairs: readonly EvidencePair[]): FlowLine[] {
    const lines = new Map<string, FlowLine>();
    for (const pair of pairs) {
      for (const line of this.#flows.get(pairKey(pair.realm, pair.host, pair.server)) ?? []) {
        if (line.at >= pair.from && line.at <= pair.to) lines.set(`${line.sourceId}:${line.line}`, line);
      }
    }
    return [...lines.values()].sort((a, b) => a.at - b.at || a.line - b.line);
  }

  /** The strictest marking of the files in which the evidence stands (design, section 2). */
  tlpOf(evidence: readonly Evidence[], others: readonly Tlp[] = []): Tlp {
    return strictestTlp([...others, ...evidence.flatMap((each) => this.#tlp.get(each.source_id) ?? [])]);
  }
}

const VERB: Record<string, string> = {
  dns_activity: "looked up",
  tls_activity: "opened TLS to",
  http_activity: "sent a web request to",
};

function pairKey(realm: string, host: string, server: string): string {
  return `${realm}|${host}|${server}`;
}

/** The engine writes a tuple as a list or, where its members have names, as an object in the same order. */
function values(tuple: readonly unknown[] | Record<string, unknown>): unknown[] {
  return Array.isArray(tuple) ? tuple : Object.values(tuple);
}

function flowLine(tuple: PairRow["lines"][number], src: string, dst: string): FlowLine {
  const [sourceId, line, at, srcPort, port, protocol, state, duration, out, into] = values(tuple) as Tuple;
  return {
    sourceId,
    line: Number(line),
    at: Number(at),
    ends: `${withPort(src, srcPort)} → ${withPort(dst, port)}/${protocol}`,
    state,
    duration,
    out: Number(out),
    in: Number(into),
  };
}

function withPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `lines` in order of time. */
function chooseFlows(lines: readonly FlowLine[], most: number): Evidence[] {
  const chosen = new Map<FlowLine, string[]>();
  const choose = (line: FlowLine | undefined, why: string) => {
    if (line === undefined) return;
    const reasons = chosen.get(line);
    if (reasons !== undefined) reasons.push(why);
    else if (chosen.size < most) chosen.set(line, [why]);
  };
  choose(lines[0], "first");
  choose(lines.at(-1), "last");
  const top = (value: (line: FlowLine) => number, count: number) =>
    [...lines].sort((a, b) => value(b) - value(a)).slice(0, count);
  for (const line of top((each) => each.out, 4)) choose(line, "largest upload");
  for (const line of top((each) => each.duration, 3)) choose(line, "longest");
  const weeks = groupBy(lines, (each) => Math.floor(each.at / WEEK));
  for (const [first] of weeks.values()) choose(first, "first of its week");
  return [...chosen].map(([line, why]) => ({
    table: "network_activity",
    source_id: line.sourceId,
    line: line.line,
    time: rfc3339(line.at),
    summary: `${why.join(", ")}: ${line.ends}, ${line.out} bytes out, ${line.in} in, ${line.duration.toFixed(1)} s${line.state === "" ? "" : `, ${line.state}`}`,
  }));
}
