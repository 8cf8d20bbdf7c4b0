import type { Evidence, Severity } from "../../model/finding.js";
import { say } from "./messages.js";

export type SignKind =
  | "cleared"
  | "stopped"
  | "policy"
  | "disabled"
  | "hidden"
  | "missing"
  | "rewritten"
  | "restarted"
  | "clock"
  | "silent";

/** Something that was done to the logs of a host. Times are milliseconds UTC. */
export interface Sign {
  kind: SignKind;
  realm: string;
  host: string;
  /** Channel; '' where it is about all of them. */
  log: string;
  first: number;
  last: number;
  /** In half a sentence. */
  what: string;
  /** Accounts that did it, as far as the event says. */
  accounts: readonly string[];
  /** What harmless thing looks the same here; '' where nothing is known. */
  harmless: string;
  /** Techniques, where they are others than those of the kind. */
  attack?: readonly string[];
  evidence: readonly Evidence[];
}

/** Signs of one kind on one host that are kept, of those with a harmless reason and those without. */
const KEPT = 50;

/** The signs of a case, as many of each kind and host as a finding tells; the rest is counted. So memory does not grow with a log full of them. */
export class SignBook {
  readonly #kept = new Map<string, { signs: Sign[]; count: number; last: number }>();

  add(sign: Sign): void {
    const { kind, realm, host, harmless } = sign;
    const key = JSON.stringify([kind, realm, host.toLowerCase(), harmless]);
    const known = this.#kept.get(key);
    if (known === undefined) {
      this.#kept.set(key, { signs: [sign], count: 1, last: sign.last });
      return;
    }
    known.count++;
    known.last = Math.max(known.last, sign.last);
    if (known.signs.length < KEPT) known.signs.push(sign);
  }

  addAll(signs: readonly Sign[]): void {
    for (const sign of signs) this.add(sign);
  }

  /** Signs of one kind on one host. */
  groups(): SignGroup[] {
    const groups = new Map<string, SignGroup>();
    for (const { signs, count, last } of this.#kept.values()) {
      const [{ kind, realm, host, first }] = signs as [Sign];
      const key = JSON.stringify([kind, realm, host.toLowerCase()]);
      const known = groups.get(key);
      const earliest = signs.reduce((least, sign) => Math.min(least, sign.first), known?.first ?? first);
      groups.set(key, {
        ...{ kind, realm, host: known?.host ?? host, first: earliest },
        last: Math.max(last, known?.last ?? last),
        count: count + (known?.count ?? 0),
        signs: [...(known?.signs ?? []), ...signs].sort(
          (a, b) => a.first - b.first || (a.what < b.what ? -1 : 1),
        ),
      });
    }
    return [...groups.values()];
  }

  /** Signs that say that a log was cleared. */
  cleared(): Sign[] {
    return [...this.#kept.values()].flatMap(({ signs }) => signs).filter(({ kind }) => kind === "cleared");
  }
}

/** Signs of one kind on one host: a finding. Times are milliseconds UTC. */
export interface SignGroup {
  kind: SignKind;
  realm: string;
  host: string;
  first: number;
  last: number;
  /** How many there were; `signs` has the first of them. */
  count: number;
  signs: readonly Sign[];
}

interface Kind {
  title: string;
  severity: Severity;
  /** How far it speaks of intent, 0..1. */
  grade: number;
  attack: readonly string[];
}

export const KINDS: Readonly<Record<SignKind, Kind>> = {
  cleared: {
    title: say("log-tampering.event-logs-cleared"),
    severity: "high",
    grade: 0.85,
    attack: ["T1070.001"],
  },
  stopped: {
    title: say("log-tampering.event-log-service-stopped"),
    severity: "medium",
    grade: 0.6,
    attack: ["T1562.002"],
  },
  policy: {
    title: say("log-tampering.audit-or-logging-policy"),
    severity: "medium",
    grade: 0.6,
    attack: ["T1562.002"],
  },
  disabled: {
    title: say("log-tampering.event-log-disabled-or"),
    severity: "high",
    grade: 0.75,
    attack: ["T1562.002"],
  },
  hidden: {
    title: say("log-tampering.records-hidden-inside-others"),
    severity: "critical",
    grade: 1,
    attack: ["T1070.001"],
  },
  missing: {
    title: say("log-tampering.records-missing-from-middle"),
    severity: "high",
    grade: 0.8,
    attack: ["T1070.001"],
  },
  rewritten: {
    title: say("log-tampering.log-replaced-or-rewritten"),
    severity: "high",
    grade: 0.9,
    attack: ["T1070.001"],
  },
  restarted: {
    title: say("log-tampering.log-begins-anew-without"),
    severity: "low",
    grade: 0.35,
    attack: ["T1070.001"],
  },
  clock: {
    title: say("log-tampering.time-runs-backwards-one"),
    severity: "medium",
    grade: 0.5,
    attack: ["T1070.001"],
  },
  silent: {
    title: say("log-tampering.log-silent-while-its"),
    severity: "medium",
    grade: 0.5,
    attack: ["T1562.002"],
  },
};
