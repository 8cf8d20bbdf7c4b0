import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { LongwatchError, messageOf } from "../kernel/errors.js";
import { packageRoot } from "../kernel/package-root.js";
import { TACTICS, type Tactic } from "../model/incident.js";

const fileSchema = z.strictObject({
  version: z.string(),
  tactics: z.record(z.enum(TACTICS), z.array(z.string().regex(/^T\d{4}$/))),
});

let loaded: ReadonlyMap<string, readonly Tactic[]> | undefined;

/**
 * Tactics of a technique or sub-technique (`T1059.001`), in the order of ATT&CK's matrix; empty for one that Enterprise 18.1 does not have.
 * @throws LW_CONFIG where the table that comes with the program was damaged.
 */
export function tacticsOf(technique: string): readonly Tactic[] {
  loaded ??= read(join(packageRoot, "src", "correlate", "tactics.yaml"));
  return loaded.get(technique.slice(0, 5).toUpperCase()) ?? [];
}

function read(file: string): Map<string, Tactic[]> {
  const table = new Map<string, Tactic[]>();
  try {
    const { tactics } = fileSchema.parse(parseYaml(readFileSync(file, "utf8")));
    for (const tactic of TACTICS)
      for (const technique of tactics[tactic])
        table.set(technique, [...(table.get(technique) ?? []), tactic]);
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `The table of ATT&CK tactics cannot be read (${messageOf(error)}): install Longwatch again.`,
      { file },
      error,
    );
  }
  return table;
}
