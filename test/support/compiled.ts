import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/package-root.js";
import { shared } from "./shared.js";

/**
 * The program as it would be installed, compiled from the sources as they are now: started many times over, it must start quickly, and
 * `dist` may be older than the sources. Types are checked elsewhere. It is compiled once in a run.
 */
export async function compileProgram(): Promise<{ folder: string; cli: string }> {
  const folder = await shared("program", compileTo);
  return { folder, cli: join(folder, "src/cli/main.js") };
}

function compileTo(folder: string): void {
  const compiler = join(packageRoot, "node_modules/typescript/bin/tsc");
  execFileSync(
    process.execPath,
    [compiler, "-p", "tsconfig.build.json", "--outDir", folder, "--noCheck", "--sourceMap", "false"],
    { cwd: packageRoot, stdio: "inherit" },
  );
}
