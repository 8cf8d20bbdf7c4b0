import type { Site } from "../catalogue.js";
import { ICMP, ICMP_PROTOCOL, NO_SERVICE, REJ, RSTO, S0, SERVICE, SF, UDP_HEADERS } from "../connection.js";
import type { Host } from "../organisations.js";
import { skewed } from "../rng.js";
import { ascii } from "../slab.js";
import type { Poller } from "../world.js";
import { type Context, clientPort, datagrams, lookUp, lookUpInVain } from "./context.js";
import { tls } from "./tls.js";

const NONE: Site[] = [];

function stranger(context: Context): Uint8Array {
  const bits = context.rng.u32();
  const first = [45, 71, 80, 89, 92, 103, 118, 141, 162, 167, 185, 193, 198, 205, 212, 222][
    bits & 15
  ] as number;
  return ascii(`${first}.${(bits >>> 4) & 255}.${(bits >>> 12) & 255}.${1 + ((bits >>> 20) % 254)}`);
}

/** Noise from the Internet: anybody's port, once; sometimes a sweep over one organisation. */
function scan(context: Context, host: Host, ts: number): void {
  const { recorder, rng, world } = context;
  const from = stranger(context);
  const sweep = rng.chance(0.1) ? 4 + rng.int(12) : 1;
  const { web, workstations, translated } = host.organisation;
  const ports = world.description.words.scan_ports;
  for (let i = 0; i < sweep; i++) {
    const target = translated ? (workstations[i % workstations.length] ?? web) : web;
    recorder.open(ts + i * 90000, from, 30000 + rng.int(30000), target.address, rng.pick(ports), false, true);
    const answer = rng.u32() & 15;
    recorder.tcp(NO_SERVICE, 300000, rng.int(200), rng.int(400), answer === 0 ? RSTO : answer < 4 ? REJ : S0);
  }
}

/** Visitors of the organisation's own web server, and mail that comes in. */
function inbound(context: Context, host: Host, ts: number): void {
  const { recorder, rng } = context;
  const { web, mail } = host.organisation;
  const from = stranger(context);
  if (rng.chance(0.6)) {
    recorder.open(ts, from, clientPort(rng), web.address, 443, false, true);
    recorder.tcp(SERVICE.ssl, skewed(rng, 3e6), skewed(rng, 1500), skewed(rng, 25000), SF);
  } else {
    recorder.open(ts, from, clientPort(rng), mail.address, 25, false, true);
    recorder.tcp(SERVICE.smtp, skewed(rng, 4e6), skewed(rng, 20000), 400 + rng.int(300), SF);
  }
}

function missingName(context: Context, host: Host, ts: number): void {
  const { rng } = context;
  const bits = rng.u32();
  if ((bits & 1) === 0) {
    const name = ascii(`${1 + ((bits >>> 4) % 254)}.${(bits >>> 12) & 255}.168.192.in-addr.arpa`);
    lookUpInVain(context, host, name, "PTR", ts, false);
  } else {
    const site = context.world.catalogue.web[context.world.catalogue.webRank[bits >>> 16] as number] as Site;
    lookUpInVain(context, host, site.nameBytes, "AAAA", ts, true);
  }
}

/** One thing that computers do without people. */
export function machine(context: Context, host: Host, ts: number): void {
  const { recorder, rng, world } = context;
  const { kinds } = world.catalogue;
  const choice = rng.u32() & 127;
  if (choice < 18) {
    datagrams(
      context,
      host,
      rng.pick(kinds.ntp ?? NONE),
      ts,
      SERVICE.ntp,
      40000 + rng.int(90000),
      48,
      48,
      512,
    );
  } else if (choice < 44) {
    const site = rng.pick(kinds.update ?? NONE);
    if ((choice & 1) === 0) lookUp(context, host, site, ts - 20000);
    tls(context, host, site, ts, skewed(rng, 5e6), skewed(rng, 2500), skewed(rng, 9000), true);
  } else if (choice < 64) {
    missingName(context, host, ts);
  } else if (choice < 70) {
    tls(
      context,
      host,
      rng.pick(kinds.push ?? NONE),
      ts,
      skewed(rng, 4e9),
      skewed(rng, 5000),
      skewed(rng, 7000),
      true,
      SF,
    );
  } else if (choice < 92) {
    scan(context, host, ts);
  } else if (choice < 106) {
    inbound(context, host, ts);
  } else if (choice < 112 || host.organisation.translated) {
    const site = rng.pick(kinds.mail ?? NONE);
    tls(context, host, site, ts, skewed(rng, 9e6), skewed(rng, 2500), skewed(rng, 6000), true);
  } else if (choice < 120) {
    const { directory } = host.organisation;
    recorder.open(ts, host.address, clientPort(rng), directory.address, 389, true, true);
    recorder.tcp(SERVICE.ldap, skewed(rng, 60000), skewed(rng, 1200), skewed(rng, 2500), SF);
  } else {
    const { web } = host.organisation;
    recorder.open(ts, host.address, 8, web.address, 0, true, true);
    recorder.conn(ICMP_PROTOCOL, NO_SERVICE, 300000 + rng.int(9000), 224, 224, ICMP, 4, 4, UDP_HEADERS);
  }
}

/** The reports of one poller that fall into [from, to). Their times need no memory of earlier slices. */
export function poll(context: Context, poller: Poller, from: number, to: number): void {
  const { rng } = context;
  const { period, phase, site, host } = poller;
  for (let k = Math.ceil((from - phase) / period); phase + k * period < to; k++) {
    const ts = Math.min(
      Math.max(from + 50000, phase + k * period + rng.int(Math.min(period * 0.02, 2e6))),
      to - 500000,
    );
    if (rng.chance(0.1)) lookUp(context, host, site, ts - 20000);
    tls(
      context,
      host,
      site,
      ts,
      200000 + rng.int(600000),
      poller.sent + rng.int(30),
      poller.received + rng.int(90),
      true,
    );
  }
}
