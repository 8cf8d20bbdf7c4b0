import { groupBy } from "../../kernel/group-by.js";

/** One hour (since 1970) in which a host sent much more to a destination than it got. Bytes. */
export interface UploadHour {
  hour: number;
  out: number;
  in: number;
}

/** Upload hours of one host that follow one another. */
export interface Episode {
  realm: string;
  host: string;
  /** First and last hour since 1970, both within. */
  from: number;
  to: number;
  out: number;
  in: number;
}

/** A pause of up to this many hours does not end an upload: the roll-up counts a connection in the hour in which it began. */
const PAUSE = 2;

/** Uploads of one host: runs of upload hours, in order. */
export function episodesOf(host: { realm: string; host: string }, hours: readonly UploadHour[]): Episode[] {
  const episodes: Episode[] = [];
  for (const [hour, parts] of [...groupBy(hours, (each) => each.hour)].sort(([a], [b]) => a - b)) {
    const out = parts.reduce((sum, part) => sum + part.out, 0);
    const into = parts.reduce((sum, part) => sum + part.in, 0);
    const last = episodes.at(-1);
    if (last !== undefined && hour - last.to <= PAUSE + 1) {
      last.to = hour;
      last.out += out;
      last.in += into;
    } else {
      episodes.push({ realm: host.realm, host: host.host, from: hour, to: hour, out, in: into });
    }
  }
  return episodes;
}

/** Volume of one day of a series; `day` counts days since 1970 from the series' own boundary. */
export interface DayVolume {
  day: number;
  bytes: number;
  /** Hour of the UTC day in which the first upload of the day began. */
  start: number;
}

/**
 * The hour of the UTC day at which a series' day begins: the middle of its quietest six hours, so that a job around midnight (of
 * whatever zone) is not cut in two.
 */
export function dayBoundary(hours: readonly UploadHour[]): number {
  const byHour = new Array<number>(24).fill(0);
  for (const { hour, out } of hours) byHour[hour % 24] = (byHour[hour % 24] ?? 0) + out;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < 24; start++) {
    let sum = 0;
    for (let step = -3; step < 3; step++) sum += byHour[(start + step + 24) % 24] ?? 0;
    if (sum < least) [best, least] = [start, sum];
  }
  return best;
}

/** Sums by day, in order; days without upload have no entry. */
export function dayVolumes(hours: readonly UploadHour[], boundary: number): DayVolume[] {
  const days = new Map<number, DayVolume & { first: number }>();
  for (const { hour, out } of hours) {
    const day = Math.floor((hour - boundary) / 24);
    const known = days.get(day);
    if (known === undefined) days.set(day, { day, bytes: out, first: hour, start: hour % 24 });
    else {
      known.bytes += out;
      if (hour < known.first) Object.assign(known, { first: hour, start: hour % 24 });
    }
  }
  return [...days.values()]
    .map(({ day, bytes, start }) => ({ day, bytes, start }))
    .sort((a, b) => a.day - b.day);
}
