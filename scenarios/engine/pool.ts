import { Worker } from "node:worker_threads";
import { type Written, writeSensorDay } from "./sensor-day.js";
import type { WorkerSetup } from "./worker.js";
import type { World } from "./world.js";

type Message = { ready: true } | { written: Written } | { failed: string };

function startWorker(setup: WorkerSetup): Worker {
  const compiled = import.meta.url.endsWith(".js");
  const entry = compiled ? "./worker.js" : "./worker-from-source.mjs";
  return new Worker(new URL(entry, import.meta.url), { workerData: setup });
}

export interface Task {
  sensor: number;
  day: number;
}

export function tasksOf(world: World): Task[] {
  return world.days.flatMap((_, day) => world.sensors.map((_sensor, sensor) => ({ sensor, day })));
}

/** Writes these sensor-days, in threads if `workers` is above 0. The files do not depend on the number of threads. */
export async function writeAll(
  world: World,
  setup: WorkerSetup,
  workers: number,
  tasks: readonly Task[],
  onWritten: (written: Written) => void,
): Promise<void> {
  if (workers === 0) {
    for (const task of tasks) {
      const sensor = world.sensors[task.sensor];
      const day = world.days[task.day];
      if (sensor && day !== undefined) onWritten(await writeSensorDay(world, sensor, day, setup.out));
    }
    return;
  }
  let next = 0;
  const run = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const give = (): void => {
        const task = tasks[next++];
        if (task) worker.postMessage(task);
        else resolve();
      };
      worker.on("message", (message: Message) => {
        if ("failed" in message) return reject(new Error(message.failed));
        if ("written" in message) onWritten(message.written);
        give();
      });
      worker.on("error", reject);
      worker.on("exit", () => reject(new Error("simulate: a worker thread ended too early")));
    });
  const threads = Array.from({ length: workers }, () => startWorker(setup));
  try {
    await Promise.all(threads.map(run));
  } finally {
    await Promise.all(threads.map((worker) => worker.terminate()));
  }
}
