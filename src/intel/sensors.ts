import type { Config, SensorSetting } from "../model/config.js";
import { matchesGlob } from "./glob.js";

/** The configured sensor of a file, by its path relative to the hunted folder: the first whose path fits. */
export function sensorFor(config: Config, relativePath: string): SensorSetting | undefined {
  return config.sensors.find((sensor) => sensor.paths.some((pattern) => matchesGlob(pattern, relativePath)));
}

/** Whether the configuration leaves a file out of the ingest. */
export function isExcluded(config: Config, relativePath: string): boolean {
  return config.exclude.some((pattern) => matchesGlob(pattern, relativePath));
}
