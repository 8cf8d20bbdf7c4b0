import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { LongwatchError, messageOf } from "../kernel/errors.js";
import type { DllHijack, HijackCatalogue, VulnerableProgram } from "../model/dll-hijack.js";

/** More entries than the public catalogue will have for long: what is more is another folder. */
const MOST_FILES = 20_000;
const MOST_BYTES = 1024 * 1024;

/** What is read of an entry (https://github.com/wietze/HijackLibs, template.yml); everything else is ignored. */
const entrySchema = z.object({
  Name: z.string().min(1),
  ExpectedLocations: z.array(z.string()).nullish(),
  VulnerableExecutables: z.array(z.object({ Path: z.string().min(1), Type: z.string().nullish() })).nullish(),
});

/**
 * A catalogue of libraries that can be side-loaded, in the form of HijackLibs: one YAML file an entry, in any folders below. It is the user's: it is
 * read when detectors ask for it, and is no part of Longwatch. Files that are no entry are counted.
 *
 * @throws LW_CONFIG where the folder cannot be read or no file in it is an entry
 */
export function readHijackLibs(folder: string): HijackCatalogue {
  const fail = (message: string) => new LongwatchError("LW_CONFIG", message, { file: folder });
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.ya?ml$/i.test(name))
      .sort();
  } catch (error) {
    throw fail(`the catalogue of side-loading pairs cannot be read: ${messageOf(error)}`);
  }
  if (names.length > MOST_FILES)
    throw fail(`has ${names.length} YAML files: more than a catalogue of side-loading pairs`);
  const entries: DllHijack[] = [];
  let unreadable = 0;
  for (const name of names) {
    try {
      entries.push(readEntry(join(folder, name)));
    } catch {
      unreadable++;
    }
  }
  if (entries.length === 0) throw fail("no file in it is an entry of HijackLibs (YAML with Name)");
  return { entries, unreadable };
}

function readEntry(file: string): DllHijack {
  if (statSync(file).size > MOST_BYTES) throw new Error("larger than any entry");
  const entry = entrySchema.parse(parseYaml(readFileSync(file, "utf8"), { maxAliasCount: 10 }));
  // A program that only loads the library with a changed environment variable is not side-loading: it stays at home.
  const programs = (entry.VulnerableExecutables ?? [])
    .filter(({ Type }) => Type !== "Environment Variable")
    .map(({ Path }) => program(Path));
  return { library: entry.Name.toLowerCase(), expected: entry.ExpectedLocations ?? [], programs };
}

function program(path: string): VulnerableProgram {
  const at = path.lastIndexOf("\\");
  return { name: path.slice(at + 1).toLowerCase(), home: at < 0 ? "" : path.slice(0, at) };
}
