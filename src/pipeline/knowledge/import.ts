import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type ImportGrade,
  type ImportResult,
  importDocuments,
  knowledgeJson,
  parseImport,
} from "../../intel/knowledge/index.js";
import { decodeText } from "../../intel/text/read-text.js";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { type EntryKind, SECTIONS } from "../../model/knowledge.js";
import type { KnowledgeImported } from "../../model/knowledge-view.js";
import { readWhole } from "./read-whole.js";

/** Uncompressed. ATT&CK 18.1 for enterprises has 45 MiB; the parsed text takes about five times as much memory for a moment. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface ImportRequest {
  files: readonly string[];
  /** A folder that does not exist yet, or is empty. */
  out: string;
  attackVersion: string | undefined;
  grade: ImportGrade | undefined;
}

const FOLDERS: Readonly<Record<EntryKind, string>> = {
  cluster: "clusters",
  tool: "tools",
  campaign: "campaigns",
};

/** @throws LW_USAGE where something is there already: an import is never mixed with another, or with what somebody wrote */
function requireNewFolder(out: string): void {
  try {
    if (!existsSync(out) || readdirSync(out).length === 0) return;
  } catch (error) {
    throw new LongwatchError(
      "LW_USAGE",
      `is no folder that could be written: ${messageOf(error)}`,
      { file: out },
      error,
    );
  }
  throw new LongwatchError("LW_USAGE", "the folder is not empty; name a new one with --out", { file: out });
}

async function writeFiles(folder: string, { entries, successors }: ImportResult): Promise<void> {
  // Made step by step: of a folder that cannot be made `recursive` tells the wrong reason.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder);
  for (const name of Object.values(FOLDERS)) await mkdir(join(folder, name));
  for (const entry of entries)
    await writeFile(join(folder, FOLDERS[entry.kind], `${entry.id}.json`), knowledgeJson(entry));
  for (const [at, file] of successors.entries())
    await writeFile(join(folder, `attack-successors-${at + 1}.json`), knowledgeJson(file));
}

/** All or nothing: an interrupted import leaves no half of a knowledge base under the name that was asked for. */
async function writeFolder(out: string, result: ImportResult): Promise<void> {
  const temporary = `${out.replace(/\/+$/, "")}.${process.pid}.tmp`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await writeFiles(temporary, result);
    await rename(temporary, out);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    const full = ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
    throw full
      ? new LongwatchError("LW_DISK_FULL", "the disk is full; nothing was imported", { file: out }, error)
      : new LongwatchError("LW_USAGE", `cannot be written: ${messageOf(error)}`, { file: out }, error);
  }
}

/** @throws LW_KNOWLEDGE for a file that cannot be read or holds nothing to import, LW_USAGE, LW_DISK_FULL */
export async function importKnowledge(request: ImportRequest): Promise<KnowledgeImported> {
  requireNewFolder(request.out);
  const documents = [];
  for (const file of request.files) {
    const text = decodeText(await readWhole(file, file, MOST_BYTES), "LW_KNOWLEDGE", file);
    documents.push({ ...parseImport(text, file), file: basename(file) });
  }
  const result = importDocuments(documents, request);
  if (result.entries.length === 0)
    throw new LongwatchError("LW_KNOWLEDGE", "there is no cluster, tool or campaign in it", {
      file: request.files.join(", "),
    });
  await writeFolder(request.out, result);
  const count = (kind: EntryKind): number => result.entries.filter((entry) => entry.kind === kind).length;
  return {
    out: request.out,
    files: result.files,
    clusters: count("cluster"),
    tools: count("tool"),
    campaigns: count("campaign"),
    statements: result.entries.reduce(
      (sum, entry) => sum + SECTIONS.reduce((all, section) => all + entry[section].length, 0),
      0,
    ),
    successors: result.successors.reduce((sum, { successors }) => sum + successors.length, 0),
    left_out: result.leftOut,
  };
}
