import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CalendarChoice, DetectContext, Detector } from "../../../src/detect/port.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { DAY, HOUR, parseTime } from "../../../src/kernel/time.js";
import type { Finding } from "../../../src/model/finding.js";
import type { Organisation, OrganisationDirectory } from "../../../src/model/organisation.js";
import { ChdbStore } from "../../../src/store/chdb/index.js";
import { NO_HOSTS } from "../../support/no-hosts.js";

/** A made-up network of ministries: `orgN` owns 10.N.0.0/16 of realm `net`. Telemetry is written as an ingest would leave it. */
export const START = parseTime("2024-03-04");
export const DAYS = 84;
export const at = (day: number, hour: number, minute = 0): number =>
  START + day * DAY + hour * HOUR + minute * 60_000;

/** A small linear congruential generator: the worlds are the same on every run. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Contact {
  time: number;
  src: string;
  dst: string;
  port?: number;
  out?: number;
  in?: number;
  /** TLS server name (HTTP host where the port is 80), said by the client. */
  name?: string;
  /** The name was looked up first, and the answer was `dst`. */
  lookup?: string;
  certificate?: Certificate;
  ja3?: string;
  ja3s?: string;
  /** Not even a flow: only the look-up. */
  lookupOnly?: boolean;
  protocol?: "tcp" | "udp";
  /** False: an attempt. */
  answered?: boolean;
  /** Seconds. */
  duration?: number;
  /** With `name` and any port: a proxy was asked for the name. */
  proxied?: boolean;
}

export interface Certificate {
  sha256: string;
  subject: string;
  issuer: string;
  san: string[];
  notBefore: number;
  notAfter: number;
  /** Logged with a Zeek file id for each connection, as Zeek before 5 does. */
  byFileId?: boolean;
}

export class World {
  #tables = new Map<string, Record<string, unknown>[]>();
  #line = 0;
  #organisations = new Set<number>();
  #hosts = new Set<string>();
  #trades = new Map<number, { sector: string; subsector: string }>();

  /** What the inventory says of an organisation; without it, a ministry of no stated field. */
  trade(org: number, sector: string, subsector: string): void {
    this.#trades.set(org, { sector, subsector });
  }

  host(org: number, number: number): string {
    this.#organisations.add(org);
    const ip = `10.${org}.0.${number}`;
    this.#hosts.add(ip);
    return ip;
  }

  add(contact: Contact): void {
    const {
      time,
      src,
      dst,
      port = 443,
      out = 1500,
      in: into = 2500,
      protocol = "tcp",
      answered = true,
    } = contact;
    const common = {
      batch_id: "b",
      source_id: "log",
      sensor_id: "s",
      address_realm: "net",
      product: "zeek",
      time: stamp(time),
    };
    const ends = {
      src_endpoint_ip: src,
      src_endpoint_port: 40_000,
      dst_endpoint_ip: dst,
      dst_endpoint_port: port,
    };
    if (contact.lookup !== undefined) {
      this.#row("dns_activity", {
        ...common,
        source_line: this.#next(),
        ...ends,
        dst_endpoint_ip: "10.0.0.53",
        dst_endpoint_port: 53,
        query_hostname: contact.lookup,
        answers: [dst],
        answer_ips: [dst],
      });
      this.#rollUp({ channel: "dns", time, src, dst, port: 0, name: contact.lookup });
    }
    if (contact.lookupOnly) return;
    this.#row("network_activity", {
      ...common,
      source_line: this.#next(),
      ...ends,
      connection_protocol: protocol,
      traffic_bytes_out: out,
      traffic_bytes_in: into,
      answered: Number(answered),
      duration: contact.duration ?? 0,
    });
    this.#rollUp({ channel: "flow", time, src, dst, port, name: "", out, in: into, protocol, answered });
    if ((port === 80 || contact.proxied) && contact.name !== undefined) {
      this.#row("http_activity", {
        ...common,
        source_line: this.#next(),
        ...ends,
        url_hostname: contact.name,
        is_proxied: Number(contact.proxied ?? false),
        http_status: 200,
      });
      this.#rollUp({ channel: "http", time, src, dst, port, name: contact.name });
    } else if (contact.name !== undefined || contact.certificate !== undefined || contact.ja3 !== undefined) {
      this.#tls(contact, common, ends);
    }
  }

  /** The sensor wrote records in every hour of [from, to). */
  watch(from: number, to: number): void {
    for (let hour = from; hour < to; hour += HOUR)
      this.#row("coverage_hourly", {
        batch_id: "b",
        sensor_id: "s",
        address_realm: "net",
        product: "zeek",
        class: "network_activity",
        hour: stamp(hour).slice(0, 19),
        records: 100,
      });
  }

  #tls(contact: Contact, common: object, ends: object): void {
    const { certificate, name = "" } = contact;
    const uid = certificate === undefined ? "" : certificate.byFileId ? `F${this.#line}` : certificate.sha256;
    this.#row("tls_activity", {
      ...common,
      source_line: this.#next(),
      ...ends,
      sni: name,
      ja3: contact.ja3 ?? "",
      ja3s: contact.ja3s ?? "",
      established: 1,
      certificate_chain: uid === "" ? [] : [uid],
      certificate_subject: certificate?.subject ?? "",
      certificate_issuer: certificate?.issuer ?? "",
    });
    if (name !== "")
      this.#rollUp({
        channel: "tls",
        time: contact.time,
        src: contact.src,
        dst: contact.dst,
        port: contact.port ?? 443,
        name,
      });
    if (certificate === undefined) return;
    this.#row("certificate", {
      ...common,
      source_line: this.#next(),
      certificate_uid: certificate.byFileId ? uid : "",
      fingerprint_sha256: certificate.sha256,
      serial: certificate.sha256.slice(0, 8),
      subject: certificate.subject,
      issuer: certificate.issuer,
      not_before: stamp(certificate.notBefore).slice(0, 19),
      not_after: stamp(certificate.notAfter).slice(0, 19),
      san_dns: certificate.san,
    });
  }

  #rollUp(row: {
    channel: string;
    time: number;
    src: string;
    dst: string;
    port: number;
    name: string;
    out?: number;
    in?: number;
    protocol?: string;
    answered?: boolean;
  }): void {
    this.#row("contact_hourly", {
      batch_id: "b",
      sensor_id: "s",
      address_realm: "net",
      product: "zeek",
      channel: row.channel,
      hour: stamp(Math.floor(row.time / HOUR) * HOUR).slice(0, 19),
      src_ip: row.src,
      dst_ip: row.dst,
      dst_port: row.port,
      protocol: row.protocol ?? (row.channel === "dns" ? "udp" : "tcp"),
      name: row.name,
      connections: 1,
      answered: Number(row.answered ?? true),
      bytes_out: row.out ?? 0,
      bytes_in: row.in ?? 0,
      duration_max: 1,
      first_time: stamp(row.time),
      last_time: stamp(row.time),
    });
  }

  #next(): number {
    this.#line += 1;
    return this.#line;
  }

  #row(table: string, row: Record<string, unknown>): void {
    const list = this.#tables.get(table);
    if (list === undefined) this.#tables.set(table, [row]);
    else list.push(row);
  }

  /** Writes everything; with `inventory` false nobody knows whose hosts they are. */
  async write(store: ChdbStore, inventory: boolean): Promise<void> {
    for (const table of WRITTEN) await store.command(`TRUNCATE TABLE ${table}`);
    for (const [table, rows] of this.#tables) {
      for (let from = 0; from < rows.length; from += 50_000)
        await store.insert(table, rows.slice(from, from + 50_000));
    }
    const hosts = [...this.#hosts].map((ip) => ({ address_realm: "net", ip }));
    await store.insert("internal_host", hosts);
    if (inventory)
      await store.insert(
        "host_organisation",
        hosts.map((host) => ({
          ...host,
          org_id: orgOf(host.ip),
          valid_from: "2000-01-01 00:00:00",
          valid_to: "2100-01-01 00:00:00",
        })),
      );
    await store.insert("source_slice", [{ batch_id: "b", source_id: "log", tlp: "amber" }]);
  }

  directory(inventory: boolean): OrganisationDirectory {
    const organisations = new Map<string, Organisation>();
    if (inventory)
      for (const org of this.#organisations)
        organisations.set(`org${org}`, {
          orgId: `org${org}`,
          name: `Ministry ${org}`,
          ...(this.#trades.get(org) ?? { sector: "government-national", subsector: "" }),
        });
    return {
      organisations,
      resolve: (_realm, address) => organisations.get(orgOf(address)),
      history: () => [],
      isInternal: (_realm, address) => address.startsWith("10."),
      isExternal: () => false,
      asset: () => undefined,
      assets: [],
      orgRanges: () => [],
      orgRealms: () => [],
      warnings: [],
    };
  }
}

const WRITTEN = [
  "network_activity",
  "dns_activity",
  "http_activity",
  "tls_activity",
  "certificate",
  "contact_hourly",
  "coverage_hourly",
  "internal_host",
  "host_organisation",
  "source_slice",
];

const orgOf = (ip: string): string => `org${ip.split(".")[1]}`;
const stamp = (time: number): string => new Date(time).toISOString().slice(0, 23).replace("T", " ");

const NO_CALENDARS: CalendarChoice = { asked: [], home: [], homeTimeZone: undefined, of: () => undefined };

export interface Bench {
  store: ChdbStore;
  run(
    detector: Detector,
    world: World,
    options?: {
      inventory?: boolean;
      findings?: Finding[];
      allowed?: string[];
      parameters?: Record<string, number>;
    },
  ): ReturnType<Detector["run"]>;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-masquerade-"));
  const store = await ChdbStore.open(join(folder, "engine"));
  const schema = join(packageRoot, "src", "store", "schema");
  for (const file of readdirSync(schema).sort()) {
    const text = readFileSync(join(schema, file), "utf8").replaceAll(/^\s*--.*$/gm, "");
    for (const statement of text.split(";"))
      if (statement.trim() !== "") await store.command(statement.trim());
  }
  return {
    store,
    async run(detector, world, { inventory = true, findings = [], allowed = [], parameters = {} } = {}) {
      await world.write(store, inventory);
      const context: DetectContext = {
        query: (sql, bound, options) => store.query(sql, bound, options),
        stream: (sql, bound, options) => store.stream(sql, bound, options),
        directory: world.directory(inventory),
        indicators: [],
        allow: {
          domain: (name) => allowed.some((domain) => name === domain || name.endsWith(`.${domain}`)),
          address: (ip) => allowed.includes(ip),
        },
        parameter(name) {
          const spec = detector.manifest.parameters[name];
          if (spec === undefined) throw new Error(`${detector.manifest.id} has no parameter ${name}`);
          return parameters[name] ?? spec.default;
        },
        findings,
        calendars: NO_CALENDARS,
        hosts: NO_HOSTS,
        sigmaRules: () => ({ rules: [], logSources: [] }),
        dllHijacks: () => ({ entries: [], unreadable: 0 }),
        span: { first: START, last: at(DAYS, 0) },
      };
      return detector.run(context);
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ordinary life: popular sites, a long tail of rare ones with everyday names and labels, mail, video, monitoring. Office hours 2–11 UTC. */
export function ordinaryLife(world: World, orgs: number, hostsPerOrg: number, seed = 7): void {
  const next = random(seed);
  const popular = [
    "www.zeitung-heute.example.com",
    "portal.wetterkanal.net",
    "static.mediaplaza.org",
    "www.learnlanguages.net",
  ];
  const words = [
    "garden",
    "alpine",
    "river",
    "market",
    "hotel",
    "stone",
    "pixel",
    "bread",
    "music",
    "forum",
    "travel",
    "clinic",
    "motor",
    "piano",
    "lemon",
    "harbor",
  ];
  const labels = [
    "www",
    "api",
    "cdn",
    "static",
    "login",
    "img",
    "shop",
    "m",
    "news",
    "app",
    "assets",
    "portal",
  ];
  for (let org = 1; org <= orgs; org++) {
    for (let number = 1; number <= hostsPerOrg; number++) {
      const src = world.host(org, number);
      for (let visit = 0; visit < 40; visit++) {
        const day = Math.floor(next() * DAYS);
        const hour = next() < 0.85 ? 2 + Math.floor(next() * 9) : Math.floor(next() * 24);
        const time = at(day, hour, Math.floor(next() * 60));
        if (next() < 0.5) {
          const site = Math.floor(next() * popular.length);
          world.add({
            time,
            src,
            dst: `198.18.0.${site + 1}`,
            name: popular[site],
            lookup: popular[site],
            in: 40_000,
          });
        } else {
          const site = Math.floor(next() * 256);
          const label = labels[Math.floor(next() * labels.length)] as string;
          const domain = `${words[site % 16]}${words[Math.floor(site / 16)]}.com`;
          world.add({
            time,
            src,
            dst: `198.19.${site}.7`,
            name: `${label}.${domain}`,
            lookup: `${label}.${domain}`,
            in: 30_000,
          });
        }
      }
    }
  }
}
