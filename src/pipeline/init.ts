import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { initTemplate } from "../intel/index.js";
import { LongwatchError, messageOf } from "../kernel/errors.js";

/** Writes a commented `longwatch.yaml`; never over one that is there. Returns its path. */
export function configurationTemplate(folder: string): string {
  const path = join(folder, "longwatch.yaml");
  if (existsSync(path))
    throw new LongwatchError("LW_USAGE", "the file exists; it was left alone", { file: path });
  if (!existsSync(folder))
    throw new LongwatchError("LW_USAGE", "there is no such folder; create it first", { file: folder });
  try {
    writeFileSync(path, initTemplate, { flag: "wx" });
  } catch (error) {
    throw new LongwatchError("LW_USAGE", `cannot be written: ${messageOf(error)}`, { file: path }, error);
  }
  return path;
}
