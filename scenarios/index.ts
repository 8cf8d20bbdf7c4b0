import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { scenarioIds, summaryOf } from "./engine/description.js";
import { prepareOut } from "./engine/out-folder.js";
import { writeOutputs } from "./engine/outputs.js";
import { tasksOf, writeAll } from "./engine/pool.js";
import { buildWorld } from "./engine/world.js";
import { simulateEstate } from "./estate/simulate.js";

export interface ScenarioSummary {
  id: string;
  title: string;
  description: string;
}

export interface SimulateOptions {
  scenario: string;
  /** A new or empty folder, or one that an earlier run wrote. */
  out: string;
  /** 2023 gives the published names; any other seed invents its own. */
  seed: number;
  /** 1 is about a million connections. The campaign is the same size at every scale. */
  scale: number;
  /** Threads; the files do not depend on it. 0 writes in this thread. Chosen by size if left out. */
  workers?: number;
  /** `rows` are rows of all logs; `totalRows` is an estimate until the end; `bytes` are compressed. */
  onProgress?: (progress: { rows: number; totalRows: number; bytes: number }) => void;
}

export interface SimulateResult {
  files: number;
  /** Rows of all logs. */
  rows: number;
  /** Rows of the conn logs. */
  connections: number;
  /** Compressed. */
  bytes: number;
}

/** Rows of all logs for one of the conn log; only the progress display rests on it. */
const ROWS_PER_CONNECTION = 1.75;
/** Below this a second thread costs more than it saves. */
const WORTH_THREADS = 60_000;

export function listScenarios(): ScenarioSummary[] {
  return scenarioIds().map((id) => {
    const { title, description } = summaryOf(id);
    return { id, title, description };
  });
}

/** Writes a simulated case: logs, configuration, inventory and what really happened. Synthetic, for tests. */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const { scenario, out, seed, scale } = options;
  const known = scenarioIds();
  if (!known.includes(scenario)) {
    throw new Error(`simulate: unknown scenario "${scenario}"; there is: ${known.join(", ")}`);
  }
  if (!(Number.isFinite(scale) && scale > 0))
    throw new Error(`simulate: scale must be a number above 0, not ${scale}`);
  if (!Number.isSafeInteger(seed)) throw new Error(`simulate: seed must be a whole number, not ${seed}`);
  await prepareOut(out);
  await mkdir(out, { recursive: true });
  if (summaryOf(scenario).engine === "estate") {
    const written = await simulateEstate(options, (progress) => options.onProgress?.(progress));
    return { ...written, connections: 0 };
  }
  const world = buildWorld(scenario, seed, scale);
  const total = { files: await writeOutputs(world, out), rows: 0, connections: 0, bytes: 0 };
  const expected = Math.round(world.ordinary * ROWS_PER_CONNECTION);
  const workers =
    options.workers ?? (world.ordinary < WORTH_THREADS ? 0 : Math.min(8, availableParallelism()));
  await writeAll(world, { scenario, seed, scale, out }, workers, tasksOf(world), (written) => {
    total.files += written.files;
    total.rows += written.rows;
    total.connections += written.connections;
    total.bytes += written.bytes;
    options.onProgress?.({ rows: total.rows, totalRows: Math.max(expected, total.rows), bytes: total.bytes });
  });
  options.onProgress?.({ rows: total.rows, totalRows: total.rows, bytes: total.bytes });
  return total;
}
