import type { Site } from "../catalogue.js";
import { UDP_BOTH } from "../connection.js";
import type { Host, Sensor } from "../organisations.js";
import type { QueryType, Recorder } from "../recorder.js";
import type { Rng } from "../rng.js";
import type { World } from "../world.js";

/** What a kind of traffic needs to write its rows. */
export interface Context {
  world: World;
  sensor: Sensor;
  recorder: Recorder;
  rng: Rng;
}

/** High ports, as clients use. */
export function clientPort(rng: Rng): number {
  return 49152 + (rng.u32() & 16383);
}

/** One of a site's addresses. */
export function addressOf(rng: Rng, site: Site): Uint8Array {
  const { addresses } = site;
  const index = addresses.length === 1 ? 0 : rng.int(addresses.length);
  return addresses[index] as Uint8Array;
}

function ask(context: Context, host: Host, ts: number): void {
  const { resolver, resolverInside } = host.organisation;
  context.recorder.open(ts, host.address, clientPort(context.rng), resolver, 53, true, resolverInside);
}

/** The host asks for a name that has addresses. */
export function lookUp(context: Context, host: Host, site: Site, ts: number): void {
  ask(context, host, ts);
  context.recorder.dns("A", site.nameBytes, site.answers, site.ttls);
}

/** The host asks for something that is not there. */
export function lookUpInVain(
  context: Context,
  host: Host,
  name: Uint8Array,
  type: QueryType,
  ts: number,
  exists: boolean,
): void {
  ask(context, host, ts);
  context.recorder.dns(type, name, undefined, undefined, exists);
}

/** Datagrams to a site, without a log of their own. */
export function datagrams(
  context: Context,
  host: Host,
  site: Site,
  ts: number,
  service: Uint8Array,
  duration: number,
  sent: number,
  received: number,
  payload: number,
): void {
  const { recorder, rng } = context;
  const port = service.length > 1 ? clientPort(rng) : 50000 + (rng.u32() & 4095);
  recorder.open(ts, host.address, port, addressOf(rng, site), site.port, true, false);
  recorder.udp(service, duration, sent, received, UDP_BOTH, payload);
}
