import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/package-root.js";

const CACHE = join(packageRoot, "node_modules/.cache");
/** One for all test files of a run, whose processes have the same parent. */
const folderOf = (run: number) => join(CACHE, `longwatch-test-${run}`);

/**
 * The program as it would be installed, compiled from the sources as they are now: started many times over, it must start quickly, and
 * `dist` may be older than the sources. Types are checked elsewhere. It is compiled once in a run; `global-setup.ts` removes it.
 */
export function compileProgram(): { folder: string; cli: string } {
  const folder = folderOf(process.ppid);
  if (!existsSync(folder)) compileTo(folder);
  return { folder, cli: join(folder, "src/cli/main.js") };
}

/** Called in the process that starts those of the test files. */
export const removeProgram = (): void => rmSync(folderOf(process.pid), { recursive: true, force: true });

function compileTo(folder: string): void {
  const own = `${folder}-${process.pid}`;
  const compiler = join(packageRoot, "node_modules/typescript/bin/tsc");
  execFileSync(
    process.execPath,
    [compiler, "-p", "tsconfig.build.json", "--outDir", own, "--noCheck", "--sourceMap", "false"],
    { cwd: packageRoot, stdio: "inherit" },
  );
  try {
    renameSync(own, folder);
  } catch (error) {
    // Another test file has done the same meanwhile.
    if (!existsSync(folder)) throw error;
    rmSync(own, { recursive: true });
  }
}
