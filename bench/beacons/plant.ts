import { DAY, HOUR, SECOND } from "../../src/kernel/time.js";
import { random } from "./random.js";

/** How a beacon was planted: what the benchmark knows, and no score does. Synthetic. */
export interface Planted {
  source: string;
  target: string;
  /** Seconds; the first one where it changes. */
  interval: number;
  jitter: number;
  jitterKind: "even" | "shorter" | "bell";
  loss: number;
  lossKind: "single" | "stretches";
  officeHours: boolean;
  changes: number;
  /** Connections that one check-in takes. */
  connections: number;
  /** Milliseconds UTC, in order. */
  times: number[];
  sizes: number[];
}

export interface PlantOptions {
  seed: number;
  count: number;
  /** Ends that beacons are planted between: one of each pair is the log's own inside host. */
  insiders: readonly string[];
  /** Somebody outside contacts the inside host, as in RITA's own planted pair. */
  inbound: boolean;
  /** Seconds: least and greatest interval, drawn evenly on a logarithmic scale. */
  intervals: readonly [number, number];
  /** Of the log, milliseconds UTC. */
  from: number;
  to: number;
  /** Check-ins of the longest beacons take more days than the log has: they may begin before it. */
  mayBeginEarlier: boolean;
}

const JITTERS = [0, 0.1, 0.2, 0.3, 0.45, 0.6];
const LOSSES = [0, 0.1, 0.25, 0.5];
const LEAST_CONNECTIONS = 6;
const MOST_CHECK_INS = 9_000;

export function plant(options: PlantOptions): Planted[] {
  const next = random(options.seed);
  const planted: Planted[] = [];
  // What nearly everything was lost of is no beacon that anyone could find: it is drawn anew.
  while (planted.length < options.count) {
    const beacon = draw(options, planted.length + 1, next);
    if (beacon.times.length >= LEAST_CONNECTIONS) planted.push(beacon);
  }
  return planted;
}

function draw(options: PlantOptions, number: number, next: () => number): Planted {
  const pick = <Item>(list: readonly Item[]) => list[Math.floor(next() * list.length)] as Item;
  const [least, most] = options.intervals;
  // 198.18.0.0/15 is set aside for benchmarks (RFC 2544): no real pair has such an end.
  const stranger = `198.18.${options.seed % 256}.${number % 256}`;
  const insider = pick(options.insiders);
  const beacon: Planted = {
    source: options.inbound ? stranger : insider,
    target: options.inbound ? insider : stranger,
    interval: least * (most / least) ** next(),
    jitter: pick(JITTERS),
    jitterKind: pick(["even", "shorter", "bell"] as const),
    loss: pick(LOSSES),
    lossKind: next() < 0.7 ? "single" : "stretches",
    officeHours: next() < 0.3,
    changes: next() < 0.25 ? 1 + Math.floor(next() * 2) : 0,
    connections: next() < 0.2 ? 2 + Math.floor(next() * 2) : 1,
    times: [],
    sizes: [],
  };
  fill(beacon, options, next);
  return beacon;
}

function lifeOf(
  beacon: Planted,
  { from, to, mayBeginEarlier }: PlantOptions,
  next: () => number,
): [number, number] {
  if (mayBeginEarlier) {
    const checkIns = 12 + 28 * next();
    return [to - beacon.interval * SECOND * checkIns * (beacon.officeHours ? 3 : 1), to];
  }
  const life = Math.min((0.25 + 0.75 * next()) * (to - from), beacon.interval * SECOND * MOST_CHECK_INS);
  const start = from + next() * (to - from - life);
  return [start, start + life];
}

/** Ten hours a day, every day: real logs that span a weekend would otherwise have nothing of such a host. */
function isOfficeHour(time: number, opens: number): boolean {
  return (((time - opens) % DAY) + DAY) % DAY < 10 * HOUR;
}

/** A factor for the interval. */
function jittered({ jitter, jitterKind }: Planted, next: () => number): number {
  if (jitterKind === "even") return 1 + jitter * (2 * next() - 1);
  if (jitterKind === "shorter") return 1 - jitter * next();
  // Sum of three even ones: bell-shaped, within the same bounds.
  return 1 + jitter * ((2 * (next() + next() + next())) / 3 - 1);
}

function fill(beacon: Planted, options: PlantOptions, next: () => number): void {
  const [start, end] = lifeOf(beacon, options, next);
  const opens = Math.floor(next() * 24) * HOUR;
  const size = 200 + Math.floor(next() * 2000);
  const spread = next() < 0.5 ? 0 : next() < 0.7 ? 0.1 : 0.5;
  let interval = beacon.interval;
  let part = 0;
  let lost = false;
  for (let time = start; time < end; time += SECOND * interval * jittered(beacon, next)) {
    const now = Math.floor(((time - start) / (end - start)) * (beacon.changes + 1));
    if (now > part) {
      part = now;
      interval = changed(interval, options.intervals, next);
    }
    lost = isLost(beacon, lost, next);
    // The clock ticks on while the host sleeps; with jitter that is the same as a sleep that begins anew in the morning.
    if (lost || (beacon.officeHours && !isOfficeHour(time, opens))) continue;
    for (let connection = 0; connection < beacon.connections; connection++) {
      beacon.times.push(Math.round(time + connection * (200 + 1500 * next())));
      // One check-in in thirty brings something home.
      const load = next() < 0.03 ? 5_000 + 200_000 * next() : 0;
      beacon.sizes.push(Math.round(size * (1 + spread * (next() - 0.5)) + load));
    }
  }
  beacon.times.sort((a, b) => a - b);
}

function changed(interval: number, [least, most]: readonly [number, number], next: () => number): number {
  const factor = next() < 0.5 ? 0.2 + 0.3 * next() : 2 + 3 * next();
  return Math.min(most, Math.max(least, interval * factor));
}

/** Single check-ins, or stretches of ten or so, so that the same part is missing. */
function isLost({ loss, lossKind }: Planted, lost: boolean, next: () => number): boolean {
  if (lossKind === "single" || loss === 0) return next() < loss;
  return lost ? next() < 0.9 : next() < (0.1 * loss) / (1 - loss);
}

const FIELDS =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes";
const TYPES =
  "time string addr port addr port enum string interval count count string count string count count count count";

/** The planted connections as Zeek's conn.log has them. */
export function* connLog(beacons: readonly Planted[]): Generator<string> {
  yield "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n";
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
