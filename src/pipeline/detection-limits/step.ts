import { wouldBeSuspected } from "../../assess/index.js";
import { groupBy, unique } from "../../kernel/group-by.js";
import { type Progress, silentProgress } from "../../kernel/progress.js";
import type { DetectionLimits, DetectionMeasure, LimitKind } from "../../model/detection-limits.js";
import { type Finding, severityRank } from "../../model/finding.js";
import type { Organisation } from "../../model/organisation.js";
import {
  plantingOf,
  randomOf,
  type Shape,
  sample,
  serverOf,
  shapes as shippedShapes,
} from "../../plant/index.js";
import type { Case } from "../case.js";
import { runDetectors } from "../detect.js";
import { detectInput } from "../hunt.js";
import type { Settings } from "../settings.js";
import { keepDetectionLimits } from "./kept.js";
import { limitsOf, type Outcome, wasSeen } from "./ladder.js";
import { type Place, placesOf } from "./places.js";
import { dropPlants, type Plant, showPlants } from "./planted-batch.js";
import { configWithRoom, fitsCap } from "./room.js";
import { sortByServer } from "./seen.js";

export interface LimitOptions {
  plantings: number;
  seed: number;
  /** Those that are shipped unless told otherwise. */
  shapes?: readonly Shape[];
}

/** One shape at one place, on its way down the levels. */
interface Trial {
  place: Place;
  shape: Shape;
  outcomes: Outcome[];
  /** Why a level does not fit into the telemetry, the last that was said. */
  reason: string | undefined;
  /** A level was not seen: weaker ones are not tried. */
  isOver: boolean;
}

/**
 * How much could hide: shapes of known campaigns are planted beside the case's own records, level by level from the strongest, and the detectors run
 * over both. Every organisation and sensor has a server of its own for each shape, so that none makes another's less rare. A shape goes on
 * to its next level where every planting was seen. The records of the case are not touched, and nothing planted outlasts the step
 * ({@link PLANTED}); the answer is kept in the case for the report.
 */
export async function detectionLimitsStep(
  openCase: Case,
  settings: Settings,
  { plantings, seed, shapes = shippedShapes() }: LimitOptions,
  progress: Progress,
): Promise<DetectionLimits> {
  const { store, manifest } = openCase;
  const places = await placesOf(store);
  const trials = places.flatMap((place) =>
    shapes.map((shape): Trial => ({ place, shape, outcomes: [], reason: undefined, isOver: false })),
  );
  const used = await addressesInUse(openCase);
  const levels = Math.max(...shapes.map((shape) => shape.levels.length));
  let runs = 0;
  try {
    for (let level = 0; level < levels; level++) {
      const trying = trials.filter((trial) => !trial.isOver && fits(trial, level, plantings, seed));
      for (let planting = 0; planting < plantings; planting++) {
        const current = trying.filter(({ isOver }) => !isOver);
        if (current.length === 0) break;
        progress.report({
          step: "detection-limits",
          done: level * plantings + planting,
          total: levels * plantings,
          unit: "steps",
          item: `level ${level + 1} of ${levels}`,
        });
        const planted = current.map((trial) => plant(trial, level, planting, seed));
        const taken = new Set(used);
        const plants = planted.map(({ trial, host, contacts, random }) => ({
          place: trial.place,
          host,
          contacts,
          server: serverOf(trial.shape, random, taken),
        }));
        const results = await detectPlants(openCase, settings, plants);
        runs++;
        for (const [index, { trial, days }] of planted.entries()) {
          const detectors = results[index];
          if (detectors === undefined) continue;
          const outcome = { level, planting, days, detectors };
          trial.outcomes.push(outcome);
          trial.isOver = !wasSeen(outcome);
        }
      }
    }
  } finally {
    await dropPlants(store, manifest);
  }
  const limits: DetectionLimits = {
    plantings,
    seed,
    runs,
    shapes: shapes.map(({ id, kind, title, what, sources, levels: some }) => ({
      id,
      kind,
      title,
      what,
      sources,
      levels: some.map((level) => ({ ...level })),
    })),
    measures: measuresOf(settings.directory.organisations, shapes, trials, plantings),
  };
  await keepDetectionLimits(store, limits);
  progress.finish("detection-limits", "");
  return limits;
}

/** Addresses of the space of planted servers that the case has itself. */
async function addressesInUse({ store }: Case): Promise<string[]> {
  const rows = await store.query<{ address: string }>(
    `SELECT DISTINCT replaceOne(toString(ip), '::ffff:', '') AS address FROM (SELECT src_ip AS ip FROM contact_hourly UNION ALL SELECT dst_ip FROM contact_hourly)
     WHERE ip BETWEEN toIPv6('198.18.0.0') AND toIPv6('198.19.255.255')`,
  );
  return rows.map(({ address }) => address);
}

/** What makes one planting what it is: the same host for all levels, so that levels differ in strength alone. */
function words(
  { place, shape }: Trial,
  planting: number,
  seed: number,
): [number, string, string, string, number] {
  return [seed, place.orgId, place.sensorId, shape.id, planting];
}

/** Whether all plantings of a level fit into the telemetry. */
function fits(trial: Trial, level: number, plantings: number, seed: number): boolean {
  if (level >= trial.shape.levels.length) return false;
  for (let planting = 0; planting < plantings; planting++) {
    const made = plantingOf(
      trial.shape,
      level,
      trial.place.hours,
      randomOf(...words(trial, planting, seed), level),
    );
    if ("contacts" in made) continue;
    trial.reason = made.reason;
    return false;
  }
  return true;
}

function plant(trial: Trial, level: number, planting: number, seed: number) {
  const random = randomOf(...words(trial, planting, seed), level);
  const made = plantingOf(trial.shape, level, trial.place.hours, random);
  const [host] = sample(randomOf(...words(trial, planting, seed), "host"), trial.place.hosts, 1);
  if (!("contacts" in made) || host === undefined)
    throw new Error("a level that fits has contacts and a host");
  return { trial, host, random, ...made };
}

/** What the detectors make of each plant. */
async function detectPlants(
  openCase: Case,
  settings: Settings,
  plants: readonly Plant[],
): Promise<Record<LimitKind, string[]>[]> {
  const { store, manifest } = openCase;
  const { config, directory } = settings;
  await dropPlants(store, manifest);
  await showPlants(store, manifest, plants);
  const input = detectInput(
    openCase,
    { ...settings, config: configWithRoom(config, plants.length) },
    silentProgress,
  );
  const { findings } = await runDetectors(input);
  const { about, real } = sortByServer(
    findings,
    plants.map(({ server }) => server),
  );
  const told = about.map((some) => some.filter((finding) => fitsCap(config, finding, real)));
  const suspected = await wouldBeSuspected(
    (sql, parameters, options) => store.query(sql, parameters, options),
    told.map((some, index) => ({ orgId: plants[index]?.place.orgId ?? "", findings: some })),
    directory,
  );
  return told.map((some, index) => ({
    listed: detectorsOf(some),
    medium: detectorsOf(some.filter(isTelling)),
    suspected: suspected[index] ? detectorsOf(some.filter(isTelling)) : [],
  }));
}

const isTelling = ({ severity }: Finding): boolean => severityRank(severity) >= severityRank("medium");

const detectorsOf = (findings: readonly Finding[]): string[] =>
  unique(findings.map(({ detector }) => detector)).sort();

/** Every organisation of the inventory, also those where nothing could be planted. */
function measuresOf(
  organisations: ReadonlyMap<string, Organisation>,
  shapes: readonly Shape[],
  trials: readonly Trial[],
  plantings: number,
): DetectionMeasure[] {
  const byOrg = groupBy(trials, ({ place }) => place.orgId);
  return [...organisations.values()].flatMap(({ orgId, name }) => {
    const own = byOrg.get(orgId);
    if (own === undefined)
      return shapes.map(({ id }) => ({
        org_id: orgId,
        name,
        sensor_id: "",
        shape: id,
        reason: "no sensor of connections saw a host of it open one to the outside",
        ...limitsOf([], plantings),
      }));
    return own.map(({ place, shape, outcomes, reason }) => ({
      org_id: orgId,
      name,
      sensor_id: place.sensorId,
      shape: shape.id,
      reason: outcomes.length > 0 ? null : (reason ?? "nothing was planted"),
      ...limitsOf(outcomes, plantings),
    }));
  });
}
