import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "longwatch")
      return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the package's own folder was not found: package.json is missing");
    folder = parent;
  }
}

/** The folder of the installed package: data files (SQL, provider lists) lie there for compiled and uncompiled code. */
export const packageRoot = findRoot();

/** The version in package.json. */
export const packageVersion: string = JSON.parse(
  readFileSync(join(packageRoot, "package.json"), "utf8"),
).version;
