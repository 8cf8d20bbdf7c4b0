import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "process-anomaly.lies-where-only-administrators": "It lies where only administrators write.",
  "process-anomaly.lies-where-users-can": "{0} lies where users can write.",
  "process-anomaly.hosts": "On {0} of {1} hosts.",
  "process-anomaly.does-what-others-tell": "{0} does what others tell it.",
  "process-anomaly.lies-where-only-administrators.2": "{0} lies where only administrators write.",
  "process-anomaly.lsass-keeps-passwords-tickets":
    "lsass keeps the passwords and tickets of who is logged on.",
  "process-anomaly.another-program-ran-under": "Another program ran under its name.",
  "process-anomaly.target": "The target is {0}.",
  "process-anomaly.thread-loads-library": "The thread loads a library ({0}).",
  "process-anomaly.code-outside-all-modules": "Code outside all modules asked for it, or runs there.",
  "process-anomaly.asked-all-rights": "It asked for all rights ({0}).",
  "process-anomaly.unknown-program": "an unknown program",
  "process-anomaly.under-rare": "{0} under {1} is rare: {2}",
  "process-anomaly.rare-not-bad-new": "Rare is not bad: new software and rare work look like this.",
  "process-anomaly.what-never-logged-other":
    "What was never logged on other hosts or days cannot be learned: a short log makes much look rare.",
  "process-anomaly.more-programs-rare-starts":
    "{0} more programs with rare starts on this host are not told.",
  "process-anomaly.debuggers-security-software-tools":
    "Debuggers, security software and tools of administrators do this as well.",
  "process-anomaly.no-event-tells-started":
    "no event tells of started, opened or injected processes (Sysmon 1, 8, 10, 25, Security 4688)",
  "process-anomaly.not-enough-learn-from":
    "not enough to learn from: fewer than {0} host-days with starts of programs, and no event of opened or injected processes",
  "process-anomaly.rare-starts": "rare starts",
  "process-anomaly.programs-rare-starts": "programs with rare starts",
  "process-anomaly.these-not-told-hosts": "of these not told, on hosts with many",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "process-anomaly.rare":
    "{0} was started by {1} on {2}, first on {3}, last on {4}, as hardly ever in this case. The command was: {5}. What is odd: {6}",
  "process-anomaly.touched":
    "{0} {1} {2} on {3}, first on {4}, last on {5} ({6} times). What speaks for an intruder: {7}",
};
