import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/package-root.js";

/**
 * The program as it would be installed, compiled from the sources as they are now: started many times over, it must start quickly, and
 * `dist` may be older than the sources. Types are checked elsewhere.
 */
export function compileProgram(): { folder: string; cli: string; remove(): void } {
  const folder = join(packageRoot, "node_modules/.cache", `longwatch-test-${process.pid}`);
  const compiler = join(packageRoot, "node_modules/typescript/bin/tsc");
  execFileSync(
    process.execPath,
    [compiler, "-p", "tsconfig.build.json", "--outDir", folder, "--noCheck", "--sourceMap", "false"],
    {
      cwd: packageRoot,
      stdio: "inherit",
    },
  );
  return {
    folder,
    cli: join(folder, "src/cli/main.js"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
