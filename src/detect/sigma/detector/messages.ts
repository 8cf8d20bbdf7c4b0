import { sayer } from "../../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "sigma.how-urgent-rule-author": "How urgent the rule's author holds a match to be.",
  "sigma.whether-another-rule-level":
    "Whether another rule of level high or critical matched on one of its hosts at about the same time.",
  "sigma.one-match-each-host":
    "1 for one match for each host and day on which there is any, less the more there are.",
  "sigma.rule-knows-what-act":
    "A rule knows what an act looks like, not who did it or why: administrators and software do much that intruders do.",
  "sigma.matched-times-each-host":
    "It matched {0} times for each host and day: rather how these machines work than what an intruder did.",
  "sigma.habit":
    "It matched on {0} hosts, on {1} days each: rather how this network works than what an intruder did.",
  "sigma.more-hosts-not-listed": "{0} more hosts are not listed.",
  "sigma.other-sigma-rules-matched": "{0} other Sigma rules matched {1} events",
  "sigma.score-gravest-these-rules": "Score of the gravest of these rules, made as for a finding of its own.",
  "sigma.longwatch-sigma-hunt-prints": "`longwatch sigma hunt` prints every match of every rule.",
  "sigma.none-sigma-rules-can": "none of the Sigma rules can be run",
  "sigma.no-case": "no {0} in this case",
  "sigma.windows-events": "Windows events",
  "sigma.matches-too-many-correlation": "matches too many for a correlation",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "sigma.rule":
    'The Sigma rule "{0}" (level {1}) matched {2} events on {3} hosts between {4} and {5}, most on {6}. What it looks for: {7}',
  "sigma.correlation":
    'The Sigma rule "{0}" (level {1}) found {2} groups of events between {4} and {5} (hosts that they name: {3}: {6}). What it looks for: {7}',
  "sigma.others":
    "{0} more Sigma rules matched {1} events on {2} hosts between {3} and {4}; they are of low level, or less grave than those with a finding of their own: {5}.",
};
