import type { Site } from "../catalogue.js";
import { ordinaryEnding, SERVICE } from "../connection.js";
import type { Host } from "../organisations.js";
import type { HttpFacts } from "../recorder.js";
import { skewed } from "../rng.js";
import { ascii } from "../slab.js";
import { addressOf, type Context, clientPort, lookUp } from "./context.js";

const GET = ascii("GET");
const OK = ascii("200\tOK");
const PATHS = [
  "/",
  "/index.html",
  "/connecttest.txt",
  "/generate_204",
  "/msdownload/update/v3/static/trustedr/en/authrootstl.cab",
  "/favicon.ico",
  "/news/1",
  "/ocsp",
].map(ascii);
const agents = new Map<readonly string[], Uint8Array[]>();

export function userAgents(context: Context): Uint8Array[] {
  const { user_agents: texts } = context.world.description.words;
  const found = agents.get(texts);
  if (found) return found;
  const made = texts.map(ascii);
  agents.set(texts, made);
  return made;
}

const facts: HttpFacts = { method: GET, host: OK, uri: OK, userAgent: OK, status: OK };

/** Certificate status, connectivity checks, old web sites. */
export function plainHttp(context: Context, host: Host, ts: number): void {
  const { recorder, rng, world } = context;
  const small = rng.chance(0.3);
  const site: Site = rng.pick(small ? world.catalogue.small : (world.catalogue.kinds.http ?? []));
  if (rng.chance(0.4)) lookUp(context, host, site, ts);
  const end = ordinaryEnding(rng.u32());
  const sent = 250 + rng.int(300);
  const received = skewed(rng, small ? 9000 : 1500);
  recorder.open(ts + 15000, host.address, clientPort(rng), addressOf(rng, site), 80, true, false);
  recorder.tcp(SERVICE.http, skewed(rng, 900000), sent, received + 320, end);
  if (!end.data) return;
  facts.host = site.nameBytes;
  facts.uri = rng.pick(PATHS);
  facts.userAgent = rng.pick(userAgents(context));
  recorder.http(30000, facts, 0, received);
}
