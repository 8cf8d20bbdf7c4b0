import type { Campaign } from "./campaign.js";
import type { Catalogue, Site } from "./catalogue.js";
import { DAY, HOUR, MINUTE, micros, SECOND } from "./clock.js";
import type { Description } from "./description.js";
import { addressAt, type CampaignServer } from "./infrastructure.js";
import type { Host, Organisation, Sensor } from "./organisations.js";
import { type Rng, rngFor } from "./rng.js";

interface Base {
  ts: number;
  sensor: string;
  host: Host;
}
/** Planned ordinary events: nightly jobs, file servers of an organisation's own, and innocent contacts. */
export type Scene =
  | (Base & { kind: "upload"; site: Site; sent: number; received: number; duration: number })
  | (Base & { kind: "visit"; server: CampaignServer; address: string; port: number })
  | (Base & { kind: "probe"; address: string; port: number; open: boolean });

class SceneWriter {
  readonly scenes: Scene[] = [];
  private readonly zone: number;

  constructor(
    private readonly days: { from: number; to: number },
    description: Description,
  ) {
    this.zone = description.office.utc_offset_minutes * MINUTE;
  }

  private add(scene: Scene): void {
    if (scene.ts >= this.days.from && scene.ts < this.days.to) this.scenes.push(scene);
  }

  /** One job every night: the same few computers, hundreds of megabytes, always the same provider. */
  nightlyJob(rng: Rng, org: Organisation, site: Site, parts: number, megabytes: number): void {
    const host = org.translated ? org.workstations[0] : org.files;
    if (!host) return;
    const starts = rng.between(20, 26.5) * HOUR;
    for (let day = this.days.from - DAY; day < this.days.to; day += DAY) {
      if (rng.chance(0.04)) continue;
      let ts = day - this.zone + starts + rng.between(0, 240) * SECOND;
      for (let part = 0; part < parts; part++) {
        const sent = Math.floor(rng.lognormal((megabytes * 1e6) / parts, 0.5));
        const duration = Math.floor((sent / rng.between(2e6, 9e6)) * SECOND);
        const received = Math.floor(sent * 0.004) + 4000;
        this.add({
          kind: "upload",
          ts: Math.floor(ts),
          sensor: org.sensor,
          host,
          site,
          sent,
          received,
          duration,
        });
        ts += duration + rng.between(1, 30) * SECOND;
      }
    }
  }

  /** Staff keep files on a server of their own: downloads and uploads in office hours. */
  dailyUse(rng: Rng, org: Organisation, site: Site, times: number, megabytes: number): void {
    for (let day = this.days.from; day < this.days.to; day += DAY) {
      for (let n = 0; n < times; n++) {
        const ts = Math.floor(day - this.zone + rng.between(8, 17) * HOUR);
        const sent = Math.floor(rng.lognormal((megabytes * 1e6) / 3, 1.2));
        const received = Math.floor(rng.lognormal((megabytes * 1e6) / 2, 1.4));
        const duration = Math.floor(rng.lognormal(40, 1) * SECOND);
        const weekend = Math.floor((ts + this.zone) / DAY + 4) % 7 === 0;
        if (weekend && !rng.chance(0.1)) continue;
        this.add({
          kind: "upload",
          ts,
          sensor: org.sensor,
          host: rng.pick(org.workstations),
          site,
          sent,
          received,
          duration,
        });
      }
    }
  }

  /** Somebody follows a link to one of the campaign's servers, once. */
  singleVisit(rng: Rng, org: Organisation, campaign: Campaign): void {
    const server = rng.pick(campaign.infrastructure.servers);
    const day = this.days.from + (20 + rng.int(60)) * DAY;
    const ts = Math.floor(day - this.zone + rng.between(9, 16) * HOUR);
    const address = addressAt(server, ts);
    const port = campaign.infrastructure.ports.get(address)?.[0] ?? 443;
    this.add({
      kind: "visit",
      ts,
      sensor: org.sensor,
      host: rng.pick(org.workstations),
      server,
      address,
      port,
    });
  }

  /** A survey of the Internet: a few hundred addresses in one night, the campaign's among them. */
  survey(rng: Rng, org: Organisation, campaign: Campaign, targets: number): void {
    const host = org.workstations[org.workstations.length - 1];
    if (!host) return;
    const begin = this.days.from + (30 + rng.int(30)) * DAY - this.zone + 22 * HOUR;
    const known = [...campaign.infrastructure.ports.keys()];
    for (let n = 0; n < targets; n++) {
      const ts = Math.floor(begin + (n / targets) * 2 * HOUR + rng.int(900000));
      const random = `${20 + rng.int(180)}.${rng.int(256)}.${rng.int(256)}.${1 + rng.int(254)}`;
      const target = n % 40 === 7 ? known[Math.floor(n / 40)] : undefined;
      const port = rng.pick([443, 80, 8443, 22]);
      const open = target !== undefined ? port === 443 : rng.chance(0.08);
      this.add({ kind: "probe", ts, sensor: org.sensor, host, address: target ?? random, port, open });
    }
  }
}

export function buildScenes(
  description: Description,
  sensors: Sensor[],
  campaign: Campaign,
  catalogue: Catalogue,
  seed: number,
  scale: number,
): Scene[] {
  const organisations = sensors.flatMap((sensor) => sensor.organisations);
  const period = {
    from: micros(description.period.from),
    to: micros(description.period.to) + DAY - 10 * SECOND,
  };
  const writer = new SceneWriter(period, description);
  const rng = rngFor(seed, "scenes");
  const owned = new Set(catalogue.own.map((own) => own.organisation));
  const providers = catalogue.kinds.backup ?? [];
  for (const org of organisations) {
    const subscribes = rngFor(seed, "backup", org.id);
    // Two thirds of all organisations pay a provider; a small run keeps a few of them.
    if (owned.has(org.id) || !subscribes.chance(scale < 0.5 ? 0.2 : 0.66)) continue;
    const parts = scale < 0.5 ? 1 : 2 + subscribes.int(5);
    writer.nightlyJob(subscribes, org, subscribes.pick(providers), parts, subscribes.lognormal(900, 0.9));
  }
  for (const own of catalogue.own) {
    const org = organisations.find((candidate) => candidate.id === own.organisation);
    if (!org) throw new Error(`simulate: services.yaml: unknown organisation "${own.organisation}"`);
    if (own.night) writer.nightlyJob(rng, org, own.site, scale < 0.5 ? 1 : 3, own.megabytes);
    else writer.dailyUse(rng, org, own.site, scale < 0.5 ? 2 : 9, own.megabytes);
  }
  const clean = organisations.filter((org) => !org.victim);
  for (const org of rng.shuffled(clean).slice(0, 4)) writer.singleVisit(rng, org, campaign);
  const surveyor = clean.find((org) => org.id === description.researchScanner);
  if (surveyor) writer.survey(rng, surveyor, campaign, 300);
  return writer.scenes.filter((scene) => {
    const { outage } = campaign;
    return scene.sensor !== outage.sensor || scene.ts < outage.from - 10 * SECOND || scene.ts >= outage.to;
  });
}
