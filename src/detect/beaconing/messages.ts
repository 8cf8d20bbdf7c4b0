const RHYTHM =
  "It checks in every {6}, give or take {7}, and about {8} of the check-ins are missing; the rhythm was kept for {9} in {5} contacts " +
  "between {3} and {4}. That is {10} bits of evidence against contact at random. ";

export const messages: Record<string, string> = {
  "beaconing.address": `{0} contacts {1} ({2}) in a regular rhythm. ${RHYTHM}{11} of our hosts contact the destination.`,
  "beaconing.name": `{0} contacts {1} ({2}), a name that no single address stands for, in a regular rhythm. ${RHYTHM}{11} of our hosts contact it.`,
  "beaconing.resolved": `{0} contacts the addresses that it was told for {1} ({2}) in a regular rhythm. ${RHYTHM}{11} of our hosts contact it.`,
  "beaconing.proxied": `{0} asks a proxy for {1} ({2}) in a regular rhythm. ${RHYTHM}{11} of our hosts contact it.`,
  "beaconing.inbound": `{0}, which is outside, contacts {1} of ours ({2}) in a regular rhythm. ${RHYTHM}{11} clients contact this server.`,
};
