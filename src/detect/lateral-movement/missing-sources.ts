import { MINUTE } from "../../kernel/time.js";
import { isSameAccount } from "../shared/logons.js";
import { hostKey } from "./critical.js";
import type { Step } from "./step.js";
import type { Way } from "./ways.js";

/** Between a logon or a ticket and the first act after it. */
const SHORTLY = 10 * MINUTE;

/**
 * From where steps came of which the host reached does not say so (a Kerberos logon for WinRM names no address): the one host from which the same account logged on to it, or
 * asked for a ticket for it, shortly before. Where there are two, neither is taken.
 */
export class MissingSources {
  readonly #waiting = new Map<string, { step: Step; found: Map<string, Way> }[]>();

  constructor(steps: readonly Step[]) {
    for (const step of steps) {
      if (step.source !== "" || step.account.name === "") continue;
      const key = keyOf(step.realm, step.target, step.account.name);
      const list = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, list);
      list.push({ step, found: new Map() });
    }
  }

  /** @param source of the way, as the steps name it */
  offer(way: Way, source: string): void {
    for (const { step, found } of this.#waiting.get(keyOf(way.realm, way.target, way.name)) ?? [])
      if (isSameAccount(way, step.account) && way.first <= step.first && step.first <= way.last + SHORTLY)
        found.set(source, way);
  }

  fill(): void {
    for (const list of this.#waiting.values())
      for (const { step, found } of list) {
        const [only, ...others] = found;
        if (only === undefined || others.length > 0) continue;
        const [source, way] = only;
        step.source = source;
        step.evidence.push({
          line: way.line,
          what: `${way.label} logs on, or asks for a ticket for it, from ${source}`,
        });
      }
  }
}

const keyOf = (realm: string, host: string, account: string): string => `${hostKey(realm, host)}\n${account}`;
