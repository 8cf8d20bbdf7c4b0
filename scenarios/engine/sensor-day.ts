import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CampaignEvent } from "./campaign.js";
import { DAY, dateOf, SECOND } from "./clock.js";
import { GzipLog } from "./gzip-log.js";
import type { Sensor } from "./organisations.js";
import { Recorder } from "./recorder.js";
import { rngFor } from "./rng.js";
import type { Scene } from "./scenes.js";
import { campaignEvent } from "./traffic/campaign.js";
import type { Context } from "./traffic/context.js";
import { machine, poll } from "./traffic/machines.js";
import { human } from "./traffic/people.js";
import { playScene } from "./traffic/scenes.js";
import type { World } from "./world.js";
import { footer, header, LOGS, type LogName } from "./zeek-format.js";

export interface Written {
  files: number;
  rows: number;
  connections: number;
  bytes: number;
}

/** File names of one sensor and day: only such files does a later run of `simulate` replace. */
export function logFile(log: LogName, day: number): string {
  return `${log}.${dateOf(day)}-00-00-00.log.gz`;
}

/** Rows stay this far from the ends of a slice, so that what follows from an event falls into the same slice. */
const LEAD = SECOND;
const TAIL = 8 * SECOND;

function between<T extends { ts: number }>(events: readonly T[], from: number, to: number): T[] {
  return events.filter(({ ts }) => ts >= from && ts < to);
}

/** Writes everything that one sensor logged in one day. Depends on world, sensor and day, not on what ran before. */
export async function writeSensorDay(
  world: World,
  sensor: Sensor,
  day: number,
  out: string,
): Promise<Written> {
  const rng = rngFor(world.seed, "rows", world.scale, sensor.id, day);
  const recorder = new Recorder(rng);
  const context: Context = { world, sensor, recorder, rng };
  const events = between(world.campaign.events.get(sensor.id) ?? [], day, day + DAY);
  const scenes = between(world.scenes, day, day + DAY).filter((scene) => scene.sensor === sensor.id);
  const folder = join(out, "logs", sensor.id, dateOf(day));
  const files = new Map<LogName, GzipLog>();
  const result: Written = { files: 0, rows: 0, connections: 0, bytes: 0 };
  const { outage } = world.campaign;

  for (const slice of world.rota.slicesOf(day, world.ordinary * sensor.share)) {
    if (sensor.id === outage.sensor && slice.from < outage.to && slice.to > outage.from) continue;
    recorder.startSlice(slice.from);
    planned(context, slice.from, slice.to, events, scenes);
    const fixed = recorder.connections;
    for (const poller of world.pollers.get(sensor.id) ?? []) poll(context, poller, slice.from, slice.to);
    const time = (): number =>
      slice.from + LEAD + Math.floor(rng.float() * (slice.to - slice.from - LEAD - TAIL));
    const { hosts } = sensor;
    const machines = fixed + Math.floor(slice.machine + rng.float());
    while (recorder.connections < machines) machine(context, rng.pick(hosts), time());
    const all = Math.max(machines, recorder.connections) + Math.floor(slice.human + rng.float());
    while (recorder.connections < all) human(context, rng.pick(hosts), time());
    result.connections += recorder.connections;
    for (const log of LOGS) {
      const slab = recorder.slabs[log];
      if (slab.rows === 0) continue;
      let file = files.get(log);
      if (!file) {
        if (files.size === 0) await mkdir(folder, { recursive: true });
        file = new GzipLog(join(folder, logFile(log, day)));
        file.text(header(log, day));
        files.set(log, file);
      }
      slab.drain(file);
      result.rows += slab.rows;
      await file.spill();
    }
  }
  for (const file of files.values()) {
    file.text(footer(day + DAY));
    await file.close();
    result.bytes += file.written;
    result.files++;
  }
  return result;
}

function planned(context: Context, from: number, to: number, events: CampaignEvent[], scenes: Scene[]): void {
  for (const event of between(events, from, to)) campaignEvent(context, event);
  for (const scene of between(scenes, from, to)) playScene(context, scene);
}
