import type { Blind } from "./check-ins.js";

/** The hours of [from, to) that are not among those in which a sensor was up (hours since 1970, ascending), as stretches of seconds. */
export function blindTimes(up: readonly number[], from: number, to: number): Blind {
  const blind: [number, number][] = [];
  let next = from;
  for (const hour of [...up, to]) {
    if (hour > next) blind.push([next * 3600, hour * 3600]);
    next = hour + 1;
  }
  return blind;
}
