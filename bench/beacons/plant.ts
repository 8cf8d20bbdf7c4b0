import { DAY, HOUR } from "../../src/kernel/time.js";

/** How a beacon was planted: what the benchmark knows, and no score does. */
export interface Planted {
  seed: number;
  source: string;
  target: string;
  /** Seconds; the first one where it changes. */
  interval: number;
  jitter: number;
  loss: number;
  officeHours: boolean;
  changes: number;
  /** Connections that one check-in takes. */
  connections: number;
  /** Milliseconds UTC, in order. */
  times: number[];
  sizes: number[];
}

export const PER_SEED = 150;
const JITTERS = [0, 0.1, 0.2, 0.3, 0.45, 0.6];
const LOSSES = [0, 0.1, 0.25, 0.5];
const MOST_CHECK_INS = 9_000;

/** Numbers in [0, 1), the same on every run (mulberry32). */
function random(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Beacons that end with the real logs. Those of an hour and more need more days than the logs have, and begin before them. */
export function plant(seed: number, sources: readonly string[], end: number): Planted[] {
  const next = random(seed);
  const pick = <Item>(list: readonly Item[]) => list[Math.floor(next() * list.length)] as Item;
  return Array.from({ length: PER_SEED }, (_, number) => {
    const interval = Math.exp(Math.log(10) + next() * Math.log(8640));
    const beacon: Planted = {
      seed,
      source: pick(sources),
      target: `198.18.${seed % 256}.${1 + number}`,
      interval,
      jitter: pick(JITTERS),
      loss: pick(LOSSES),
      officeHours: next() < 0.3,
      changes: next() < 0.25 ? 1 + Math.floor(next() * 2) : 0,
      connections: next() < 0.2 ? 2 + Math.floor(next() * 2) : 1,
      times: [],
      sizes: [],
    };
    fill(beacon, end - next() * HOUR, next);
    return beacon;
  });
}

function lifeOf(interval: number, officeHours: boolean, next: () => number): number {
  const most = interval * 1000 * MOST_CHECK_INS;
  if (interval < 3600) return Math.min(most, (0.25 + 0.75 * next()) * 3 * DAY);
  return interval * 1000 * (12 + 28 * next()) * (officeHours ? 3 : 1);
}

/** 08–18 of a zone seven hours east. */
function isOfficeHour(time: number): boolean {
  const local = new Date(time + 7 * HOUR);
  return local.getUTCHours() >= 8 && local.getUTCHours() < 18;
}

function fill(beacon: Planted, end: number, next: () => number): void {
  const { officeHours, jitter, loss, changes } = beacon;
  const start = end - lifeOf(beacon.interval, officeHours, next);
  const size = 200 + Math.floor(next() * 2000);
  const spread = next() < 0.5 ? 0 : 0.1;
  // A clock that ticks on while the host sleeps, or a sleep that begins anew in the morning: it is the same without one.
  let interval = beacon.interval;
  let part = 0;
  for (let time = start; time < end; time += 1000 * interval * (1 + jitter * (2 * next() - 1))) {
    const now = Math.floor(((time - start) / (end - start)) * (changes + 1));
    if (now > part) {
      part = now;
      interval = Math.min(86_400, Math.max(10, interval * (next() < 0.5 ? 0.2 + 0.3 * next() : 2 + 3 * next())));
    }
    if (next() < loss || (officeHours && !isOfficeHour(time))) continue;
    for (let connection = 0; connection < beacon.connections; connection++) {
      beacon.times.push(Math.round(time + connection * (200 + 1500 * next())));
      // One check-in in thirty brings something home.
      const load = next() < 0.03 ? 5_000 + 200_000 * next() : 0;
      beacon.sizes.push(Math.round(size * (1 + spread * (next() - 0.5)) + load));
    }
  }
  beacon.times.sort((a, b) => a - b);
}

const FIELDS =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes";
const TYPES =
  "time string addr port addr port enum string interval count count string count string count count count count";

/** The planted connections as Zeek's conn.log has them. */
export function* connLog(beacons: readonly Planted[]): Generator<string> {
  yield `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n`;
  yield `#fields\t${FIELDS.replaceAll(" ", "\t")}\n#types\t${TYPES.replaceAll(" ", "\t")}\n`;
  let number = 0;
  for (const { source, target, times, sizes } of beacons) {
    for (const [at, time] of times.entries()) {
      number += 1;
      const bytes = sizes[at] ?? 0;
      const stamp = (time / 1000).toFixed(6);
      yield `${stamp}\tCp${number}\t${source}\t${20_000 + (number % 40_000)}\t${target}\t443\ttcp\tssl\t0.4\t${bytes}\t900\tSF\t0\tShADadFf\t8\t${bytes + 328}\t8\t1236\n`;
    }
  }
}
