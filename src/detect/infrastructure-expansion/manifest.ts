import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "infrastructure-expansion",
  title: "Siblings of confirmed and suspected servers",
  description:
    "Follows confirmed (watched and contacted) and suspected servers to their siblings: same address, same certificate, same registrable " +
    "domain, same pattern of names, same rare TLS fingerprint on the same ports. Every step has a reason and lowers the confidence; " +
    "it stops at shared hosting, content networks, common certificates, real providers and the allow-list. What confirmed servers alone lead to " +
    "along hard ties (address, certificate, registrable domain) is marked from_confirmed, suspected servers included. Facts of a finding: server, " +
    "names, addresses, ports, path, confidence, depth, seed, basis, from_confirmed, hosts, bytes_out, bytes_in, connections, active_days, weeks, first, last, relation.",
  needs: ["contact_hourly"],
  uses: ["tls_activity", "certificate", "dns_activity"],
  attack: ["T1583.001", "T1583.003"],
  parameters: {
    min_confidence: {
      default: 0.3,
      unit: "confidence",
      meaning: "Servers reached with less are not reported and not followed.",
    },
    max_depth: {
      default: 3,
      unit: "steps",
      meaning: "How many rounds of steps are taken from the known servers.",
    },
    max_nodes: { default: 600, unit: "nodes", meaning: "The graph stops growing at this size." },
    popular_hosts: {
      default: 50,
      unit: "hosts",
      meaning:
        "An address or site used by more inside hosts than this, and by a larger share than popular_share, is not an operator's own.",
    },
    popular_share: { default: 0.25, unit: "share of inside hosts", meaning: "See popular_hosts." },
    shared_sites: {
      default: 5,
      unit: "registrable domains",
      meaning:
        "An address with at least this many unrelated domains is shared hosting; a certificate with as many is a content network's.",
    },
    max_certificate_addresses: {
      default: 20,
      unit: "addresses",
      meaning: "A certificate on more addresses than this is common and not followed.",
    },
    max_fingerprint_addresses: {
      default: 10,
      unit: "addresses",
      meaning: "A TLS fingerprint seen on more addresses than this is common and not followed.",
    },
    seed_min_score: {
      default: 0.42,
      unit: "score",
      meaning: "Suspected servers below this score are not expanded.",
    },
  },
  after: ["infrastructure-contact", "cloud-masquerade"],
};
