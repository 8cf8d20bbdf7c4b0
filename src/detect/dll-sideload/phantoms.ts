import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";

const listSchema = z.strictObject({
  phantoms: z.array(
    z.strictObject({
      library: z.string().regex(/^[a-z0-9_.-]+\.dll$/),
      loaded_by: z.string().min(1),
      source: z.string().min(1),
    }),
  ),
});

let loaded: ReadonlyMap<string, string> | undefined;

/** `phantoms.yaml`: who loads it, by file name. @throws LW_CONFIG where the list that comes with the program was damaged. */
export function phantoms(): ReadonlyMap<string, string> {
  if (loaded !== undefined) return loaded;
  const file = join(packageRoot, "src", "detect", "dll-sideload", "phantoms.yaml");
  try {
    const { phantoms: list } = listSchema.parse(parseYaml(readFileSync(file, "utf8")));
    loaded = new Map(list.map(({ library, loaded_by }) => [library, loaded_by]));
    return loaded;
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `The list of phantom libraries cannot be read (${messageOf(error)}): install Longwatch again.`,
      { file },
      error,
    );
  }
}
