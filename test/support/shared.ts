import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { packageRoot } from "../../src/kernel/package-root.js";

/** One for all test files of a run, whose processes have the same parent. Below the package, so that a program in it finds its libraries. */
const folderOf = (run: number) => join(packageRoot, "node_modules/.cache", `longwatch-test-${run}`);

/**
 * A folder that several test files of a run need and none of them changes. The first that asks has it made, others wait for that; `global-setup.ts`
 * removes it.
 * @param name says all that its content depends on, apart from the sources
 * @param make writes into the folder that it is given
 */
export async function shared(name: string, make: (folder: string) => Promise<void> | void): Promise<string> {
  const folder = join(folderOf(process.ppid), name);
  const begun = `${folder}-begun`;
  mkdirSync(folderOf(process.ppid), { recursive: true });
  while (!existsSync(folder)) {
    if (!claim(begun)) {
      await setTimeout(100);
      continue;
    }
    try {
      // Another may have come to its end since it was looked for.
      if (!existsSync(folder)) {
        await make(begun);
        renameSync(begun, folder);
      }
    } finally {
      rmSync(begun, { recursive: true, force: true });
    }
  }
  return folder;
}

/** Whether it was this process that made the folder. */
function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Called in the process that starts those of the test files. */
export const removeShared = (): void => rmSync(folderOf(process.pid), { recursive: true, force: true });
