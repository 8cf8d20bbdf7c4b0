import { buildCampaign, type Campaign } from "./campaign.js";
import { buildCatalogue, type Catalogue, type Site } from "./catalogue.js";
import { daysOf, Rota } from "./clock.js";
import { type Description, loadDescription } from "./description.js";
import { buildSensors, type Host, type Sensor } from "./organisations.js";
import { rngFor } from "./rng.js";
import { buildScenes, type Scene } from "./scenes.js";

/** A machine that reports to its service at fixed intervals, honestly. */
export interface Poller {
  host: Host;
  site: Site;
  period: number;
  phase: number;
  sent: number;
  received: number;
}

/** Everything that is decided before the first row: a function of scenario, seed and scale alone. */
export interface World {
  description: Description;
  seed: number;
  scale: number;
  days: number[];
  sensors: Sensor[];
  catalogue: Catalogue;
  campaign: Campaign;
  scenes: Scene[];
  /** The few sites that each organisation visits again and again, by its id. */
  habits: Map<string, Site[]>;
  pollers: Map<string, Poller[]>;
  rota: Rota;
  /** Ordinary connections over the whole period. */
  ordinary: number;
}

/** Rows held in memory at once, for one log of one sensor. */
const SLICE_ROWS = 20000;
const POLLER_SHARE = 0.07;

function buildPollers(
  sensors: Sensor[],
  catalogue: Catalogue,
  seed: number,
  perDay: number,
): Map<string, Poller[]> {
  const pollers = new Map<string, Poller[]>(sensors.map((sensor) => [sensor.id, []]));
  const slowest = [...catalogue.agents].sort((a, b) => b.seconds - a.seconds);
  const rng = rngFor(seed, "pollers");
  let expected = 0;
  for (let n = 0; n < 6 || expected < perDay * POLLER_SHARE; n++) {
    const sensor = rng.pick(sensors);
    // The first ones are slow, so that small runs have some at all.
    const agent = n < 6 ? slowest[n % 3] : rng.pick(catalogue.agents);
    if (!agent) break;
    pollers.get(sensor.id)?.push({
      host: rng.pick(sensor.hosts),
      site: agent.site,
      period: agent.seconds * 1e6,
      phase: Math.floor(rng.float() * agent.seconds * 1e6),
      sent: 400 + rng.int(1500),
      received: 300 + rng.int(3000),
    });
    expected += 86400 / agent.seconds;
  }
  return pollers;
}

export function buildWorld(scenario: string, seed: number, scale: number): World {
  const description = loadDescription(scenario);
  const days = daysOf(description.period.from, description.period.to);
  const sensors = buildSensors(description, seed, scale);
  const catalogue = buildCatalogue(description, seed);
  const campaign = buildCampaign(description, sensors, seed);
  let planned = 0;
  for (const events of campaign.events.values()) planned += events.length * 1.8; // with their name look-ups
  const total = description.connections * scale;
  // The campaign does not grow or shrink; where it would crowd out the rest, the total is larger than asked.
  const ordinary = Math.max(total - planned, total * 0.9);
  const habits = new Map<string, Site[]>();
  for (const sensor of sensors) {
    for (const org of sensor.organisations) {
      const rng = rngFor(seed, "habits", org.id);
      habits.set(
        org.id,
        Array.from({ length: 8 }, () => rng.pick(catalogue.small)),
      );
    }
  }
  return {
    description,
    seed,
    scale,
    days,
    sensors,
    catalogue,
    campaign,
    scenes: buildScenes(description, sensors, campaign, catalogue, seed, scale),
    habits,
    pollers: buildPollers(sensors, catalogue, seed, ordinary / days.length),
    rota: new Rota(days, description.office, SLICE_ROWS),
    ordinary,
  };
}
