import { sayer } from "../kernel/language.js";

/** Explanations and sentences of incidents and campaigns, by key. Arguments are typed and tagged with their organisation, as those of findings. */
export const INCIDENT_MESSAGES = {
  "incident.sequence":
    "{0} findings about {1}, {4} of them strong by themselves, the first of these from {2}; the last of all is of {3}. In order of time they make a plausible intrusion: {5}. It begins on {6}; what ties the findings together: {7}.",
  "incident.pile":
    "{0} findings about {1}, {4} of them strong by themselves, the first of these from {2}; the last of all is of {3}. They show {5} and no sequence of stages. The first is about {6}; what ties the findings together: {7}.",
  "incident.single":
    "One strong finding about {1} ({5}), from {2}. Findings in all: {0}, the last of them of {3}. Nothing else that is strong by itself is tied to it.",
  "campaign.networks":
    "{0} incidents (organisations: {2}; networks that no line of the inventory covers: {6}) between {3} and {4} share {5}. Tied by that, they are taken for the work of one hand; who that is stands elsewhere.",
  "campaign.shared":
    "{0} incidents in {1} organisations ({2}) between {3} and {4} share {5}. Tied by that, they are taken for the work of one hand; who that is stands elsewhere.",

  "incident.title": "{0}: {1}",
  "incident.title.hosts": "{0} and {1, plural, one {# more host} other {# more hosts}}: {2}",
  "incident.title.findings": "{0} strong findings",
  "incident.title.order": "{0}, then {1}",
  "incident.no-host": "no host by name",
  "incident.no-technique": "no technique of ATT&CK",
  "incident.tie": "{0} {1}",
  "incident.tie.weak": "{0} {1} (by weak findings)",
  "incident.strength":
    "How hard it is to take all its findings for mistakes: the best of each detector, others of the same for less.",
  "incident.order":
    "Findings that follow each other as the stages of an intrusion do: 0 for one stage however many findings, 0.5 for a second stage that is certain.",
  "incident.rarity": "How few of all hosts have findings of these kinds.",
  "incident.caveat.joined":
    "Findings are joined because they share something within a time; that one hand is behind all of them is likely and not shown.",
  "incident.caveat.one-detector":
    "All its strong findings come from one detector: what deceives it deceives this incident.",
  "incident.caveat.no-line": "No single log line stands for any of its strong findings.",
  "campaign.title.organisations":
    "One campaign in {0, plural, one {# organisation} other {# organisations}}: {1}",
  "campaign.title.networks": "One campaign in {0, plural, one {# network} other {# networks}}: {1}",
  "campaign.title.both": "One campaign in {0} organisations and networks: {1}",
  "campaign.more": "{0} and {1} more",
  "campaign.caveat":
    "Servers are rented, tools are sold and stolen: sharing them is likely the work of one hand, and not shown to be.",
  "popular.role": "it is a {0}",
  "popular.companions": "findings name it together with {0} other hosts and accounts",
  "popular.hosts": "findings name it on {0} hosts",
  "popular.weak-organisations": "{0} organisations have only weak findings about it",
  "popular.weak-hosts": "{0} hosts have only weak findings about it",
  "popular.sites": "names of {0} sites lead to it",
} as const;

export const say = sayer(INCIDENT_MESSAGES);
