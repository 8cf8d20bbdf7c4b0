import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../../kernel/package-root.js";
import type { LogSource } from "../rule/model.js";
import { type EventSource, type LogSourceEntry, logSourcesSchema, type TableSource } from "./schema.js";

export {
  type EventSource,
  type LogSourceEntry,
  logSourcesSchema,
  type RuleTable,
  type TableSource,
} from "./schema.js";

const FOLDER = join(packageRoot, "src", "detect", "sigma", "logsource");

/** The log sources that come with Longwatch: every YAML file of this folder. */
export function logSources(): LogSourceEntry[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) =>
      logSourcesSchema.parse(parse(readFileSync(join(FOLDER, name), "utf8"), { merge: true })),
    );
}

/**
 * Where the events stand that a rule asks for; undefined where no entry knows it. An entry fits if the rule says all that it asks; of those that fit, the
 * ones that ask the most count (a category before its product).
 */
function sourcesOf(
  logsource: LogSource,
  entries: readonly LogSourceEntry[],
): (EventSource | TableSource)[] | undefined {
  // `product: windows` does not answer for a category or service that nobody described.
  const more = Object.keys(logsource).length > 1;
  const fitting = entries.filter(
    ({ asks }) =>
      (["product", "category", "service"] as const).every(
        (key) => asks[key] === undefined || asks[key] === logsource[key],
      ) && !(more && asks.product !== undefined && Object.keys(asks).length === 1),
  );
  if (fitting.length === 0) return undefined;
  const most = Math.max(...fitting.map(({ asks }) => Object.keys(asks).length));
  return fitting.filter(({ asks }) => Object.keys(asks).length === most).flatMap(({ sources }) => sources);
}

/** The event logs among them. */
export function eventSourcesOf(logsource: LogSource, entries: readonly LogSourceEntry[]): EventSource[] {
  return (sourcesOf(logsource, entries) ?? []).filter(
    (source): source is EventSource => !("table" in source),
  );
}

/** The tables of network and web logs among them. */
export function tableSourcesOf(logsource: LogSource, entries: readonly LogSourceEntry[]): TableSource[] {
  return (sourcesOf(logsource, entries) ?? []).filter((source): source is TableSource => "table" in source);
}

/** Whether anything is known of the log source. */
export function isKnown(logsource: LogSource, entries: readonly LogSourceEntry[]): boolean {
  return sourcesOf(logsource, entries) !== undefined;
}
