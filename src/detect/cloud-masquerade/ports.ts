import { oddPoints } from "../shared/service-ports.js";

/** 0..1 for one address: one alternative web port 0.15, one odd port 0.3, three odd ones 0.9. */
export function oddness(ports: readonly number[]): number {
  return Math.min(1, oddPoints(ports) * 0.3);
}
