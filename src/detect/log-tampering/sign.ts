import type { Evidence, Severity } from "../../model/finding.js";

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
  evidence: readonly Evidence[];
}

interface Kind {
  title: string;
  severity: Severity;
  /** How far it speaks of intent, 0..1. */
  grade: number;
  attack: readonly string[];
}

export const KINDS: Readonly<Record<SignKind, Kind>> = {
  cleared: { title: "Event logs cleared", severity: "high", grade: 0.85, attack: ["T1070.001"] },
  stopped: {
    title: "Event log service stopped or crashed",
    severity: "medium",
    grade: 0.6,
    attack: ["T1562.002"],
  },
  policy: {
    title: "Audit or logging policy weakened",
    severity: "medium",
    grade: 0.6,
    attack: ["T1562.002"],
  },
  disabled: { title: "Event log disabled or moved", severity: "high", grade: 0.75, attack: ["T1562.002"] },
  hidden: { title: "Records hidden inside others", severity: "critical", grade: 1, attack: ["T1070.001"] },
  missing: {
    title: "Records missing from the middle of a log",
    severity: "high",
    grade: 0.8,
    attack: ["T1070.001"],
  },
  rewritten: {
    title: "A log was replaced or rewritten",
    severity: "high",
    grade: 0.9,
    attack: ["T1070.001"],
  },
  restarted: {
    title: "A log begins anew without a record of its clearing",
    severity: "low",
    grade: 0.35,
    attack: ["T1070.001"],
  },
  clock: {
    title: "Time runs backwards in one log alone",
    severity: "medium",
    grade: 0.5,
    attack: ["T1070.001"],
  },
  silent: {
    title: "A log silent while its siblings were written",
    severity: "medium",
    grade: 0.5,
    attack: ["T1562.002"],
  },
};
