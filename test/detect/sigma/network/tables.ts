import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../../src/kernel/package-root.js";
import type { Store } from "../../../../src/store/port.js";

/** The event tables as a case has them. */
export async function createEventTables(store: Store): Promise<void> {
  for (const name of ["001-events.sql", "004-windows.sql"]) {
    const schema = readFileSync(join(packageRoot, "src/store/schema", name), "utf8");
    for (const statement of schema.replaceAll(/^\s*--.*$/gm, "").split(";"))
      if (statement.trim() !== "") await store.command(statement);
  }
}
