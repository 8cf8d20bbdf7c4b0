import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { packageRoot } from "../../src/kernel/package-root.js";

const folder = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");

/** The folder of real data; undefined, with the reason printed, where there is none. */
export const CORPUS = existsSync(folder) ? folder : undefined;
if (CORPUS === undefined) console.log(`real data: skipped, there is no folder ${folder} (LONGWATCH_CORPUS)`);
