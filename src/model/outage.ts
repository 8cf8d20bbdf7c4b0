/** Chance, over a sensor's whole record, of calling its own quiet an outage. */
export const FALSE_ALARM = 0.01;
/** No estimate of "silent by chance" goes below this: no record proves that an hour can never be silent. */
const FLOOR = 0.001;
const CLASSES = 48;

/** Hours since 1970: first, and one after the last. */
export interface HourRun {
  from: number;
  to: number;
}

/** Hour of the day, on working days and weekends apart (UTC). */
function classOf(hour: number): number {
  const weekday = (Math.floor(hour / 24) + 3) % 7;
  return (hour % 24) + (weekday >= 5 ? 24 : 0);
}

/** How often hours of a class were silent, by whether the hour before was silent. */
class Rhythm {
  readonly #hours = new Float64Array(CLASSES * 2);
  readonly #silent = new Float64Array(CLASSES * 2);

  count(hour: number, silent: boolean, silentBefore: boolean, sign: 1 | -1): void {
    const cell = classOf(hour) * 2 + (silentBefore ? 1 : 0);
    this.#hours[cell] = (this.#hours[cell] ?? 0) + sign;
    if (silent) this.#silent[cell] = (this.#silent[cell] ?? 0) + sign;
  }

  /** Chance that this hour is silent in normal operation, drawn towards `prior` where there is little to go by. */
  chance(hour: number, silentBefore: boolean, prior: number): number {
    const cell = classOf(hour) * 2 + (silentBefore ? 1 : 0);
    return ((this.#silent[cell] ?? 0) + prior) / ((this.#hours[cell] ?? 0) + 1);
  }

  /** The sensor is more often silent than not at this hour. */
  usuallySilent(hour: number): boolean {
    const cell = classOf(hour) * 2;
    const silent = (this.#silent[cell] ?? 0) + (this.#silent[cell + 1] ?? 0);
    const hours = (this.#hours[cell] ?? 0) + (this.#hours[cell + 1] ?? 0);
    return hours > 0 && silent > hours / 2;
  }
}

/**
 * Outages of one sensor, between its first and its last record. A run of silent hours is an outage if, by the sensor's own rhythm
 * (hour of day, weekday or weekend, silent hour before), the chance of such a run is below {@link FALSE_ALARM} divided by the number
 * of hours. The run itself and outages already found do not count towards the rhythm. So a sensor that sleeps every night is not down
 * at night, one that sees a record every few hours is down only after a day or more, and a busy one after two silent hours.
 */
export function outagesOf(hours: readonly number[]): HourRun[] {
  const first = hours[0];
  const last = hours.at(-1);
  if (first === undefined || last === undefined) return [];
  const length = last - first + 1;
  const silent = new Uint8Array(length).fill(1);
  for (const hour of hours) silent[hour - first] = 0;
  const rhythm = new Rhythm();
  let silentHours = 0;
  for (let at = 0; at < length; at++) {
    silentHours += silent[at] ?? 0;
    rhythm.count(first + at, silent[at] === 1, at > 0 && silent[at - 1] === 1, 1);
  }
  const found: HourRun[] = [];
  let left = length;
  for (const run of silentRuns(silent).sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)) {
    const size = run.to - run.from;
    count(rhythm, first, run, -1);
    const prior = Math.max(FLOOR, (silentHours - size) / Math.max(1, left - size));
    let surprise = 0;
    for (let at = run.from; at < run.to; at++) {
      surprise += Math.log(Math.min(1, rhythm.chance(first + at, at > run.from, prior)));
    }
    if (surprise < Math.log(FALSE_ALARM / length)) {
      found.push(trim(rhythm, first, run));
      silentHours -= size;
      left -= size;
    } else count(rhythm, first, run, 1);
  }
  return found.sort((a, b) => a.from - b.from);
}

function silentRuns(silent: Uint8Array): HourRun[] {
  const runs: HourRun[] = [];
  for (let at = 0; at < silent.length; at++) {
    if (silent[at] !== 1) continue;
    const from = at;
    while (at < silent.length && silent[at] === 1) at++;
    runs.push({ from, to: at });
  }
  return runs;
}

function count(rhythm: Rhythm, first: number, run: HourRun, sign: 1 | -1): void {
  for (let at = run.from; at < run.to; at++) rhythm.count(first + at, true, at > run.from, sign);
}

/** Leaves out hours at the edges at which the sensor is usually silent anyway. */
function trim(rhythm: Rhythm, first: number, run: HourRun): HourRun {
  let { from, to } = run;
  while (to - from > 1 && rhythm.usuallySilent(first + from)) from++;
  while (to - from > 1 && rhythm.usuallySilent(first + to - 1)) to--;
  return { from: first + from, to: first + to };
}
