import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "script-host-abuse.its-command-has-nothing": "Its command has nothing of what intruders do.",
  "script-host-abuse.command-has": "The command has {0}.",
  "script-host-abuse.what-given-lies-where":
    "What it was given lies where only administrators write, or is no file.",
  "script-host-abuse.lies-where-users-can": "{0} lies where users can write.",
  "script-host-abuse.program-no-event-names": "a program that no event names",
  "script-host-abuse.started-by": "Started by {0}.",
  "script-host-abuse.which-lies-where-users": "which lies where users can write",
  "script-host-abuse.started-by.2": "Started by {0}, {1}.",
  "script-host-abuse.no-connection-outside-no":
    "No connection to the outside and no program or script that it wrote was seen.",
  "script-host-abuse.connected": "connected to {0}",
  "script-host-abuse.wrote": "wrote {0}",
  "script-host-abuse.afterwards": "Afterwards it {0}.",
  "script-host-abuse.hosts-days": "On {0} of {1} hosts, on {2} days.",
  "script-host-abuse.odd-parent": "an odd parent",
  "script-host-abuse.under": " under {0}",
  "script-host-abuse.host": "a host",
  "script-host-abuse.more": " and {0} more",
  "script-host-abuse.with": "{0} with {1}{2}: {3}{4}",
  "script-host-abuse.administrators-software-use-these":
    "Administrators and software use these programs every day: look at what was run.",
  "script-host-abuse.more-hosts-not-listed": "{0} more hosts are not listed.",
  "script-host-abuse.starts-programs-their-command": "starts of programs with their command line",
  "script-host-abuse.no-event-tells-which":
    "no event tells with which command lines programs were started (Sysmon 1, Security 4688 with command lines)",
  "script-host-abuse.these-script-hosts": "of these script hosts",
  "script-host-abuse.like-runs": "like runs",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "script-host-abuse.ran":
    "{0} ran on {1}, first on {2}, last on {3} ({4} times), as: {5}. What speaks for an intruder: {6}",
};
