import type { Site } from "../catalogue.js";
import { NO_SERVICE, SERVICE, SF } from "../connection.js";
import type { Host } from "../organisations.js";
import { skewed } from "../rng.js";
import { ascii } from "../slab.js";
import { type Context, clientPort, datagrams, lookUp, lookUpInVain } from "./context.js";
import { plainHttp } from "./http.js";
import { tls } from "./tls.js";

const NONE: Site[] = [];
const FILE_SERVER = 0.6;
const INTERNAL_NAMES = ["dc01.corp.internal", "files.corp.internal", "wpad.corp.internal"].map(ascii);

function known(context: Context, kind: string): Site {
  return context.rng.pick(context.world.catalogue.kinds[kind] ?? NONE);
}

/** A page: a name, one to three connections, and what the page takes from content networks. */
function page(context: Context, host: Host, site: Site, ts: number): void {
  const { rng } = context;
  const bits = rng.u32();
  let at = ts;
  if ((bits & 7) < 3) {
    lookUp(context, host, site, at);
    at += 3000 + ((bits >>> 8) & 65535);
    if ((bits & 24) === 0)
      lookUpInVain(context, host, site.nameBytes, (bits & 32) === 0 ? "HTTPS" : "AAAA", at, true);
  }
  const connections = 1 + ((bits >>> 5) & 1) + ((bits & 192) === 0 ? 1 : 0);
  for (let i = 0; i < connections; i++) {
    if ((bits >>> 24) % 10 === 0 && site.port === 443) {
      datagrams(
        context,
        host,
        site,
        at,
        SERVICE.quic,
        skewed(rng, 9e6),
        skewed(rng, 4000),
        skewed(rng, 30000),
        1200,
      );
    } else {
      tls(context, host, site, at, skewed(rng, 6e6), skewed(rng, 1900), skewed(rng, 12000), false);
    }
    at += 1000 + (rng.u32() & 262143);
  }
  if ((bits & 0x30000) === 0) {
    const third = known(context, "cdn");
    if ((bits & 0x40000) === 0) lookUp(context, host, third, at);
    tls(context, host, third, at + 30000, skewed(rng, 8e6), skewed(rng, 1200), skewed(rng, 20000), false);
  }
}

/** File server, directory, printer: only where the sensor sees the inside. */
function inside(context: Context, host: Host, ts: number): void {
  const { recorder, rng } = context;
  const { directory, files, resolver } = host.organisation;
  if (rng.chance(FILE_SERVER)) {
    recorder.open(ts, host.address, clientPort(rng), files.address, 445, true, true);
    recorder.tcp(SERVICE.smb, skewed(rng, 60e6), skewed(rng, 30000), skewed(rng, 90000), SF);
    return;
  }
  const kerberos = rng.chance(0.5);
  recorder.open(ts, host.address, clientPort(rng), directory.address, kerberos ? 88 : 389, true, true);
  recorder.tcp(
    kerberos ? SERVICE.krb : SERVICE.ldap,
    skewed(rng, 90000),
    skewed(rng, 1500),
    skewed(rng, 1600),
    SF,
  );
  if (!kerberos) return;
  recorder.open(ts + 4000, host.address, clientPort(rng), resolver, 53, true, true);
  recorder.dns("SRV", rng.pick(INTERNAL_NAMES), undefined, undefined, false);
}

function call(context: Context, host: Host, ts: number): void {
  const { rng } = context;
  const site = known(context, "call");
  lookUp(context, host, site, ts);
  const minutes = 3 + skewed(rng, 18);
  const rate = 60000 + rng.int(180000); // bytes a second each way
  for (let i = 0; i < 2; i++) {
    const size = Math.floor(minutes * 60 * rate * (i === 0 ? 0.05 : 1));
    datagrams(
      context,
      host,
      site,
      ts + 400000 + i * 3000,
      NO_SERVICE,
      minutes * 60e6,
      size,
      Math.floor(size * 1.3),
      1000,
    );
  }
}

/** One thing that a person does at a computer. */
export function human(context: Context, host: Host, ts: number): void {
  const { rng, world } = context;
  const choice = rng.u32() & 255;
  if (choice < 134) {
    const rank = world.catalogue.webRank[rng.u32() & 65535] as number;
    page(context, host, world.catalogue.web[rank] as Site, ts);
  } else if (choice < 160) {
    page(context, host, rng.pick(world.habits.get(host.organisation.id) ?? NONE), ts);
  } else if (choice < 178) {
    const site = known(context, "mail");
    if ((choice & 3) === 0) lookUp(context, host, site, ts - 20000);
    tls(context, host, site, ts, skewed(rng, 15e6), skewed(rng, 4000), skewed(rng, 18000), true);
  } else if (choice < 190) {
    const site = known(context, "sync");
    if ((choice & 1) === 0) lookUp(context, host, site, ts - 20000);
    tls(context, host, site, ts, skewed(rng, 12e6), skewed(rng, 60000), skewed(rng, 40000), true);
  } else if (choice < 193) {
    call(context, host, ts);
  } else if (choice < 200) {
    tls(
      context,
      host,
      known(context, "push"),
      ts,
      skewed(rng, 3e9),
      skewed(rng, 6000),
      skewed(rng, 9000),
      true,
      SF,
    );
  } else if (choice < 216 || host.organisation.translated) {
    plainHttp(context, host, ts);
  } else {
    inside(context, host, ts);
  }
}
