import { at, DAYS, type World } from "../cloud-masquerade/world.js";
import { noise } from "./series.js";

/** Made-up offices. Hours are UTC; the offices work from 2 to 11, their backups run from 18 on. */
export const MB = 1_000_000;

/** People at work: pages from a number of sites, a little up and more down. */
export function people(world: World, org: number, hosts: number): void {
  const { next } = noise(org);
  for (let number = 1; number <= hosts; number++) {
    for (let day = 0; day < DAYS; day++) {
      if (day % 7 >= 5) continue;
      for (let visit = 0; visit < 3; visit++)
        world.add({
          time: at(day, 2 + Math.floor(next() * 9)),
          src: world.host(org, number),
          dst: `198.18.${Math.floor(next() * 4)}.${1 + Math.floor(next() * 50)}`,
          out: 20_000,
          in: 900_000,
        });
    }
  }
}

export interface Job {
  src: string;
  dst: string;
  name: string;
  from?: number;
  to?: number;
  megabytes?: number;
  sigma?: number;
  /** How many times the usual on each of these days. */
  times?: (day: number) => number;
  hour?: number;
  seed?: number;
}

/** A nightly job; the first of it is a full backup where `times` says so. */
export function job(world: World, { src, dst, name, from = 0, to = DAYS, ...more }: Job): void {
  const { megabytes = 800, sigma = 0.4, times = () => 1, hour = 18, seed = 1 } = more;
  const { next, lognormal } = noise(seed);
  for (let day = from; day < to; day++) {
    if (next() < 0.03) continue;
    const out = Math.round(lognormal(megabytes * MB, sigma) * times(day));
    world.add({ time: at(day, hour, Math.floor(next() * 50)), src, dst, name, out, in: 400_000 });
  }
}

/** Contact every two hours, day and night: an implant, or the client of a server of one's own. */
export function keepContact(world: World, to: Server, from: number, until = DAYS): void {
  const { next } = noise(from + 90);
  for (let day = from; day < until; day++)
    for (let hour = 0; hour < 24; hour += 2)
      world.add({ ...to, time: at(day, hour, Math.floor(next() * 59)), out: 700, in: 900 });
}

export interface Server {
  src: string;
  dst: string;
  name?: string;
  port?: number;
}

/** `[day, hour, megabytes]`, in two connections; much less comes back. */
export function uploads(
  world: World,
  to: Server,
  list: readonly (readonly [number, number, number])[],
  back = 0.004,
): void {
  for (const [day, hour, megabytes] of list)
    for (const minute of [5, 25]) {
      const out = Math.round((megabytes * MB) / 2);
      world.add({ ...to, time: at(day, hour, minute), out, in: Math.round(out * back) });
    }
}

/** Nine uploads of about 400 MB on days and at hours of no schedule; `shift` moves the days. */
export const THEFT = (
  [
    [31, 18, 420],
    [33, 19, 260],
    [38, 18, 700],
    [41, 20, 310],
    [49, 18, 450],
    [50, 19, 390],
    [58, 18, 880],
    [66, 20, 240],
    [73, 19, 510],
  ] as const
).map((each) => each);

export const shifted = (list: typeof THEFT, days: number, hours = 0) =>
  list.map(([day, hour, megabytes]) => [day + days, hour + hours, megabytes] as const);
