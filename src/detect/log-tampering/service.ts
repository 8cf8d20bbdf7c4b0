import { MINUTE } from "../../kernel/time.js";
import type { Machine } from "./machine.js";
import { evidenceOf } from "./record.js";
import type { Sign } from "./sign.js";

/** From the start of the kernel to that of the service: slow disks and updates take a while. */
const BOOT_MINUTES = 20;

/**
 * Starts of the event log service without a start of the machine. Only judged on hosts whose System log records starts of the machine before it and behind
 * it: a log that was filtered has none.
 */
export function serviceRestarts(
  machines: readonly { realm: string; host: string; machine: Machine }[],
): Sign[] {
  return machines.flatMap(({ realm, host, machine }) => {
    const boots = machine.boots.filter(({ place }) => place.channel === "System").map(({ at }) => at);
    const [first, last] = [boots[0], boots.at(-1)];
    if (first === undefined || last === undefined) return [];
    return machine.serviceStarts
      .filter(
        ({ at }) =>
          at > first &&
          at < last &&
          !machine.bootedWithin(at, BOOT_MINUTES) &&
          !machine.clockSetBetween(at - BOOT_MINUTES * MINUTE, at + BOOT_MINUTES * MINUTE),
      )
      .map(({ at, place }): Sign => {
        const what = "the event log service was started although the machine was not";
        return {
          ...{ kind: "stopped", realm, host, log: "", first: at, last: at, what, accounts: [], harmless: "" },
          evidence: [evidenceOf(place, what)],
        };
      });
  });
}
