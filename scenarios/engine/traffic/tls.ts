import { createHash } from "node:crypto";
import type { Site } from "../catalogue.js";
import { type Ending, ordinaryEnding, SERVICE } from "../connection.js";
import type { Host } from "../organisations.js";
import type { TlsFacts } from "../recorder.js";
import { ascii } from "../slab.js";
import { addressOf, type Context, clientPort } from "./context.js";

function fingerprints(what: string, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    return ascii(createHash("md5").update(`synthetic ${what} ${i}`).digest("hex"));
  });
}

/** Fingerprints are of nothing real: a few client programs, and how servers answer them. */
const BROWSERS = fingerprints("browser", 8);
const PROGRAMS = fingerprints("program", 8);
const SERVERS = fingerprints("server", 32);
const H2 = ascii("h2");
const VALID = ascii("ok");
const SELF_SIGNED = ascii("self signed certificate");

/** One object for all rows: it is filled, read at once, and never kept. */
const facts: TlsFacts = {
  serverName: undefined,
  tls13: true,
  resumed: false,
  certificate: undefined,
  nextProtocol: undefined,
  validation: VALID,
  ja3: BROWSERS[0] as Uint8Array,
  ja3s: SERVERS[0] as Uint8Array,
};

export function tlsFacts(site: Site, bits: number, named: boolean, program: boolean): TlsFacts {
  facts.serverName = named ? site.nameBytes : undefined;
  facts.tls13 = site.tls13;
  facts.resumed = !program && (bits & 3) === 0;
  facts.certificate = site.certificate;
  facts.nextProtocol = program ? undefined : H2;
  facts.validation = site.certificate?.issuer ? VALID : SELF_SIGNED;
  facts.ja3 = (program ? PROGRAMS : BROWSERS)[(bits >>> 3) & 7] as Uint8Array;
  facts.ja3s = SERVERS[site.nameBytes.length & 31] as Uint8Array;
  return facts;
}

/** A TLS connection of a browser or an ordinary program. */
export function tls(
  context: Context,
  host: Host,
  site: Site,
  ts: number,
  duration: number,
  sent: number,
  received: number,
  program: boolean,
  end: Ending = ordinaryEnding(context.rng.u32()),
): void {
  const { recorder, rng } = context;
  const bits = rng.u32();
  recorder.open(ts, host.address, clientPort(rng), addressOf(rng, site), site.port, true, false);
  recorder.tcp(SERVICE.ssl, duration, sent, received, end);
  if (end.data) recorder.ssl(20000 + (bits >>> 16), tlsFacts(site, bits, true, program));
}
