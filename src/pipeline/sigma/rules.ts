import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import {
  checkRules,
  type LogSourceEntry,
  logSources,
  logSourcesSchema,
  MOST_BYTES,
  parseRules,
  type RuleProblem,
  type RuleSet,
  type SigmaRule,
} from "../../detect/sigma/index.js";
import { readYaml } from "../../intel/index.js";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";
import type { CheckedRule } from "../../model/sigma.js";
import { walkInput } from "../ingest/walk.js";

/** Files that help to read rules. */
interface RuleHelp {
  /** Values of placeholders. */
  placeholders?: string | undefined;
  /** Log sources beside those that come with Longwatch. */
  logSources?: readonly string[] | undefined;
}

/** Those that can be run, and what became of all. */
export interface LoadedRules extends RuleSet {
  /** Every document of every file, with its outcome. */
  checked: CheckedRule[];
  files: number;
}

/** The rules that come with Longwatch. */
const OWN_RULES = join(packageRoot, "rules");

const placeholdersSchema = z.record(z.string(), z.array(z.string()));

/**
 * Values of placeholders: a YAML map of name (without percent signs) to a list of texts.
 * @throws LW_CONFIG with the file
 */
function readPlaceholders(file: string): Map<string, string[]> {
  try {
    return new Map(Object.entries(placeholdersSchema.parse(parse(readFileSync(file, "utf8")))));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? "it is not a map of names to lists of texts" : messageOf(error);
    throw new LongwatchError("LW_CONFIG", `the placeholders cannot be read: ${reason}`, { file });
  }
}

/**
 * Log sources in a file of the user's, of the form of ours.
 * @throws LW_CONFIG with file and line
 */
function readLogSources(file: string): LogSourceEntry[] {
  const { value, lineOf } = readYaml(file, "LW_CONFIG");
  const { data, error } = logSourcesSchema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  throw new LongwatchError(
    "LW_CONFIG",
    `is no list of log sources: ${path.length === 0 ? "" : `${path.join(".")}: `}${issue?.message}`,
    { file, line: lineOf(path) },
  );
}

/**
 * All rule files (.yml, .yaml) below the given folders, or our own. A file that cannot be read is an outcome, not the end.
 * @throws LW_INPUT_MISSING where a path does not exist, LW_INPUT_EMPTY where there is no rule file
 */
export function loadRules(paths: readonly string[] = [OWN_RULES], help: RuleHelp = {}): LoadedRules {
  const { files, unreadable } = walkInput(paths, []);
  const entries = [...logSources(), ...(help.logSources ?? []).flatMap(readLogSources)];
  const own = files.filter(({ path }) => /\.ya?ml$/i.test(path));
  if (own.length === 0)
    throw new LongwatchError("LW_INPUT_EMPTY", "there is no Sigma rule (.yml) in it", {
      file: paths.join(", "),
    });
  const placeholders = help.placeholders === undefined ? new Map() : readPlaceholders(help.placeholders);
  const rules: SigmaRule[] = [];
  const problems: RuleProblem[] = unreadable.map(({ path, reason }) => problem(path, reason));
  for (const { path, bytes } of own) {
    if (bytes > MOST_BYTES) {
      problems.push(problem(path, `the file has ${bytes} bytes: more than a rule file ever needs`));
      continue;
    }
    try {
      const parsed = parseRules(readFileSync(path, "utf8"), path, placeholders);
      rules.push(...parsed.rules);
      problems.push(...parsed.problems);
    } catch (error) {
      problems.push(problem(path, messageOf(error)));
    }
  }
  const { runnable, checked } = checkRules(rules, problems, entries);
  return { rules: runnable, logSources: entries, checked, files: own.length };
}

/** The rules of a hunt: our own, and those of the user's folders beside them. Of two with one id ours counts. */
export function huntRules(paths: readonly string[], logSourceFiles: readonly string[]): RuleSet {
  return loadRules([OWN_RULES, ...paths], { logSources: logSourceFiles });
}

function problem(path: string, reason: string): RuleProblem {
  return { path, line: 1, ruleId: "", title: "", status: "invalid", reason };
}
