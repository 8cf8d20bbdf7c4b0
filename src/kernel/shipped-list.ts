import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { LongwatchError, messageOf } from "./errors.js";
import { packageRoot } from "./package-root.js";

/**
 * A YAML file that comes with the program, read once, when it is first asked for.
 * @param what as a message names it, e.g. `The list of providers`
 * @param path from the package's root
 * @param read checks and shapes what the file holds
 * @returns what gives the list; it throws LW_CONFIG where the file was damaged
 */
export function shippedList<List>(what: string, path: string, read: (content: unknown) => List): () => List {
  let loaded: { list: List } | undefined;
  return () => {
    loaded ??= { list: load(what, join(packageRoot, path), read) };
    return loaded.list;
  };
}

function load<List>(what: string, file: string, read: (content: unknown) => List): List {
  try {
    return read(parseYaml(readFileSync(file, "utf8")));
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `${what} cannot be read (${messageOf(error)}): install Longwatch again.`,
      { file },
      error,
    );
  }
}
