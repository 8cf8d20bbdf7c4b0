import type { Certificate } from "./certificates.js";
import {
  type Ending,
  PAYLOAD,
  SERVICE,
  TCP,
  TCP_HEADERS,
  TCP_SYN_HEADERS,
  UDP,
  UDP_BOTH,
  UDP_HEADERS,
} from "./connection.js";
import type { Rng } from "./rng.js";
import { ascii, copyWords, Slab } from "./slab.js";
import type { LogName } from "./zeek-format.js";

const BASE62 = ascii("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
/** Two characters from 12 bits; the few pairs beyond 62 x 62 wrap around. */
const UID_PAIRS = new Uint8Array(8192);
for (let i = 0; i < 4096; i++) {
  UID_PAIRS[2 * i] = BASE62[Math.floor(i / 62) % 62] as number;
  UID_PAIRS[2 * i + 1] = BASE62[i % 62] as number;
}

const QUERY = ["A", "AAAA", "HTTPS", "PTR", "SRV"] as const;
export type QueryType = (typeof QUERY)[number];
const NUMBERS: Record<QueryType, number> = { A: 1, AAAA: 28, HTTPS: 65, PTR: 12, SRV: 33 };
const DNS_QUERY = Object.fromEntries(
  QUERY.map((type) => [type, ascii(`1\tC_INTERNET\t${NUMBERS[type]}\t${type}`)]),
) as Record<QueryType, Uint8Array>;
const NOERROR = ascii("0\tNOERROR\tF\tF\tT\tT\t0");
const NXDOMAIN = ascii("3\tNXDOMAIN\tF\tF\tT\tT\t0");
const HTTP_TAIL = ascii("-\t-\t(empty)\t-\t-\t-\t-\t-\t-");
const NO_FILE = ascii("-\t-\t-");
const TLS13 = ascii("TLSv13\tTLS_AES_256_GCM_SHA384\tx25519");
const TLS12 = ascii("TLSv12\tTLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\tx25519");
const DASH = ascii("-");

export interface TlsFacts {
  serverName: Uint8Array | undefined;
  tls13: boolean;
  resumed: boolean;
  certificate: Certificate | undefined;
  nextProtocol: Uint8Array | undefined;
  validation: Uint8Array;
  ja3: Uint8Array;
  ja3s: Uint8Array;
}

export interface HttpFacts {
  method: Uint8Array;
  host: Uint8Array;
  uri: Uint8Array;
  userAgent: Uint8Array;
  status: Uint8Array;
}

/**
 * Writes the rows of one slice of one sensor. `open` begins a connection; exactly one of `tcp`, `udp`, `conn` or `dns`
 * must follow and completes its row in the conn log, then any rows of other logs about the same connection.
 */
export class Recorder {
  readonly slabs: Record<LogName, Slab> = {
    conn: new Slab(),
    dns: new Slab(),
    http: new Slab(),
    ssl: new Slab(),
    x509: new Slab(),
  };
  /** Where uid and endpoints stand in the conn log; the other logs copy them from there. */
  private idStart = 0;
  private idLength = 0;
  private ts = 0;
  private localOrig = true;
  private localResp = false;
  /** Zeek logs a certificate again after a day; a recorder lives for a day. */
  private readonly certificates = new Set<Certificate>();

  constructor(readonly rng: Rng) {}

  /** Of the slice so far. */
  get connections(): number {
    return this.slabs.conn.rows;
  }

  startSlice(from: number): void {
    for (const slab of Object.values(this.slabs)) slab.reset(from);
  }

  open(
    ts: number,
    orig: Uint8Array,
    origPort: number,
    resp: Uint8Array,
    respPort: number,
    localOrig: boolean,
    localResp: boolean,
  ): void {
    this.ts = ts;
    this.localOrig = localOrig;
    this.localResp = localResp;
    const slab = this.slabs.conn;
    slab.begin(ts);
    const id = slab.bytes;
    this.idStart = slab.length;
    let at = slab.length;
    id[at++] = 9;
    id[at++] = 67; // C
    for (let i = 0; i < 4; i++) {
      const bits = this.rng.u32();
      const first = 2 * (bits & 4095);
      const second = 2 * ((bits >>> 12) & 4095);
      id[at] = UID_PAIRS[first] as number;
      id[at + 1] = UID_PAIRS[first + 1] as number;
      id[at + 2] = UID_PAIRS[second] as number;
      id[at + 3] = UID_PAIRS[second + 1] as number;
      at += 4;
      if (i === 3) id[at++] = BASE62[(bits >>> 24) % 62] as number;
    }
    at = this.endpoint(id, at, orig, origPort);
    slab.length = this.endpoint(id, at, resp, respPort);
    this.idLength = slab.length - this.idStart;
  }

  private endpoint(id: Uint8Array, start: number, address: Uint8Array, port: number): number {
    let at = start;
    id[at++] = 9;
    for (let i = 0; i < address.length; i++) id[at++] = address[i] as number;
    id[at++] = 9;
    let width = port < 10 ? 1 : port < 100 ? 2 : port < 1000 ? 3 : port < 10000 ? 4 : 5;
    const end = at + width;
    for (let rest = port; width > 0; width--) {
      const tens = Math.floor(rest / 10);
      id[at + width - 1] = 48 + rest - tens * 10;
      rest = tens;
    }
    return end;
  }

  private start(slab: Slab, ts: number): void {
    slab.begin(ts);
    copyWords(slab.view, slab.length, this.slabs.conn.view, this.idStart, this.idLength);
    slab.length += this.idLength;
  }

  /** Byte counts are ignored where the ending says that none passed. Durations are microseconds. */
  tcp(service: Uint8Array, duration: number, origBytes: number, respBytes: number, end: Ending): void {
    const orig = end.data ? origBytes : 0;
    const resp = end.data ? respBytes : 0;
    const origPackets = end.origPackets + Math.ceil(orig / PAYLOAD) + Math.ceil(resp / (PAYLOAD * 2));
    const respPackets = end.respPackets + Math.ceil(resp / PAYLOAD) + Math.ceil(orig / (PAYLOAD * 2));
    const headers = end.data ? TCP_HEADERS : TCP_SYN_HEADERS;
    // A single unanswered packet has no duration.
    const known = end.data || end.origPackets + end.respPackets > 1;
    const time = end.data ? duration : end.respPackets > 0 ? 40000 : 3000000;
    const used = end.data ? service : DASH;
    this.conn(TCP, used, known ? time : -1, orig, resp, end, origPackets, respPackets, headers);
  }

  udp(service: Uint8Array, duration: number, orig: number, resp: number, end: Ending, payload = 512): void {
    const origPackets = Math.max(1, Math.ceil(orig / payload));
    const respPackets = Math.ceil(resp / payload);
    this.conn(UDP, service, resp > 0 ? duration : -1, orig, resp, end, origPackets, respPackets, UDP_HEADERS);
  }

  conn(
    protocol: Uint8Array,
    service: Uint8Array,
    duration: number,
    orig: number,
    resp: number,
    end: Ending,
    origPackets: number,
    respPackets: number,
    headers: number,
  ): void {
    const slab = this.slabs.conn;
    slab.field(protocol);
    slab.field(service);
    if (duration < 0) {
      slab.unset();
      slab.unset();
      slab.unset();
    } else {
      slab.interval(duration);
      slab.count(orig);
      slab.count(resp);
    }
    slab.field(end.state);
    slab.flag(this.localOrig);
    slab.flag(this.localResp);
    slab.count(0);
    slab.field(end.history);
    slab.count(origPackets);
    slab.count(orig + origPackets * headers);
    slab.count(respPackets);
    slab.count(resp + respPackets * headers);
    slab.unset();
    slab.end();
  }

  /** A query and its connection. No answers: the name does not exist, or has no record of this type. */
  dns(type: QueryType, name: Uint8Array, answers?: Uint8Array, ttls?: Uint8Array, exists = true): void {
    const bits = this.rng.u32();
    const rtt = 300 + (bits >>> 14) / (answers ? 3 : 2);
    const asked = name.length + 18;
    this.udp(SERVICE.dns, rtt, asked, asked + (answers ? answers.length + 4 : 60), UDP_BOTH);
    const slab = this.slabs.dns;
    this.start(slab, this.ts);
    slab.field(UDP);
    slab.count(bits & 65535);
    slab.interval(rtt);
    slab.field(name);
    slab.field(DNS_QUERY[type]);
    slab.field(exists ? NOERROR : NXDOMAIN);
    slab.field(answers ?? DASH);
    slab.field(answers && ttls ? ttls : DASH);
    slab.flag(false);
    slab.end();
  }

  ssl(delay: number, facts: TlsFacts): void {
    const slab = this.slabs.ssl;
    const shown = facts.certificate && !facts.tls13 && !facts.resumed ? facts.certificate : undefined;
    this.start(slab, this.ts + delay);
    slab.field(facts.tls13 ? TLS13 : TLS12);
    slab.field(facts.serverName ?? DASH);
    slab.flag(facts.resumed);
    slab.unset();
    slab.field(facts.nextProtocol ?? DASH);
    slab.flag(true);
    slab.field(HISTORY[facts.resumed ? 1 : facts.tls13 ? 2 : 0] as Uint8Array);
    slab.field(shown ? shown.chain : DASH);
    slab.unset();
    if (shown && facts.serverName) slab.flag(true);
    else slab.unset();
    slab.field(shown ? facts.validation : DASH);
    slab.field(facts.ja3);
    slab.field(facts.ja3s);
    slab.end();
    if (shown) this.x509(this.ts + delay, shown);
  }

  private x509(ts: number, shown: Certificate): void {
    if (this.certificates.has(shown)) return;
    this.certificates.add(shown);
    const slab = this.slabs.x509;
    slab.begin(ts);
    slab.field(shown.row);
    slab.end();
    if (shown.issuer) this.x509(ts, shown.issuer);
  }

  http(delay: number, facts: HttpFacts, sent: number, received: number): void {
    const slab = this.slabs.http;
    this.start(slab, this.ts + delay);
    slab.count(1);
    slab.field(facts.method);
    slab.field(facts.host);
    slab.field(facts.uri);
    slab.unset();
    slab.field(VERSION);
    slab.field(facts.userAgent);
    slab.unset();
    slab.count(sent);
    slab.count(received);
    slab.field(facts.status);
    slab.field(HTTP_TAIL);
    slab.field(NO_FILE);
    slab.end();
  }
}

const VERSION = ascii("1.1");
const HISTORY = [ascii("CsxknGIti"), ascii("CsiI"), ascii("CsiI")];
