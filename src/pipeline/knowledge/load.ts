import { join, relative, sep } from "node:path";
import {
  buildBase,
  type KnowledgeBase,
  type KnowledgeFile,
  parseKnowledge,
} from "../../intel/knowledge/index.js";
import { decodeText } from "../../intel/text/read-text.js";
import { LongwatchError } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";
import type { KnowledgeChecked } from "../../model/knowledge-view.js";
import { walkInput } from "../ingest/walk.js";
import { readWhole } from "./read-whole.js";

/** The knowledge that comes with Longwatch. */
export const OWN_KNOWLEDGE = join(packageRoot, "knowledge");

/** Larger than any entry; what is larger is another file. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A feed of a hundred thousand entries is one that nobody reads; ATT&CK has a thousand. */
const MOST_FILES = 100_000;

/** How a file is called in what is printed: our own by their place in the package. */
function shownPath(path: string): string {
  return path.startsWith(OWN_KNOWLEDGE + sep) ? relative(packageRoot, path) : path;
}

function filesIn(paths: readonly string[]): string[] {
  const { files, unreadable } = walkInput(paths, []);
  const [bad] = unreadable;
  if (bad !== undefined) throw new LongwatchError("LW_KNOWLEDGE", bad.reason, { file: bad.path });
  const found = files.map(({ path }) => path).filter((path) => /\.(?:ya?ml|json)$/i.test(path));
  if (found.length === 0)
    throw new LongwatchError("LW_KNOWLEDGE", "there is no file of knowledge (.yaml, .json) in it", {
      file: paths.join(", "),
    });
  if (found.length > MOST_FILES)
    throw new LongwatchError("LW_KNOWLEDGE", `has ${found.length} files: is it the right folder?`, {
      file: paths.join(", "),
    });
  return found;
}

async function readOne(path: string): Promise<KnowledgeFile> {
  const shown = shownPath(path);
  const bytes = await readWhole(path, shown, MOST_BYTES);
  return parseKnowledge(decodeText(bytes, "LW_KNOWLEDGE", shown), shown);
}

/**
 * Our own knowledge and that of the given folders and files.
 * @throws LW_KNOWLEDGE with file and line at the first file that cannot be read, LW_INPUT_MISSING
 */
export async function loadKnowledge(paths: readonly string[]): Promise<KnowledgeBase> {
  const files: KnowledgeFile[] = [];
  for (const path of filesIn([OWN_KNOWLEDGE, ...paths])) files.push(await readOne(path));
  const base = buildBase(files);
  const [problem] = base.problems;
  if (problem !== undefined)
    throw new LongwatchError("LW_KNOWLEDGE", problem.message, { file: problem.path });
  return base;
}

/**
 * Every file with its outcome, and what is wrong between the files. Without paths our own; with paths those, beside our own, to which
 * they may refer.
 * @throws LW_INPUT_MISSING, LW_KNOWLEDGE where there is nothing to check
 */
export async function checkKnowledge(paths: readonly string[]): Promise<KnowledgeChecked[]> {
  const asked = new Set(filesIn(paths.length === 0 ? [OWN_KNOWLEDGE] : paths));
  const context = paths.length === 0 ? [] : filesIn([OWN_KNOWLEDGE]).filter((path) => !asked.has(path));
  const checked: KnowledgeChecked[] = [];
  const files: KnowledgeFile[] = [];
  for (const path of [...context, ...asked]) {
    try {
      files.push(await readOne(path));
    } catch (error) {
      if (!(error instanceof LongwatchError)) throw error;
      checked.push({
        path: error.file ?? path,
        status: "invalid",
        line: error.line ?? null,
        reason: error.message,
      });
    }
  }
  const between = new Map(buildBase(files).problems.map(({ path, message }) => [path, message]));
  for (const { path } of files) {
    const reason = between.get(path);
    if (reason !== undefined) checked.push({ path, status: "invalid", line: null, reason });
    else if (!context.some((own) => shownPath(own) === path))
      checked.push({ path, status: "ok", line: null, reason: "" });
  }
  return checked.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
