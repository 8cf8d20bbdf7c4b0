import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder with the package's package.json: descriptions lie below it for compiled and uncompiled code alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const content = JSON.parse(readFileSync(manifest, "utf8")) as { name?: unknown };
      if (content.name === "longwatch") return folder;
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error("simulate: the folder of the longwatch package was not found");
    folder = parent;
  }
}
