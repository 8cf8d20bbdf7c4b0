import type { LogSourceEntry } from "../logsource/index.js";
import type { SigmaRule } from "../rule/model.js";
import { huntEvents } from "./hunt-events.js";
import { huntTables } from "./hunt-tables.js";
import type { StoredEvents, StoredMatch } from "./stored-record.js";

/**
 * Tests rules on what a case has, in the engine: only rows that match leave it. The same answers as the matcher gives for the events one by one. Matches
 * come rule set by rule set, in each by time; each rule once for an event.
 */
export async function* huntStored(
  store: StoredEvents,
  rules: readonly SigmaRule[],
  entries: readonly LogSourceEntry[],
): AsyncGenerator<StoredMatch> {
  yield* huntEvents(store, rules, entries);
  yield* huntTables(store, rules, entries);
}
