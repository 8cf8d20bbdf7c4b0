import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "first-contact",
  title: "New and rare destinations",
  description:
    "Finds destinations that nobody contacted during each sensor's learning period, that few hosts contact since, and that get volume. " +
    "A new address of a domain that was known before is not new. New destinations are ordinary, so a finding is supporting evidence.",
  needs: ["contact_hourly"],
  uses: ["network_activity", "dns_activity", "tls_activity", "http_activity"],
  attack: ["T1071", "T1041"],
  parameters: {
    learning_days: {
      default: 7,
      unit: "days",
      meaning: "Days from a sensor's first record in which every destination counts as known.",
    },
    max_hosts: { default: 3, unit: "hosts", meaning: "Most hosts that may contact a rare destination." },
    min_bytes_out: { default: 1_000_000, unit: "bytes", meaning: "Least volume sent to it." },
    min_days: { default: 2, unit: "days", meaning: "Least days on which it was contacted." },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings reported, by score; the rest is counted.",
    },
  },
  after: [],
};
