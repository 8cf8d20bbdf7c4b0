import { z } from "zod";
import { LongwatchError } from "../../kernel/errors.js";
import {
  entryFileSchema,
  type KnowledgeEntry,
  type SuccessorsFile,
  successorsFileSchema,
} from "../../model/knowledge.js";
import { type ConfigIssue, configIssues } from "../config-issues.js";
import { keysAt } from "../schema-keys.js";
import { field } from "../text/json.js";
import { Problems } from "../text/problems.js";
import { parseYaml } from "../yaml-file.js";
import { entryIssues, successorsIssues } from "./file-issues.js";

/** What a file of a knowledge folder holds. */
export type KnowledgeFile =
  | { kind: "entry"; path: string; entry: KnowledgeEntry }
  | { kind: "successors"; path: string; successors: SuccessorsFile };

/** Imported knowledge is thousands of files of JSON. Undefined where the text is none: YAML, or broken. */
function asJson(text: string): unknown {
  if (text[0] !== "{") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the file holds as JSON, where it is that and all is well: the way that asks for no line numbers. */
function parseQuickly(text: string, path: string): KnowledgeFile | undefined {
  const value = asJson(text);
  if (value === undefined) return undefined;
  if (field(value, "kind") === "attack-successors") {
    const { success, data } = successorsFileSchema.safeParse(value);
    return success && successorsIssues(data).length === 0
      ? { kind: "successors", path, successors: data }
      : undefined;
  }
  const { success, data } = entryFileSchema.safeParse(value);
  return success && entryIssues(data, path).length === 0 ? { kind: "entry", path, entry: data } : undefined;
}

/**
 * Reads one file. `path` is for messages, and its last part must be the entry's id.
 * @throws LongwatchError LW_KNOWLEDGE with file and line, and every problem of the file in one message
 */
export function parseKnowledge(text: string, path: string): KnowledgeFile {
  const quick = parseQuickly(text, path);
  if (quick !== undefined) return quick;
  const file = parseYaml(text, path, "LW_KNOWLEDGE");
  if (file.value === null || file.value === undefined)
    throw new LongwatchError("LW_KNOWLEDGE", "is empty: docs/adding-knowledge.md shows what belongs in it", {
      file: path,
    });
  const problems = new Problems("LW_KNOWLEDGE", path);
  const report = (issues: readonly ConfigIssue[]): void => {
    for (const issue of issues) problems.add(file.lineOf(issue.path), issue.message);
    problems.throwIfAny();
  };
  const checked = <Output>(schema: z.ZodType<Output>): Output => {
    const parsed = schema.safeParse(file.value);
    if (parsed.success) return parsed.data;
    const jsonSchema = z.toJSONSchema(schema, { io: "input" });
    report(configIssues(parsed.error.issues, (at) => keysAt(jsonSchema, at)));
    throw parsed.error;
  };
  if (field(file.value, "kind") === "attack-successors") {
    const successors = checked(successorsFileSchema);
    report(successorsIssues(successors));
    return { kind: "successors", path, successors };
  }
  const entry = checked(entryFileSchema);
  report(entryIssues(entry, path));
  return { kind: "entry", path, entry };
}
