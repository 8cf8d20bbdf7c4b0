import type { DetectContext } from "../port.js";
import { say } from "./messages.js";

export const NO_INSIDE = say("shared.no-inside-host-known");

/** Whether any address of the telemetry is on our side; without one nothing is outside either. */
export async function knowsInside(context: DetectContext): Promise<boolean> {
  const [row] = await context.query<{ hosts: number }>("SELECT count() AS hosts FROM internal_host");
  return Number(row?.hosts ?? 0) > 0;
}

/** SQL: the address in this column (an identifier of ours) is on our side. `realm` names the column with its realm. */
export function insideSql(column: string, realm = "address_realm"): string {
  return `((${realm}, ${column}) IN (SELECT address_realm, ip FROM internal_host))`;
}

/** SQL: the address in this column belongs to one machine: no multicast (RFC 5771, RFC 4291), no class E, no 255.255.255.255. */
export function oneMachineSql(column: string): string {
  return `(${column} NOT BETWEEN toIPv6('ff00::') AND toIPv6('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')
    AND ${column} NOT BETWEEN toIPv6('224.0.0.0') AND toIPv6('255.255.255.255'))`;
}
