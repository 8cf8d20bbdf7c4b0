import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "lateral-movement.on": "{0} on {1}",
  "lateral-movement.nothing-made-run-from": "nothing was made to run from afar, or it is custom",
  "lateral-movement.one-host": "one host was",
  "lateral-movement.hosts": "{0} hosts were",
  "lateral-movement.made-run-something-or": "{0} made to run something, or had it put there",
  "lateral-movement.from-which-reached-just": "from {0}, which was reached just before, on to {1}",
  "lateral-movement.no-host-reached-where": "no host that was reached is where a further step begins",
  "lateral-movement.reached-as-went-as": "reached {0} as {1}, and went on as {2}",
  "lateral-movement.gave-credentials": "{0} gave the credentials of {1} on {2}",
  "lateral-movement.takes-control-one-host":
    "{0} takes control of one host as {1}, and shortly after of another as {2}",
  "lateral-movement.accounts-way-do-not": "the accounts on the way do not change, as far as the logs say",
  "lateral-movement.administrator-account-reached-host":
    "an administrator's account reached a host from one from which it never did; less where it takes new ways all the time",
  "lateral-movement.no-way-known-be": "no way is known to be new to its account",
  "lateral-movement.no-mail-server-domain": "no mail server, domain controller or database is newly reached",
  "lateral-movement.unknown-host": "an unknown host",
  "lateral-movement.from-which-no-administrator": "from which no administrator ever came",
  "lateral-movement.logs-too-young-say": "and the logs are too young to say whether that is usual",
  "lateral-movement.reached-from": "{0}, a {1}, is reached from {2}, {3}",
  "lateral-movement.no-account-reached-many": "no account reached many hosts within an hour",
  "lateral-movement.failed": " and failed on {0}",
  "lateral-movement.which-custom-here": ", which is custom here",
  "lateral-movement.reached-or-tried-hosts": "{0} reached or tried {1} hosts from {2} within an hour{3}{4}",
  "lateral-movement.more": " and {0} more",
  "lateral-movement.from-unknown-host": ", from an unknown host",
  "lateral-movement.from-host-host": "From host to host: {0}{1}{2}",
  "lateral-movement.administrators-work-from-afar":
    "Administrators work from afar with the same means; ask the owner of the accounts. That one step follows from another is told by time and account alone.",
  "lateral-movement.no-record-says-from":
    "No record says from which host it came: its security log, or that of the host reached, is missing.",
  "lateral-movement.no-event-case-tells":
    "no event in this case tells of a logon, a session or an act from one host on another",
  "lateral-movement.acts-sessions-from-one": "acts and sessions from one host on another",
  "lateral-movement.logons-administrators-by-remote":
    "logons of administrators and by remote desktop from other hosts",
  "lateral-movement.ways-these": "ways of these",
  "lateral-movement.movements-below-low-not": "movements below low, not told",
  "lateral-movement.critical-hosts-known": "critical hosts known",
  "lateral-movement.steps-beyond-max-steps": "steps beyond max_steps, left out",
  "lateral-movement.findings-beyond-max-findings": "findings beyond max_findings, left out",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "lateral-movement.path":
    "Between {1} and {2} somebody went from host to host ({0}): {3}. What speaks for an intruder: {4}.",
};
