import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ipaddr from "ipaddr.js";
import type { CalendarChoice, DetectContext, Detector } from "../../../src/detect/port.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { DAY, HOUR, parseTime } from "../../../src/kernel/time.js";
import type { Indicator } from "../../../src/model/indicator.js";
import type { Organisation, OrganisationDirectory } from "../../../src/model/organisation.js";
import { ChdbStore } from "../../../src/store/chdb/index.js";
import type { Store } from "../../../src/store/port.js";
import { NO_HOSTS } from "../../support/no-hosts.js";

/** A case with an engine of its own in a temporary folder, and a small writer of telemetry. */
export class TestCase {
  readonly store: ChdbStore;
  readonly #folder: string;
  #line = 0;

  private constructor(store: ChdbStore, folder: string) {
    this.store = store;
    this.#folder = folder;
  }

  static async open(): Promise<TestCase> {
    const folder = mkdtempSync(join(tmpdir(), "longwatch-detect-"));
    const test = new TestCase(await ChdbStore.open(join(folder, "engine")), folder);
    const schema = join(packageRoot, "src", "store", "schema");
    for (const file of readdirSync(schema).sort()) {
      for (const statement of statements(readFileSync(join(schema, file), "utf8")))
        await test.store.command(statement);
    }
    return test;
  }

  async clear(): Promise<void> {
    const tables = await this.store.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
    );
    for (const { name } of tables) await this.store.command(`TRUNCATE TABLE ${name}`);
    this.#line = 0;
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #common(row: { time: number; sensor?: string; realm?: string; product?: string }) {
    this.#line += 1;
    return {
      batch_id: "b1",
      source_id: `log-${row.sensor ?? "s1"}`,
      source_line: this.#line,
      sensor_id: row.sensor ?? "s1",
      address_realm: row.realm ?? "r1",
      product: row.product ?? "zeek",
      time: new Date(row.time).toISOString().slice(0, 23).replace("T", " "),
    };
  }

  async flows(rows: readonly FlowRow[]): Promise<void> {
    await this.store.insert(
      "network_activity",
      rows.map((row) => ({
        ...this.#common(row),
        connection_uid: row.uid ?? `C${this.#line}`,
        src_endpoint_ip: row.src,
        src_endpoint_port: row.srcPort ?? 50000,
        dst_endpoint_ip: row.dst,
        dst_endpoint_port: row.port ?? 443,
        connection_protocol: row.protocol ?? "tcp",
        duration: row.duration ?? 1,
        traffic_bytes_out: row.out ?? 2000,
        traffic_bytes_in: row.in ?? 3000,
        // A source that counts whole packets says the same number twice.
        ...(row.packets === undefined
          ? {}
          : {
              traffic_packets_out: row.packets,
              traffic_packets_in: row.packets,
              ip_bytes_out: row.out ?? 2000,
              ip_bytes_in: row.in ?? 3000,
            }),
        app_name: row.app ?? "",
        connection_state: row.connState ?? ((row.answered ?? true) ? "SF" : "S0"),
        connection_history: row.history ?? "",
        answered: (row.answered ?? true) ? 1 : 0,
        record_state: row.state ?? "final",
        community_id: row.community ?? "",
      })),
    );
  }

  async dns(
    rows: readonly {
      time: number;
      src: string;
      name: string;
      answers: string[];
      sensor?: string;
      realm?: string;
    }[],
  ) {
    await this.store.insert(
      "dns_activity",
      rows.map((row) => ({
        ...this.#common(row),
        src_endpoint_ip: row.src,
        dst_endpoint_ip: "10.255.255.53",
        dst_endpoint_port: 53,
        query_hostname: row.name,
        answers: row.answers,
        answer_ips: row.answers,
      })),
    );
  }

  async tls(rows: readonly TlsRow[]): Promise<void> {
    await this.store.insert(
      "tls_activity",
      rows.map((row) => ({
        ...this.#common(row),
        src_endpoint_ip: row.src,
        dst_endpoint_ip: row.dst,
        dst_endpoint_port: row.port ?? 443,
        sni: row.sni ?? "",
        ja3: row.ja3 ?? "",
        ja4: row.ja4 ?? "",
        connection_uid: row.uid ?? "",
        established: (row.established ?? true) ? 1 : 0,
        certificate_chain: row.chain ?? [],
        certificate_fingerprint: row.fingerprint ?? "",
        validation_status: row.validation ?? "",
      })),
    );
  }

  async http(rows: readonly HttpRow[]): Promise<void> {
    await this.store.insert(
      "http_activity",
      rows.map((row) => ({
        ...this.#common(row),
        connection_uid: row.uid ?? "",
        src_endpoint_ip: row.src,
        dst_endpoint_ip: row.dst,
        dst_endpoint_port: row.port ?? 80,
        url_hostname: row.host ?? "",
        url_path: row.path ?? "/",
        http_method: row.method ?? "GET",
        http_status: row.status ?? 200,
        user_agent: row.agent ?? "",
        response_mime_types: row.received ?? [],
        response_length: row.bytes ?? 0,
        request_mime_types: row.sent ?? [],
        log_role: row.role ?? "sensor",
      })),
    );
  }

  async files(
    rows: readonly {
      time: number;
      uid: string;
      src: string;
      dst: string;
      kind: string;
      name?: string;
      sha1?: string;
    }[],
  ): Promise<void> {
    await this.store.insert(
      "file_activity",
      rows.map((row) => ({
        ...this.#common(row),
        connection_uids: [row.uid],
        src_endpoint_ip: row.src,
        dst_endpoint_ip: row.dst,
        app_name: "http",
        file_name: row.name ?? "",
        file_mime_type: row.kind,
        file_size: 1000,
        hash_sha1: row.sha1 ?? "",
      })),
    );
  }

  /** Everything in 10.0.0.0/8 that the telemetry has is on our side, as the pipeline would find. */
  async tenIsInside(): Promise<void> {
    for (const end of ["src_endpoint_ip", "dst_endpoint_ip"])
      await this.store.command(
        `INSERT INTO internal_host SELECT DISTINCT address_realm, ${end} FROM network_activity
         WHERE startsWith(toString(${end}), '::ffff:10.')`,
      );
  }

  async certificates(
    rows: readonly { time: number; uid: string; sha1?: string; sha256?: string; md5?: string }[],
  ) {
    await this.store.insert(
      "certificate",
      rows.map((row) => ({
        ...this.#common(row),
        certificate_uid: row.uid,
        fingerprint_sha1: row.sha1 ?? "",
        fingerprint_sha256: row.sha256 ?? "",
        fingerprint_md5: row.md5 ?? "",
      })),
    );
  }

  /** Derives the roll-ups from the raw rows, as an ingest would. */
  async rollUp(): Promise<void> {
    const common =
      "batch_id, sensor_id, address_realm, product, channel, hour, src_ip, dst_ip, dst_port, protocol, name, connections, answered, " +
      "bytes_out, bytes_in, duration_max, first_time, last_time";
    const group =
      "GROUP BY batch_id, sensor_id, address_realm, product, hour, src_ip, dst_ip, dst_port, protocol, name";
    const named = (
      table: string,
      channel: string,
      name: string,
      answered: string,
      dst = "dst_endpoint_ip",
      port = "dst_endpoint_port",
    ) =>
      `INSERT INTO contact_hourly (${common}) SELECT batch_id, sensor_id, address_realm, product, '${channel}', toStartOfHour(toDateTime(time, 'UTC')) AS hour,
       src_endpoint_ip AS src_ip, ${dst} AS dst_ip, ${port} AS dst_port, 'tcp' AS protocol, ${name} AS name, count(), countIf(${answered}), 0, 0, 0,
       min(time), max(time) FROM ${table} WHERE ${name} != '' ${group}`;
    await this.store.command(
      `INSERT INTO contact_hourly (${common}) SELECT batch_id, sensor_id, address_realm, product, 'flow', toStartOfHour(toDateTime(time, 'UTC')) AS hour,
       src_endpoint_ip AS src_ip, dst_endpoint_ip AS dst_ip, dst_endpoint_port AS dst_port, connection_protocol AS protocol, '' AS name,
       count(), sum(answered), sum(traffic_bytes_out), sum(traffic_bytes_in), max(duration), min(time), max(time)
       FROM network_activity WHERE record_state = 'final' ${group}`,
    );
    await this.store.command(named("tls_activity", "tls", "sni", "established"));
    await this.store.command(named("http_activity", "http", "url_hostname", "http_status > 0"));
    await this.store.command(
      named(
        "(SELECT *, arrayJoin(if(empty(answer_ips), [toIPv6('::')], answer_ips)) AS ip FROM dns_activity)",
        "dns",
        "query_hostname",
        "notEmpty(answer_ips)",
        "ip",
        "0",
      ),
    );
    await this.store.command(
      `INSERT INTO coverage_hourly SELECT batch_id, sensor_id, address_realm, product, 'network_activity',
       toStartOfHour(toDateTime(time, 'UTC')) AS hour, count() FROM network_activity GROUP BY 1, 2, 3, 4, 6`,
    );
  }
}

export interface FlowRow {
  time: number;
  src: string;
  dst: string;
  port?: number;
  srcPort?: number;
  protocol?: string;
  out?: number;
  in?: number;
  answered?: boolean;
  duration?: number;
  sensor?: string;
  realm?: string;
  uid?: string;
  state?: "final" | "open" | "long";
  community?: string;
  app?: string;
  history?: string;
  connState?: string;
  product?: string;
  /** Packets each way of a source that counts whole packets. */
  packets?: number;
}

export interface HttpRow {
  time: number;
  src: string;
  dst: string;
  port?: number;
  uid?: string;
  /** Host header. */
  host?: string;
  agent?: string;
  method?: string;
  path?: string;
  status?: number;
  /** Of the answer's body. */
  bytes?: number;
  /** MIME types. */
  received?: string[];
  sent?: string[];
  role?: "sensor" | "server" | "proxy";
  sensor?: string;
  realm?: string;
}

export interface TlsRow {
  time: number;
  src: string;
  dst: string;
  port?: number;
  sni?: string;
  ja3?: string;
  ja4?: string;
  chain?: string[];
  fingerprint?: string;
  sensor?: string;
  realm?: string;
  uid?: string;
  established?: boolean;
  validation?: string;
}

function statements(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, "")
    .split(";")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** Milliseconds of a time on a day counted from `start`. */
export const START = parseTime("2023-08-07");
export function at(day: number, hour = 10, minute = 0): number {
  return START + day * DAY + hour * HOUR + minute * 60_000;
}

/** One entry for each day of a range. */
export function everyDay<Item>(from: number, to: number, make: (day: number) => Item): Item[] {
  return Array.from({ length: to - from }, (_, index) => make(from + index));
}

export interface TestRange {
  cidr: string;
  realm: string;
  org: string;
  from?: number;
  to?: number;
}

export function directoryOf(ranges: readonly TestRange[]): OrganisationDirectory {
  const organisations = new Map<string, Organisation>(
    ranges.map(({ org }) => [
      org,
      { orgId: org, name: `Ministry ${org}`, sector: "government", subsector: "" },
    ]),
  );
  const owner = (realm: string, address: string, time: number) =>
    ranges.find(
      (range) =>
        (range.realm === "*" || range.realm === realm) &&
        time >= (range.from ?? Number.NEGATIVE_INFINITY) &&
        time < (range.to ?? Number.POSITIVE_INFINITY) &&
        contains(range.cidr, address),
    );
  return {
    organisations,
    resolve: (realm, address, time) => organisations.get(owner(realm, address, time)?.org ?? ""),
    // Ranges of a test do not overlap.
    history: (realm, address) =>
      ranges
        .filter((range) => (range.realm === "*" || range.realm === realm) && contains(range.cidr, address))
        .map((range) => ({
          from: range.from ?? Number.NEGATIVE_INFINITY,
          to: range.to ?? Number.POSITIVE_INFINITY,
          organisation: organisations.get(range.org) as Organisation,
        })),
    isExternal: () => false,
    isInternal: (realm, address) =>
      ranges.some(
        (range) => (range.realm === "*" || range.realm === realm) && contains(range.cidr, address),
      ) ||
      (ipaddr.isValid(address) && ["private", "uniqueLocal"].includes(ipaddr.process(address).range())),
    asset: () => undefined,
    assets: [],
    orgRanges: () => [],
    orgRealms: (orgId) => ranges.filter((range) => range.org === orgId).map((range) => range.realm),
    warnings: [],
  };
}

function contains(cidr: string, address: string): boolean {
  const parsed = ipaddr.process(address);
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}

export function indicator(kind: Indicator["kind"], value: string, more: Partial<Indicator> = {}): Indicator {
  return {
    kind,
    value,
    role: "c2",
    source: "list.csv",
    confidence: 0.9,
    validFrom: Number.NEGATIVE_INFINITY,
    validTo: Number.POSITIVE_INFINITY,
    description: "",
    tlp: "amber",
    owner: "",
    sharingGroup: "",
    ...more,
  };
}

const NO_CALENDARS: CalendarChoice = { asked: [], home: [], homeTimeZone: undefined, of: () => undefined };

export function contextFor(
  test: { store: Pick<Store, "query" | "stream"> },
  detector: Detector,
  given: Partial<DetectContext> & { parameters?: Record<string, number> } = {},
): DetectContext {
  const { parameters = {}, ...rest } = given;
  return {
    query: (sql, bound, options) => test.store.query(sql, bound, options),
    stream: (sql, bound, options) => test.store.stream(sql, bound, options),
    directory: directoryOf([]),
    indicators: [],
    allow: { domain: () => false, address: () => false },
    parameter: (name) => {
      const spec = detector.manifest.parameters[name];
      if (spec === undefined) throw new Error(`unknown parameter ${name}`);
      return parameters[name] ?? spec.default;
    },
    findings: [],
    calendars: NO_CALENDARS,
    hosts: NO_HOSTS,
    sigmaRules: () => ({ rules: [], logSources: [] }),
    dllHijacks: () => ({ entries: [], unreadable: 0 }),
    span: { first: START, last: at(90) },
    ...rest,
  };
}
