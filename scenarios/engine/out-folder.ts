import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { GENERATOR } from "./outputs.js";
import { LOGS } from "./zeek-format.js";

const OURS = new RegExp(
  `^(?:(?:${[...LOGS, "smtp", "dhcp"].join("|")})\\.\\d{4}-\\d{2}-\\d{2}-00-00-00\\.log|(?:events\\.)?\\d{4}-\\d{2}-\\d{2}\\.(?:jsonl|log|mbox))\\.gz$`,
);

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") {
      throw new Error(`simulate: ${folder} is not a folder; give another --out`);
    }
    throw error;
  }
}

async function isOurs(out: string): Promise<boolean> {
  try {
    const content: unknown = JSON.parse(await readFile(join(out, "truth.json"), "utf8"));
    return (
      typeof content === "object" &&
      content !== null &&
      "generator" in content &&
      content.generator === GENERATOR
    );
  } catch {
    return false;
  }
}

/** Makes the folder ready for a run: empty, or with an earlier run's logs removed. Anybody else's files stay. */
export async function prepareOut(out: string): Promise<void> {
  const present = await list(out);
  if (present.length === 0) return;
  if (!(await isOurs(out))) {
    throw new Error(
      `simulate: ${out} is not empty and was not written by simulate; give a new or empty folder`,
    );
  }
  await removeLogs(join(out, "logs"), 3);
}

async function removeLogs(folder: string, depth: number): Promise<void> {
  if ((await list(folder)).length === 0) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && OURS.test(entry.name)) await rm(path);
    if (!entry.isDirectory() || depth === 0) continue;
    await removeLogs(path, depth - 1);
    if ((await list(path)).length === 0) await rmdir(path);
  }
}
