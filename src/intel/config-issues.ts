import type { z } from "zod";
import { quoted } from "./text/problems.js";
import { didYouMean } from "./text/suggest.js";

/** What is wrong with a key of the configuration, in words for its author. */
export interface ConfigIssue {
  path: readonly PropertyKey[];
  message: string;
}

type Issue = z.core.$ZodIssue;

const shownPath = (path: readonly PropertyKey[]): string =>
  path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`,
    )
    .join("");

/** Of the branches of a union the one that got furthest: `path` missing in a mapping tells more than "expected string". */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
  const [first = [], ...others] = branches;
  return others.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best), first);
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      // Zod leaves the input out of the issue; its own sentence names what it received.
      return issue.message.endsWith("received undefined")
        ? `is missing (${issue.expected})`
        : `must be of type ${issue.expected}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

/** Keys that stand where an unknown one was found. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

export function configIssues(
  issues: readonly Issue[],
  knownKeys: KnownKeys,
  base: readonly PropertyKey[] = [],
): ConfigIssue[] {
  return issues.flatMap((issue): ConfigIssue[] => {
    const path = [...base, ...issue.path];
    if (issue.code === "invalid_union") {
      const branch = bestBranch(issue.errors);
      return branch.length === 0
        ? [{ path, message: `${shownPath(path)} has a wrong form` }]
        : configIssues(branch, knownKeys, path);
    }
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const known = knownKeys(path);
        const where = path.length === 0 ? "" : ` in ${shownPath(path)}`;
        const hint = didYouMean(key, known) || (known.length === 0 ? "" : `; known: ${known.join(", ")}`);
        return { path: [...path, key], message: `unknown key ${quoted(key)}${where}${hint}` };
      });
    }
    return [{ path, message: `${path.length === 0 ? "the file" : shownPath(path)} ${describe(issue)}` }];
  });
}
