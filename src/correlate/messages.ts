/** Explanation templates of incidents and campaigns, by key. Arguments are typed and tagged with their organisation, as those of findings. */
export const INCIDENT_MESSAGES: Readonly<Record<string, string>> = {
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
};
