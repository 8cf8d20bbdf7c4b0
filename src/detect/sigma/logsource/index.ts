import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../../kernel/package-root.js";
import type { LogSource } from "../rule/model.js";
import { type EventSource, type LogSourceEntry, logSourcesSchema } from "./schema.js";

export type { EventSource, LogSourceEntry } from "./schema.js";

const FOLDER = join(packageRoot, "src", "detect", "sigma", "logsource");

/** The log sources of hosts that come with Longwatch: every YAML file of this folder. */
export function windowsLogSources(): LogSourceEntry[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) => logSourcesSchema.parse(parse(readFileSync(join(FOLDER, name), "utf8"))));
}

/**
 * Where the events stand that a rule asks for; undefined where no entry knows it. An entry fits if the rule says all that it asks; of those that fit, the
 * ones that ask the most count (a category before its product).
 */
export function sourcesOf(
  logsource: LogSource,
  entries: readonly LogSourceEntry[],
): EventSource[] | undefined {
  const fitting = entries.filter(({ asks }) =>
    (["product", "category", "service"] as const).every(
      (key) => asks[key] === undefined || asks[key] === logsource[key],
    ),
  );
  if (fitting.length === 0) return undefined;
  // `product: windows` does not answer for a category or service that nobody described.
  const said = Object.keys(logsource).length;
  const most = Math.max(...fitting.map(({ asks }) => Object.keys(asks).length));
  if (most === 1 && said > 1 && fitting.every(({ asks }) => asks.product !== undefined)) return undefined;
  return fitting.filter(({ asks }) => Object.keys(asks).length === most).flatMap(({ sources }) => sources);
}
