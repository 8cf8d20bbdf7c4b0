import { DAY, HOUR, MINUTE, micros, SECOND } from "./clock.js";
import type { Description, Rhythm } from "./description.js";
import {
  addressAt,
  buildInfrastructure,
  type CampaignServer,
  type Infrastructure,
} from "./infrastructure.js";
import { atRest, drawOperatorTime, drawRhythm } from "./operators.js";
import type { Host, Organisation, Sensor } from "./organisations.js";
import { type Rng, rngFor } from "./rng.js";

export type Purpose = "beacon" | "session" | "upload";

/** One connection from a victim to a server of the campaign. `ts` is its start. */
export interface CampaignEvent {
  ts: number;
  host: Host;
  server: CampaignServer;
  address: string;
  port: number;
  purpose: Purpose;
  /** The implant knows the name; otherwise it has the address alone and there is no name on the wire. */
  named: boolean;
  duration: number;
  sent: number;
  received: number;
}

export interface Outage {
  sensor: string;
  from: number;
  to: number;
}

export interface Campaign {
  rhythm: Rhythm;
  infrastructure: Infrastructure;
  outage: Outage;
  /** By sensor, in order of time; what the sensors could see. */
  events: Map<string, CampaignEvent[]>;
}

/** An implant on one host. */
interface Implant {
  host: Host;
  server: CampaignServer;
  named: boolean;
  from: number;
  to: number;
  interval: number;
  jitter: number;
  /** Always on, like a server; otherwise on in the victim's office hours. */
  alwaysOn: boolean;
  /** Share of beacons that still get out while the operators are away. */
  lullShare: number;
  sent: number;
  received: number;
}

const INTERVALS = [HOUR, 2 * HOUR, 2 * HOUR, 3 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR];

function portFor(rng: Rng, infrastructure: Infrastructure, address: string, sticky: number): number {
  const ports = infrastructure.ports.get(address) ?? [443];
  return ports[rng.chance(0.8) ? sticky % ports.length : rng.int(ports.length)] ?? 443;
}

function implantsOf(
  rng: Rng,
  org: Organisation,
  servers: CampaignServer[],
  usage: Map<CampaignServer, number>,
  description: Description,
): Implant[] {
  const begin = micros(description.period.from);
  const end = micros(description.period.to) + DAY;
  // Victims are won one after the other; most are kept to the end and beyond, some are lost or given up.
  const from = begin + rng.between(1.2, 33) * DAY;
  const to = rng.chance(0.25) ? begin + rng.between(62, 82) * DAY : end + DAY;
  // Least used first: every server ends up with several victims.
  const order = servers.map((server) => ({ server, rank: (usage.get(server) ?? 0) + rng.float() }));
  order.sort((a, b) => a.rank - b.rank);
  const breadth = 1 + rng.int(3);
  const hosts = rng.shuffled(org.workstations.slice(0, 4)).slice(0, 1 + rng.int(4));
  return hosts.map((host, i) => {
    const server = (order[i % breadth] ?? order[0])?.server;
    if (!server) throw new Error("simulate: the campaign has no server");
    if (i < breadth) usage.set(server, (usage.get(server) ?? 0) + 1);
    return implant(
      rng,
      host,
      server,
      i === 0 ? { from, to, first: true } : { from: from + rng.between(0, 14) * DAY, to, first: false },
    );
  });
}

function implant(
  rng: Rng,
  host: Host,
  server: CampaignServer,
  { from, to, first }: { from: number; to: number; first: boolean },
): Implant {
  return {
    host,
    server,
    named: rng.chance(0.75),
    from,
    to,
    interval: rng.pick(INTERVALS),
    jitter: rng.between(0.05, 0.35),
    alwaysOn: first || rng.chance(0.3),
    lullShare: rng.chance(0.35) ? rng.between(0.05, 0.25) : 0,
    sent: 250 + rng.int(700),
    received: 150 + rng.int(2500),
  };
}

class Planner {
  readonly events: CampaignEvent[] = [];

  constructor(
    private readonly rng: Rng,
    private readonly infrastructure: Infrastructure,
    private readonly rhythm: Rhythm,
    private readonly office: Description["office"],
    private readonly end: number,
  ) {}

  private add(
    implant: Implant,
    ts: number,
    purpose: Purpose,
    duration: number,
    sent: number,
    received: number,
  ): void {
    if (ts < implant.from || ts >= Math.min(implant.to, this.end)) return;
    const address = addressAt(implant.server, ts);
    const sticky = implant.sent + (purpose === "beacon" ? 0 : purpose === "session" ? 1 : 2);
    this.events.push({
      ts: Math.floor(ts),
      host: implant.host,
      server: implant.server,
      address,
      port: portFor(this.rng, this.infrastructure, address, sticky),
      purpose,
      named: implant.named,
      duration: Math.floor(duration),
      sent: Math.floor(sent),
      received: Math.floor(received),
    });
  }

  beacons(implant: Implant): void {
    const { rng } = this;
    let ts = implant.from;
    while (ts < Math.min(implant.to, this.end)) {
      const local = ts + this.office.utc_offset_minutes * MINUTE;
      const hour = (local % DAY) / HOUR;
      const on = implant.alwaysOn || (hour > 7.3 && hour < 17.6 && Math.floor(local / DAY + 4) % 7 !== 0);
      const goes = !atRest(this.rhythm, ts) || rng.chance(implant.lullShare);
      // One in fifty is missed: machines restart, links fail.
      if (on && goes && !rng.chance(0.02)) {
        const sent = implant.sent + rng.int(48);
        this.add(implant, ts, "beacon", rng.between(0.2, 4) * SECOND, sent, implant.received + rng.int(64));
      }
      ts += implant.interval * (1 + implant.jitter * (2 * rng.float() - 1));
    }
  }

  /** A person at work: a run of short exchanges, or one long tunnel, and now and then files carried away. */
  session(implant: Implant, start: number): void {
    const { rng } = this;
    if (rng.chance(0.12)) {
      const length = rng.between(0.8, 3) * HOUR;
      this.add(implant, start, "session", length, rng.lognormal(900_000, 0.8), rng.lognormal(400_000, 0.8));
    } else {
      const until = start + rng.between(12, 90) * MINUTE;
      for (let ts = start; ts < until; ts += rng.lognormal(400, 0.8) * SECOND) {
        const length = rng.lognormal(25, 1) * SECOND;
        this.add(implant, ts, "session", length, rng.lognormal(9000, 1.2), rng.lognormal(6000, 1.3));
      }
    }
    if (!rng.chance(0.3)) return;
    let ts = start + rng.between(5, 40) * MINUTE;
    for (let n = 1 + rng.int(4); n > 0; n--) {
      const sent = Math.min(1.6e9, rng.lognormal(110e6, 0.9));
      const length = (sent / rng.between(0.8e6, 5e6)) * SECOND;
      this.add(implant, ts, "upload", length, sent, sent * rng.between(0.0015, 0.006));
      ts += length + rng.between(20, 200) * SECOND;
    }
  }

  sessions(implants: Implant[], begin: number): void {
    const { rng } = this;
    const perWeek = rng.between(2, 5);
    const reachable = implants.filter((implant) => implant.alwaysOn);
    for (let day = begin; day < this.end; day += DAY) {
      if (!rng.chance(perWeek / 5)) continue;
      const start = drawOperatorTime(rng, this.rhythm, day);
      if (start !== undefined) this.session(rng.pick(reachable), start);
    }
  }
}

function drawOutage(description: Description, rng: Rng, rhythm: Rhythm, usesFacts: boolean): Outage {
  const lull = { from: micros(rhythm.lull.from) - 4 * DAY, to: micros(rhythm.lull.to) + 5 * DAY };
  const choices = description.outage.choices
    .map(({ sensor, from }) => ({
      sensor,
      from: micros(from),
      to: micros(from) + description.outage.hours * HOUR,
    }))
    .filter(({ from, to }) => to < lull.from || from > lull.to);
  const [first] = choices;
  return usesFacts && first ? first : rng.pick(choices);
}

/** The whole campaign, the same at every scale: it is small, and a plan in memory keeps the truth and the logs equal. */
export function buildCampaign(description: Description, sensors: Sensor[], seed: number): Campaign {
  const usesFacts = seed === description.default_seed;
  const infrastructure = buildInfrastructure(description, seed);
  const rhythm = drawRhythm(description.rhythms, rngFor(seed, "rhythm"), usesFacts);
  const outage = drawOutage(description, rngFor(seed, "outage"), rhythm, usesFacts);
  const end = micros(description.period.to) + DAY - MINUTE;
  const domains = [...new Set(infrastructure.servers.map((server) => server.domain))];
  const events = new Map<string, CampaignEvent[]>();
  const usage = new Map<CampaignServer, number>();
  let count = 0;
  for (const sensor of sensors) {
    const seen: CampaignEvent[] = [];
    for (const org of sensor.organisations.filter((candidate) => candidate.victim)) {
      const rng = rngFor(seed, "victim", org.id);
      // Two groups of operators, each with its own domains; some victims have both.
      const second = count++ % 5 < 2;
      const both = rng.chance(0.3);
      const own = infrastructure.servers.filter(
        ({ domain }) => both || (domains.indexOf(domain) === domains.length - 1) === second,
      );
      const planner = new Planner(rng, infrastructure, rhythm, description.office, end);
      const implants = implantsOf(rng, org, own, usage, description);
      for (const implant of implants) planner.beacons(implant);
      planner.sessions(implants, micros(description.period.from));
      seen.push(...planner.events);
    }
    const visible = (ts: number): boolean =>
      sensor.id !== outage.sensor || ts < outage.from - 10 * SECOND || ts >= outage.to + 10 * SECOND;
    events.set(
      sensor.id,
      seen.filter(({ ts }) => visible(ts)).sort((a, b) => a.ts - b.ts),
    );
  }
  return { rhythm, infrastructure, outage, events };
}
