import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "beaconing",
  title: "Regular contact (beacons)",
  description:
    "Finds contact in a regular rhythm, over any span from an hour to a year: for each source and the address, the name or the proxied host " +
    "that it contacts, the pauses between check-ins are explained once by a beacon (an interval, jitter, lost check-ins) and once by " +
    "contact at random or as people leave it; the evidence is the difference in bits. Hours without telemetry, nights, several connections " +
    "at one check-in, intervals that change and connections that stay open are allowed for. Failed connections are failed-beacon's. " +
    "Software beacons, too: known services, popular destinations and services that are regular by nature are informational, and medium " +
    "severity asks for more than a rhythm and a rare destination.",
  needs: ["contact_hourly"],
  uses: ["network_activity", "tls_activity", "http_activity", "dns_activity", "coverage_hourly"],
  attack: ["T1071", "T1573"],
  parameters: {
    min_contacts: {
      default: 5,
      unit: "contacts",
      meaning: "Least answered contacts of a source with a target.",
    },
    max_candidates: {
      default: 20000,
      unit: "subjects",
      meaning:
        "Sources and targets whose contacts are read one by one: those first whose gaps are surest at a glance and whose target the fewest " +
        "others contact as regularly; the rest is counted.",
    },
    min_bits: {
      default: 10,
      unit: "bits",
      meaning:
        "Least evidence for a beacon against the best plain process, after the cost of choosing it: as much as a beacon needs that is one " +
        "source and target in a thousand.",
    },
    min_score: { default: 0.1, unit: "score", meaning: "Least score that is reported; the rest is counted." },
    low_score: { default: 0.3, unit: "score", meaning: "Least score for low severity." },
    medium_score: { default: 0.5, unit: "score", meaning: "Least score for medium severity." },
    high_score: { default: 0.65, unit: "score", meaning: "Least score for high severity." },
    rare_hosts: {
      default: 3,
      unit: "hosts",
      meaning: "A destination with more of our hosts in each organisation that has any is at most low.",
    },
    popular_share: {
      default: 0.1,
      unit: "share of hosts",
      meaning: "A destination that this part of our hosts (and at least ten) contacts is informational.",
    },
    min_check_ins: { default: 20, unit: "intervals", meaning: "Fewer intervals are at most low." },
    min_kept_seconds: {
      default: 14400,
      unit: "seconds",
      meaning: "A rhythm that was kept for less, and for less than half of the telemetry, is at most low.",
    },
    new_after_hours: {
      default: 168,
      unit: "hours",
      meaning:
        "Contact that begins so long after the telemetry is new, where the telemetry is twice as long.",
    },
    max_findings: {
      default: 300,
      unit: "findings",
      meaning: "Findings reported, by score; the rest is counted.",
    },
  },
  after: [],
};
