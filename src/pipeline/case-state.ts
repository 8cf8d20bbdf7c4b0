import type { Store } from "../store/port.js";

/** What was worked out from the last detection and is gone with the next: JSON. */
export const DERIVED_STATE = ["replay", "detection_limits"] as const;

/** What the case notes about itself, one text by key. */
export type CaseStateKey =
  | "schema_version"
  /** Digest of the statements that made its tables. */
  | "schema"
  | "configuration"
  | "derived_from"
  | "detected_from"
  | (typeof DERIVED_STATE)[number];

export async function caseState(store: Store, key: CaseStateKey): Promise<string | undefined> {
  return (await read(store, key))?.value;
}

export async function setCaseState(store: Store, key: CaseStateKey, value: string): Promise<void> {
  const before = await read(store, key);
  if (before?.value === value) return;
  // The version only has to grow; a clock would make two runs differ.
  await store.insert("case_state", [{ key, value, version: (before?.version ?? 0) + 1 }]);
}

async function read(
  store: Store,
  key: CaseStateKey,
): Promise<{ value: string; version: number } | undefined> {
  const [row] = await store.query<{ value: string; version: number }>(
    "SELECT value, version FROM case_state FINAL WHERE key = {key:String}",
    { key },
  );
  return row;
}
