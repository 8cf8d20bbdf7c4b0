/** Who saw a log, and under which marking it is shared. */
export interface SensorAssignment {
  id: string;
  realm: string;
  tlp: string;
  owner: string;
  sharingGroup: string;
}

export const DEFAULT_SENSOR: SensorAssignment = {
  id: "default",
  realm: "default",
  tlp: "amber",
  owner: "",
  sharingGroup: "",
};

/** Folder names that say when or what, not who: `2024-04-19`, `20240419`, `2024`, `08`, `logs`, `zeek`, `current`. */
const NOT_A_SENSOR =
  /^(\d{4}([-_.]?\d{2}){0,2}|\d{1,2}|logs?|zeek|bro|suricata|eve|netflow|nfdump|current|archive|spool|data)$/i;

/**
 * The sensor of a log: as configured; else as the path says (the first folder below the hunted one that is not a date or a kind of
 * log); else as the log itself says; else `default`. Without a configuration all share one realm.
 */
export function sensorOf(
  configured: SensorAssignment | undefined,
  relativePath: string,
  inLog: string | undefined,
): SensorAssignment {
  if (configured) return configured;
  const folder = relativePath
    .split("/")
    .slice(0, -1)
    .find((name) => !NOT_A_SENSOR.test(name));
  const id = folder ?? (inLog !== undefined && inLog !== "" ? inLog.slice(0, 200) : undefined);
  return id === undefined ? DEFAULT_SENSOR : { ...DEFAULT_SENSOR, id };
}
