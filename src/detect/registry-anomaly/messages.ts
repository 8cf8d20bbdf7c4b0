import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "registry-anomaly.starts-no-interpreter": "It starts no interpreter.",
  "registry-anomaly.starts": "It starts {0}.",
  "registry-anomaly.program-changed-no-other": "The program changed no other value of this kind.",
  "registry-anomaly.program-changed-values-kind": "The program changed {0} values of this kind.",
  "registry-anomaly.hosts-tell-registry": "On {0} of {1} hosts that tell of the registry.",
  "registry-anomaly.registry-events-host-begin":
    "The registry events of the host begin {0} hours before it: whether it is new is not known.",
  "registry-anomaly.first-seen-after-days":
    "First seen after {0} days of the host's registry events; on {1} of {2} days of hosts something else was written there.",
  "registry-anomaly.administrators-installers-write-registry":
    "Administrators and installers write to the registry as well: look at who did it, and what it names.",
  "registry-anomaly.harmless-things-also-write": "Harmless things also write there: {0}.",
  "registry-anomaly.more-values-not-listed": "{0} more values are not listed.",
  "registry-anomaly.more-hosts-not-listed": "{0} more hosts are not listed.",
  "registry-anomaly.set": "{0}{1}, set{2}",
  "registry-anomaly.weakened": "Weakened{0}: {1}{2}",
  "registry-anomaly.events-registry": "events of the registry",
  "registry-anomaly.no-event-tells-registry":
    "no event tells of the registry (Sysmon 12, 13, 14, Security 4657)",
  "registry-anomaly.writes-places-list": "writes to places of the list",
  "registry-anomaly.these-not-what-ordinary": "of these, not what is ordinary there",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "registry-anomaly.written":
    "On {1} (hosts: {0}), {2}. First written on {3}, last on {4}, by {5}. Values: {6}. What speaks for an intruder: {7}",
};
