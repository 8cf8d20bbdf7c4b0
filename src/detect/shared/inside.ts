import type { DetectContext } from "../port.js";

export const NO_INSIDE =
  "no inside host is known: name your networks in the inventory or under internal networks";

/** Whether any address of the telemetry is on our side; without one nothing is outside either. */
export async function knowsInside(context: DetectContext): Promise<boolean> {
  const [row] = await context.query<{ hosts: number }>("SELECT count() AS hosts FROM internal_host");
  return Number(row?.hosts ?? 0) > 0;
}
