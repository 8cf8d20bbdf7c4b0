import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "dns-tunnel",
  title: "Channels hidden in name look-ups",
  description:
    "Finds hosts that move data through the DNS: for each host and registrable domain the number of names asked for (in all and on the busiest " +
    "day), how unlike the case's own names they are, how long, whether they are ever repeated or visited, which record types are asked for, what is " +
    "answered, for how long, and whether the usual resolvers are passed by. A second shape is polling: few names, but records that carry text, asked again " +
    "and again. Reputation look-ups, content networks, reverse look-ups and local names are told apart by form and by a kept list.",
  needs: ["dns_activity"],
  uses: ["contact_hourly", "tls_activity"],
  attack: ["T1071.004", "T1048"],
  parameters: {
    min_names: {
      default: 50,
      unit: "names",
      meaning: "Different names below one domain, asked by one host, from which they are weighed.",
    },
    min_polls: {
      default: 24,
      unit: "queries",
      meaning: "Queries for text-bearing records of one domain from which polling is weighed.",
    },
    evidence_names: {
      default: 100,
      unit: "names",
      meaning: "Different names below which a finding stays low.",
    },
    evidence_bytes: {
      default: 5000,
      unit: "bytes",
      meaning: "What the names could have carried (five bits a character), below which a finding stays low.",
    },
    max_hosts: {
      default: 30,
      unit: "hosts",
      meaning:
        "A domain that more of our hosts look up than this, or than a quarter of them (five at least), is a public service and not weighed.",
    },
    max_text_zones: {
      default: 20,
      unit: "domains",
      meaning:
        "A host that asks for text-bearing records of more domains than this is a mail server or resolver: its polling is not judged.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings reported, by score; the rest is counted.",
    },
  },
  after: [],
};
