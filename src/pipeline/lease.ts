import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { LongwatchError } from "../kernel/errors.js";
import type { Store } from "../store/port.js";
import { processStart } from "./lock.js";

/** Milliseconds between two signs of life. */
const BEAT = 30_000;
/** Seconds of silence after which a process on another machine is taken for dead. */
const SILENCE = 600;
/** Two that begin at the same moment see each other, and both give way: each tries again after a pause of its own. */
const ATTEMPTS = 4;

/** Where processes are numbered as this one is: one start of one machine, and one container of it. Empty where the system does not tell. */
const PROCESSES = processSpace();

function processSpace(): string {
  try {
    return ` ${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** The right to write to a case on a server, which the lock in a case folder cannot give: another folder may name the same database. */
export interface Lease {
  /** @throws LW_CASE_BUSY where another process has taken the case over because this one had been silent. */
  assertHeld(this: void): Promise<void>;
  /** Gives it back. It never throws: what cannot be given back lapses. */
  release(): Promise<void>;
}

/** Another process that writes, as it last told. */
export interface Holder {
  id: string;
  host: string;
  pid: number;
  started: string;
  /** Seconds since its last sign of life, by the server's clock. */
  silent: number;
}

const OTHERS = `
  SELECT id, argMax(host, heard) AS host, argMax(pid, heard) AS pid, argMax(started, heard) AS started,
    greatest(dateDiff('second', max(heard), now64(3)), 0) AS silent
  FROM writer_lease WHERE id != {id:String} GROUP BY id ORDER BY silent, id`;

/**
 * ClickHouse has no lock that a client could hold. But rows are there for all once their insert is answered: who first writes its own row and then finds
 * no other living one is alone, since of two the later must see the earlier.
 * @throws LW_CASE_BUSY, LW_STORE…
 */
export async function takeLease(store: Store): Promise<Lease> {
  const own = {
    id: randomUUID(),
    host: hostname(),
    pid: process.pid,
    started: `${processStart(process.pid) ?? ""}${PROCESSES}`,
  };
  for (let attempt = 1; ; attempt++) {
    await store.insert("writer_lease", [own]);
    const others = await store.query<Holder>(OTHERS, { id: own.id });
    const alive = others.find((other) => !isGone(other));
    if (alive === undefined) {
      for (const { id } of others) await forget(store, id);
      return held(store, own.id);
    }
    await forget(store, own.id);
    if (attempt === ATTEMPTS) throw busy(alive);
    await sleep(50 + Math.random() * 200);
  }
}

/**
 * Whether a process will not write again. That can be seen where it is counted among the same processes as this one; of any other only silence
 * tells. A host's name is not enough: two machines may have one, and a container does not see the processes beside it.
 */
export function isGone({ pid, started, silent }: Holder): boolean {
  return (
    silent > SILENCE ||
    (PROCESSES !== "" && started.endsWith(PROCESSES) && `${processStart(pid) ?? "-"}${PROCESSES}` !== started)
  );
}

function held(store: Store, id: string): Lease {
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // From the own row: a lease that was taken away must not come back to life. A beat that fails is made up for by the next.
    const beat = () =>
      store
        .command(
          "INSERT INTO writer_lease SELECT id, host, pid, started, now64(3) FROM writer_lease WHERE id = {id:String} LIMIT 1",
          { id },
        )
        .catch(() => {});
    beating = beating.then(beat);
  }, BEAT);
  timer.unref();
  return {
    async assertHeld() {
      const [row] = await store.query<{ n: number }>(
        "SELECT count() AS n FROM writer_lease WHERE id = {id:String}",
        { id },
      );
      if (Number(row?.n) > 0) return;
      throw new LongwatchError(
        "LW_CASE_BUSY",
        `this process was not heard of for ${SILENCE / 60} minutes, and another one has taken the case over; what was committed before is safe: run the same command again`,
      );
    },
    async release() {
      clearInterval(timer);
      await beating;
      await forget(store, id).catch(() => {});
    },
  };
}

async function forget(store: Store, id: string): Promise<void> {
  const partitions = await store.query<{ partition_id: string }>(
    `SELECT DISTINCT partition_id FROM system.parts
     WHERE database = currentDatabase() AND table = 'writer_lease' AND active AND partition = {id:String}`,
    { id },
  );
  for (const { partition_id } of partitions)
    await store.command("ALTER TABLE writer_lease DROP PARTITION ID {id:String}", { id: partition_id });
}

function busy({ host, pid, silent }: Holder): LongwatchError {
  return new LongwatchError(
    "LW_CASE_BUSY",
    `process ${pid} on ${host} writes to this database (last heard of ${silent} s ago); wait for it to end. If it has crashed, it is taken for dead after ${SILENCE / 60} minutes`,
  );
}
