import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { packageRoot } from "../src/kernel/package-root.js";
import { silentProgress } from "../src/kernel/progress.js";
import type { Assessment } from "../src/model/assessment.js";
import type { Finding } from "../src/model/finding.js";
import {
  type Case,
  correlateStep,
  detectStep,
  ingestStep,
  loadSettings,
  openCase,
} from "../src/pipeline/index.js";

/** Real data: `LONGWATCH_CORPUS`. */
export const corpus = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");

/** SigmaHQ's rules of the corpus; those for other products find nothing in event logs. */
export const SIGMA_RULES = ["rules", "rules-emerging-threats", "rules-threat-hunting"].map((name) =>
  join(corpus, "sigma", name),
);

export interface Detection {
  findings: Finding[];
  runs: Awaited<ReturnType<typeof detectStep>>["runs"];
  incidents: Assessment["incidents"];
  /** Path of the file that a piece of evidence stands in, by its source. */
  pathOf: ReadonlyMap<string, string>;
}

/**
 * Brings event logs into a case of their own, runs all detectors and correlation, and removes the case.
 *
 * @param configuration a `longwatch.yaml`, or what stands in one; to the latter, HijackLibs of the corpus is added
 */
export async function detectIn<Result>(
  folder: string,
  logs: string,
  configuration: string | Record<string, unknown>,
  work: (detection: Detection, opened: Case) => Promise<Result>,
): Promise<Result> {
  const at = join(folder, "windows-case");
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  const written = join(at, "longwatch.yaml");
  if (typeof configuration !== "string")
    writeFileSync(written, stringify({ hijacklibs: join(corpus, "intel/hijacklibs"), ...configuration }));
  const settings = loadSettings(typeof configuration === "string" ? configuration : written, []);
  const opened = await openCase({ folder: join(at, "case") });
  try {
    await ingestStep(opened, settings, [logs], silentProgress);
    const { findings, runs } = await detectStep(opened, settings, silentProgress);
    const { incidents } = await correlateStep(opened.store, settings.directory, findings);
    const slices = await opened.store.query<{ source_id: string; path: string }>(
      "SELECT source_id, path FROM source_slice",
    );
    const pathOf = new Map(slices.map(({ source_id, path }) => [source_id, path]));
    return await work({ findings, runs, incidents, pathOf }, opened);
  } finally {
    await opened.close();
    rmSync(at, { recursive: true, force: true });
  }
}
