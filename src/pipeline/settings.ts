import { dirname, relative, resolve, sep } from "node:path";
import type { AllowList, CalendarChoice } from "../detect/port.js";
import { DETECTORS } from "../detect/registry.js";
import { calendar, defaultCalendars, offeredCalendars } from "../intel/calendars/index.js";
import {
  buildAllowList,
  buildDirectory,
  checkDetectors,
  findConfig,
  loadConfig,
  loadWatchlists,
  sensorFor,
} from "../intel/index.js";
import { unique } from "../kernel/group-by.js";
import type { Config } from "../model/config.js";
import type { Indicator } from "../model/indicator.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import type { Case } from "./case.js";
import { caseState, setCaseState } from "./case-state.js";
import type { SensorAssignment } from "./ingest/sensor.js";

/** Everything the user brings besides telemetry, read and checked before any work begins. */
export interface Settings {
  config: Config;
  directory: OrganisationDirectory;
  indicators: readonly Indicator[];
  allow: AllowList;
  calendars: CalendarChoice;
  /** Folders and files with Sigma rules, beside our own. */
  rulePaths: readonly string[];
  warnings: readonly string[];
}

/**
 * @param given path of `--config`; else a `longwatch.yaml` in one of the hunted folders.
 * @throws LW_CONFIG, LW_INVENTORY, LW_WATCHLIST
 */
export function loadSettings(given: string | undefined, inputs: readonly string[]): Settings {
  const config = loadConfig(
    given ?? inputs.map((input) => findConfig(input)).find((found) => found !== undefined),
  );
  checkDetectors(
    config,
    DETECTORS.map((detector) => detector.manifest),
  );
  const directory = buildDirectory(config);
  const watched = loadWatchlists(config);
  const calendars = calendarChoice(config);
  return {
    config,
    directory,
    indicators: watched.indicators,
    allow: buildAllowList(config),
    calendars,
    rulePaths: config.sigmaRules,
    warnings: [
      ...config.warnings,
      ...directory.warnings,
      ...watched.warnings,
      ...unknownCalendars(config, calendars),
    ],
  };
}

function calendarChoice({ home, calendars }: Config): CalendarChoice {
  return {
    asked: unique([...home.countries, ...(calendars ?? defaultCalendars())]),
    home: unique(home.countries),
    homeTimeZone: home.timeZone,
    of: calendar,
  };
}

function unknownCalendars({ file }: Config, { asked }: CalendarChoice): string[] {
  const offered = new Set(offeredCalendars());
  return asked
    .filter((country) => !offered.has(country))
    .map(
      (country) =>
        `${file ?? "longwatch.yaml"}: no calendar of ${country} is shipped, so its holidays will be answered "unknown"; there are ${[...offered].join(", ")}`,
    );
}

/** Notes in the case which configuration it is worked with, so that `detect` and `report` need not be told again. */
export async function rememberConfiguration({ store }: Case, { config }: Settings): Promise<void> {
  await setCaseState(store, "configuration", config.file === undefined ? "" : resolve(config.file));
}

/** The settings given, or those that the case was worked with last. */
export async function settingsOfCase({ store }: Case, given: string | undefined): Promise<Settings> {
  if (given !== undefined) return loadSettings(given, []);
  const file = await caseState(store, "configuration");
  return loadSettings(file === "" ? undefined : file, []);
}

/** Files that belong to the configuration and are no telemetry, though they may lie in the hunted folder. */
export function configurationFiles(config: Config): string[] {
  return [
    config.file,
    config.organisations,
    config.assets,
    config.hijackLibs,
    ...config.knowledge,
    ...config.watchlists.map((list) => list.path),
  ].filter((path) => path !== undefined);
}

/** The sensor of a file: by its path below the hunted folder, or below the folder of the configuration. */
export function configuredSensor(
  config: Config,
  path: string,
  relativePath: string,
): SensorAssignment | undefined {
  const sensor = sensorFor(config, relativePath) ?? sensorBelowConfig(config, path);
  return (
    sensor && {
      id: sensor.id,
      realm: sensor.realm,
      tlp: sensor.tlp,
      owner: sensor.owner,
      sharingGroup: sensor.sharingGroup,
    }
  );
}

function sensorBelowConfig(config: Config, path: string) {
  if (config.file === undefined) return undefined;
  const below = relative(dirname(resolve(config.file)), resolve(path))
    .split(sep)
    .join("/");
  return below.startsWith("../") ? undefined : sensorFor(config, below);
}
