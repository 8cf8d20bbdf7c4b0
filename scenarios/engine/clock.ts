/** Times are microseconds since 1970, UTC: exact in a double until the year 2255. */
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function micros(text: string): number {
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(ms)) throw new Error(`simulate: not a time: ${text}`);
  return ms * 1000;
}

export function rfc3339(ts: number): string {
  const seconds = new Date(Math.floor(ts / SECOND) * 1000).toISOString().slice(0, 19);
  const fraction = Math.floor(ts % SECOND);
  return fraction === 0 ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, "0")}Z`;
}

export function dateOf(ts: number): string {
  return new Date(ts / 1000).toISOString().slice(0, 10);
}

/** 0 Sunday … 6 Saturday, for a time already shifted to local. 1970-01-01 was a Thursday. */
export function weekday(ts: number): number {
  return (Math.floor(ts / DAY) + 4) % 7;
}

export function daysOf(from: string, to: string): number[] {
  const days: number[] = [];
  for (let day = micros(from); day <= micros(to); day += DAY) days.push(day);
  return days;
}

/** How busy people are in each local hour of a working day. Lunch is long, evenings are quiet. */
const OFFICE_HOURS = [
  1, 0.6, 0.5, 0.5, 0.6, 1.5, 6, 30, 85, 100, 96, 70, 30, 52, 90, 94, 82, 48, 18, 12, 10, 8, 5, 2,
];
const REST_DAY = 0.14;

export interface Office {
  utc_offset_minutes: number;
  holidays: string[];
}

/** Weight of human activity in the hour that starts at `ts`. */
export function humanWeight(ts: number, office: Office): number {
  const local = ts + office.utc_offset_minutes * MINUTE;
  const hour = OFFICE_HOURS[Math.floor((local % DAY) / HOUR)] as number;
  const day = weekday(local);
  if (day === 0 || office.holidays.includes(dateOf(local))) return hour * REST_DAY + 1;
  return (day === 6 ? hour * 0.3 : hour) + 1;
}

export interface Slice {
  from: number;
  to: number;
  human: number;
  machine: number;
}

/** Share of a sensor's ordinary rows that machines make, awake or asleep. */
const MACHINE_SHARE = 0.3;

/**
 * Splits the whole period into slices with the number of rows that people and machines make in each. A slice is what
 * is held in memory at once, so hours are divided until a slice holds at most `limit` rows.
 */
export class Rota {
  private readonly totalHuman: number;
  private readonly hours: number;

  constructor(
    days: number[],
    private readonly office: Office,
    private readonly limit: number,
  ) {
    let total = 0;
    for (const day of days) for (let h = 0; h < 24; h++) total += humanWeight(day + h * HOUR, office);
    this.totalHuman = total;
    this.hours = days.length * 24;
  }

  slicesOf(day: number, rowsOfSensor: number): Slice[] {
    const slices: Slice[] = [];
    for (let h = 0; h < 24; h++) {
      const from = day + h * HOUR;
      const human = (rowsOfSensor * (1 - MACHINE_SHARE) * humanWeight(from, this.office)) / this.totalHuman;
      const machine = (rowsOfSensor * MACHINE_SHARE) / this.hours;
      const parts = Math.min(3600 / 30, Math.max(1, Math.ceil((human + machine) / this.limit)));
      const divisor = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120].find((n) => n >= parts) ?? 120;
      const length = HOUR / divisor;
      for (let i = 0; i < divisor; i++) {
        const start = from + i * length;
        slices.push({ from: start, to: start + length, human: human / divisor, machine: machine / divisor });
      }
    }
    return slices;
  }
}
