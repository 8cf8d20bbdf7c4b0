import { parentPort, workerData } from "node:worker_threads";
import { writeSensorDay } from "./sensor-day.js";
import { buildWorld } from "./world.js";

/** A thread that builds the same world as its parent and then writes the sensor-days it is told to. */
export interface WorkerSetup {
  scenario: string;
  seed: number;
  scale: number;
  out: string;
}

const { scenario, seed, scale, out } = workerData as WorkerSetup;
const world = buildWorld(scenario, seed, scale);
parentPort?.on("message", (task: { sensor: number; day: number }) => {
  const sensor = world.sensors[task.sensor];
  const day = world.days[task.day];
  if (!sensor || day === undefined) throw new Error("simulate: a worker got an unknown task");
  writeSensorDay(world, sensor, day, out).then(
    (written) => parentPort?.postMessage({ written }),
    (error: unknown) =>
      parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
parentPort?.postMessage({ ready: true });
