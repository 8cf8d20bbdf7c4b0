import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Case, openCase } from "../../src/pipeline/index.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import type { SensorAssignment } from "../../src/pipeline/ingest/sensor.js";

/** Brings logs into a case of their own, does the work there, and leaves nothing behind. */
export async function inCase<Result>(
  paths: readonly string[],
  work: (opened: Case) => Promise<Result>,
  sensorFor: (path: string) => SensorAssignment | undefined = () => undefined,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-corpus-"));
  try {
    const opened = await openCase({ folder: join(folder, "case") });
    try {
      await ingest(opened, {
        paths: [...paths],
        exclude: [],
        settings: { csvMappings: [] },
        sensorFor,
        isExcluded: () => false,
        progress: silentProgress,
      });
      return await work(opened);
    } finally {
      await opened.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
