import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "discovery-burst.discovery-techniques": "{0} discovery techniques: {1}.",
  "discovery-burst.nothing-asked-about-domain":
    "Nothing was asked about the domain or what protects the machine.",
  "discovery-burst.asked-about-domain-other":
    "It asked about the domain, other machines or what protects this one ({0}).",
  "discovery-burst.within-minutes": "Within {0} minutes.",
  "discovery-burst.no-event-says-who": "No event says who started it.",
  "discovery-burst.behind-stands": "Behind it stands {0}, {1}.",
  "discovery-burst.these-commands-under-such":
    "These commands under such a parent are rare on these hosts and for this account.",
  "discovery-burst.these-commands-under-such.2":
    "These commands under such a parent are found on other hosts, or on other days.",
  "discovery-burst.too-few-hosts-days": "Too few hosts and days to say what is usual here.",
  "discovery-burst.under": " under {0}",
  "discovery-burst.kinds-discovery-commands": "{0} kinds of discovery commands on {1}{2}",
  "discovery-burst.administrators-ask-same-when":
    "Administrators ask the same when they look for a fault: ask the owner of the account.",
  "discovery-burst.too-few-hosts-days.2":
    "Too few hosts and days in this case to learn what is usual: rarity counts half.",
  "discovery-burst.more-commands-not-listed": "{0} more commands are not listed.",
  "discovery-burst.starts-programs": "starts of programs",
  "discovery-burst.no-event-tells-which":
    "no event tells which programs were started (Sysmon 1, Security 4688, auditd EXECVE)",
  "discovery-burst.discovery-commands": "discovery commands",
  "discovery-burst.these-habits-hosts-or": "of these habits of hosts or accounts",
  "discovery-burst.bursts-beyond-those-kept": "bursts beyond those kept, left out",
  "discovery-burst.findings-beyond-max-findings": "findings beyond max_findings, left out",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "discovery-burst.asked":
    "{0} asked {1} kinds of questions about {2} and what is around it, from {3} to {4} ({5} bursts). Behind the commands stands {6}. They were: {7}. What speaks for an intruder: {8}",
};
