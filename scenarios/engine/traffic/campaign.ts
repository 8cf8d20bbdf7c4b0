import type { CampaignEvent } from "../campaign.js";
import { type Site, siteOf } from "../catalogue.js";
import { NO_SERVICE, SERVICE, SF } from "../connection.js";
import { addressAt, type CampaignServer, protocolOn } from "../infrastructure.js";
import type { HttpFacts } from "../recorder.js";
import { rngFor } from "../rng.js";
import { ascii } from "../slab.js";
import { type Context, clientPort, lookUp } from "./context.js";
import { userAgents } from "./http.js";
import { tlsFacts } from "./tls.js";

const POST = ascii("POST");
const GET = ascii("GET");
const OK = ascii("200\tOK");
const PATHS = ["/api/v2/status", "/files/sync", "/v1/session", "/update/check"].map(ascii);
const facts: HttpFacts = { method: GET, host: OK, uri: OK, userAgent: OK, status: OK };

/** A server at one of its addresses, in the form in which ordinary sites are kept. */
const sites = new WeakMap<CampaignServer, Map<string, Site>>();
function siteFor(server: CampaignServer, address: string): Site {
  const known = sites.get(server) ?? new Map<string, Site>();
  sites.set(server, known);
  let site = known.get(address);
  if (!site) {
    // The stream is fixed by the name: a worker that meets the server first must not change anything.
    const rng = rngFor(0, server.name, address);
    site = { ...siteOf(rng, server.name, [address], 443, server.certificate), tls13: server.tls13 };
    known.set(address, site);
  }
  return site;
}

export function campaignEvent(context: Context, event: CampaignEvent): void {
  const { recorder, rng, world } = context;
  const { host, ts, sent, received, duration, port } = event;
  const site = siteFor(event.server, event.address);
  // Long sessions outlive the cached answer only now and then; beacons nearly always ask again.
  if (event.named && rng.chance(event.purpose === "beacon" ? 0.9 : 0.35)) {
    lookUp(context, host, site, ts - 20000 - rng.int(200000));
  }
  recorder.open(ts, host.address, clientPort(rng), site.addresses[0] as Uint8Array, port, true, false);
  const protocol = protocolOn(port);
  if (protocol === "raw") {
    recorder.tcp(NO_SERVICE, duration, sent, received, SF);
  } else if (protocol === "http") {
    recorder.tcp(SERVICE.http, duration, sent + 300, received + 200, SF);
    facts.method = event.purpose === "beacon" ? GET : POST;
    facts.host = event.named ? site.nameBytes : (site.addresses[0] as Uint8Array);
    facts.uri = rng.pick(PATHS);
    facts.userAgent = userAgents(context)[0] as Uint8Array;
    recorder.http(25000 + rng.int(40000), facts, facts.method === GET ? 0 : sent, received);
  } else {
    recorder.tcp(SERVICE.ssl, duration, sent + 900, received + 3200, SF);
    recorder.ssl(20000 + rng.int(90000), tlsFacts(site, world.seed << 3, event.named, true));
  }
}

/** An innocent visitor of one of the servers: a name, one connection, never again. */
export function strayVisit(
  context: Context,
  event: { host: CampaignEvent["host"]; ts: number; port: number; server: CampaignServer },
): void {
  const { recorder, rng } = context;
  const { host, ts, server, port } = event;
  const site = siteFor(server, addressAt(server, ts));
  lookUp(context, host, site, ts - 40000);
  recorder.open(ts, host.address, clientPort(rng), site.addresses[0] as Uint8Array, port, true, false);
  recorder.tcp(port === 443 ? SERVICE.ssl : NO_SERVICE, 2_400_000, 1400, 4200, SF);
  if (port === 443) recorder.ssl(60000, tlsFacts(site, 4, true, false));
}
