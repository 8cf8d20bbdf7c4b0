import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "log-tampering.event-logs-cleared": "Event logs cleared",
  "log-tampering.event-log-service-stopped": "Event log service stopped or crashed",
  "log-tampering.audit-or-logging-policy": "Audit or logging policy weakened",
  "log-tampering.event-log-disabled-or": "Event log disabled or moved",
  "log-tampering.records-hidden-inside-others": "Records hidden inside others",
  "log-tampering.records-missing-from-middle": "Records missing from the middle of a log",
  "log-tampering.log-replaced-or-rewritten": "A log was replaced or rewritten",
  "log-tampering.log-begins-anew-without": "A log begins anew without a record of its clearing",
  "log-tampering.time-runs-backwards-one": "Time runs backwards in one log alone",
  "log-tampering.log-silent-while-its": "A log silent while its siblings were written",
  "log-tampering.how-far-kind-sign": "How far this kind of sign speaks of intent.",
  "log-tampering.nothing-harmless-known-looks": "Nothing harmless is known that looks the same here.",
  "log-tampering.may-be-harmless": "It may be harmless: {0}.",
  "log-tampering.host-at-about-same": "On the host at about the same time as well: {0}.",
  "log-tampering.no-other-kind-sign": "No other kind of sign on the host at about the same time.",
  "log-tampering.administrators-clear-logs-as":
    "Administrators clear logs as well, mostly when a machine is set up: who did it, and what else happened then, decides.",
  "log-tampering.events-about-logs": "events about logs",
  "log-tampering.logs-hosts-whose-hours": "logs of hosts whose hours were looked at",
  "log-tampering.starts-machines-held-against": "starts of machines held against other logs",
  "log-tampering.copies-event-log-files": "copies of event log files",
  "log-tampering.copies-exported-logs-whose": "copies of exported logs, whose ids say nothing",
  "log-tampering.pairs-copies-one-log": "pairs of copies of one log",
  "log-tampering.steps-back-time-cannot": "steps back in time that cannot be judged",
  "log-tampering.findings-not-reported-beyond": "findings not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "log-tampering.signs":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} between {2} and {3} that somebody laid hands on its event logs, or that they failed: {4}.",
  "log-tampering.by":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} between {2} and {3} that somebody laid hands on its event logs: {4}. The events name {5}.",
  "log-tampering.signs.once":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} of {2} that somebody laid hands on its event logs, or that they failed: {4}.",
  "log-tampering.by.once":
    "On {0} {1, plural, one {there is # sign} other {there are # signs}} of {2} that somebody laid hands on its event logs: {4}. The events name {5}.",
};
