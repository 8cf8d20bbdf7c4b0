import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "cloud-masquerade",
  title: "Servers that pose as cloud storage or backup",
  description:
    "Finds servers that pretend to be a cloud storage or backup service, without a list of their names. It weighs what the names " +
    "promise (words, look-alikes of real providers, the same service labels on several domains) together with how the servers behave: " +
    "odd ports, few and unrelated organisations, certificates that contradict the name, more data sent than received, contact over " +
    "weeks. Real providers (a kept list) are left out. Facts of a finding: names, addresses, ports, odd_ports, hosts, organisations, " +
    "bytes_out, bytes_in, connections, active_days, weeks, first, last, siblings, shared_labels, name_words, relation.",
  needs: ["contact_hourly"],
  uses: ["tls_activity", "certificate", "dns_activity"],
  attack: ["T1036.005", "T1583.001", "T1567.002", "T1071.001", "T1571"],
  parameters: {
    min_score: { default: 0.25, unit: "score", meaning: "Servers below this score are not reported." },
    min_connections: {
      default: 3,
      unit: "connections",
      meaning: "Least number of answered or named connections to a site before it is judged.",
    },
    popular_hosts: {
      default: 50,
      unit: "hosts",
      meaning:
        "A site used by more inside hosts than this, and by a larger share than popular_share, is too popular to be an operator's own.",
    },
    popular_share: { default: 0.25, unit: "share of inside hosts", meaning: "See popular_hosts." },
    shared_sites: {
      default: 5,
      unit: "registrable domains",
      meaning:
        "An address that serves at least this many unrelated domains is shared hosting: its ports and volumes are not held against one of them.",
    },
    max_candidates: {
      default: 2000,
      unit: "sites",
      meaning:
        "How many sites, the most telling first, are examined in detail from names, and as many again from behaviour.",
    },
  },
  after: [],
};
