import { mkdir, open, rename, rm } from "node:fs/promises";
import { LongwatchError, messageOf } from "../kernel/errors.js";

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

function explained(error: unknown, path: string): LongwatchError {
  if (codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT") {
    const message =
      "The disk is full: the report was not written. Make room, then run `longwatch report` again.";
    return new LongwatchError("LW_DISK_FULL", message, { file: path }, error);
  }
  const message = `The report cannot be written (${messageOf(error)}). Check that the folder may be written, then run \`longwatch report\` again.`;
  return new LongwatchError("LW_CASE_INVALID", message, { file: path }, error);
}

/** @throws LW_DISK_FULL or LW_CASE_INVALID */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explained(error, folder);
  }
}

/**
 * Writes beside the target, flushes, then renames over it: a reader sees the old file or the new one, never half of one. Mode 0600, for a
 * report holds what the case holds.
 * @throws LW_DISK_FULL or LW_CASE_INVALID with the path and what to do.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // An orphan of a killed run with the same pid must not keep its mode or its contents.
    await rm(temporary, { force: true });
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw explained(error, path);
  }
}
