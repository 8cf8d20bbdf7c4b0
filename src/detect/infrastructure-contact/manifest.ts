import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "infrastructure-contact",
  title: "Contact with watched infrastructure",
  description:
    "Finds who talks to the addresses, networks, names, certificates and fingerprints on the watch list. Watched names and certificates " +
    "are followed to the addresses behind them, for as long as they pointed there and only where the address is no shared hosting. For " +
    "each organisation and group of connected indicators: first and last contact, active days and weeks, the longest silence while a " +
    "sensor was up, volume each way, hosts, ports and direction; a persistent relation is told apart from a scan and from a single visit.",
  needs: ["contact_hourly"],
  uses: ["network_activity", "dns_activity", "tls_activity", "http_activity", "certificate"],
  attack: ["T1071", "T1041", "T1571", "T1595"],
  parameters: {
    persistent_days: { default: 5, unit: "days", meaning: "Active days that make a relation persistent." },
    persistent_span_days: {
      default: 10,
      unit: "days",
      meaning: "Days from first to last contact that a persistent relation covers at least.",
    },
    repeated_connections: {
      default: 10,
      unit: "connections",
      meaning: "Connections on one single day that are more than a visit.",
    },
    scan_targets: {
      default: 20,
      unit: "targets",
      meaning:
        "Distinct address and port targets on one day from which unanswered or empty contact is a scan.",
    },
    scan_bytes: {
      default: 200,
      unit: "bytes",
      meaning: "Bytes a connection, both ways, below which there was no conversation.",
    },
    inbound_day_bytes: {
      default: 100_000,
      unit: "bytes",
      meaning: "Bytes an active day, both ways, that inbound contact must exchange to be more than knocking.",
    },
    name_gap_days: {
      default: 14,
      unit: "days",
      meaning:
        "Sightings of a name (or certificate) at an address that lie further apart are two separate stays.",
    },
    name_margin_hours: {
      default: 24,
      unit: "hours",
      meaning: "Margin before and after a stay within which the address still counts as the name's.",
    },
    shared_hosting_domains: {
      default: 5,
      unit: "domains",
      meaning:
        "An address that serves more other registrable domains than this is shared hosting and is not followed.",
    },
    certificate_addresses: {
      default: 8,
      unit: "addresses",
      meaning:
        "A certificate presented by more addresses than this is not followed from a watched server to others.",
    },
    fingerprint_hosts: {
      default: 50,
      unit: "hosts",
      meaning: "A JA3 or JA4 that more hosts than this show is a common program and is not followed.",
    },
    confirmed_confidence: {
      default: 0.5,
      unit: "probability",
      meaning: "Confidence of the list from which infrastructure counts as confirmed.",
    },
    max_relations: {
      default: 200_000,
      unit: "relations",
      meaning: "Host and server pairs looked at; the rest, weakest first, is counted and reported.",
    },
  },
  after: ["scan"],
};
