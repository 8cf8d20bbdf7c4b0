import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "persistence",
  title: "Contact that lasts for months",
  description:
    "States how long, how regularly and over which changes of address an organisation keeps contact with a destination that few others " +
    "use: active days and weeks, gaps (hours that no sensor watched are none), return, moves of the server behind one name or " +
    "certificate, and how unusual so many days are for a destination with so few users. Lasting contact alone is informational; what " +
    "other detectors hold against the server makes it more. Facts of a finding: destination, destinations, first_day, last_day, " +
    "active_days, watched_days, active_weeks, watched_weeks, span_days, gap_hours, gap_from, gap_to, gap_unobserved_hours, cadence, " +
    "addresses, address_first, address_last, address_days, moves, move_days, move_from, move_to, hosts_of_destination, " +
    "organisations_of_destination, usual_share, usual_destinations, ongoing, from_the_start, suspected_by, rests_on_suspicion.",
  needs: ["contact_hourly", "coverage_hourly"],
  uses: ["tls_activity", "dns_activity", "http_activity", "certificate"],
  attack: ["T1071", "T1568"],
  parameters: {
    least_days: {
      default: 28,
      unit: "days",
      meaning:
        "Days that the telemetry must cover, and that must lie between the first and the last contact; a shorter contact does not last.",
    },
    active_days: { default: 8, unit: "days", meaning: "Least days with contact." },
    active_weeks: { default: 4, unit: "weeks", meaning: "Least different ISO weeks with contact." },
    rare_hosts: {
      default: 10,
      unit: "hosts",
      meaning:
        "A destination that more of our hosts contact is contacted for months by everybody: it is looked at only where others suspect it.",
    },
    known_hosts: {
      default: 20,
      unit: "hosts",
      meaning:
        "Least hosts inside by which a rare destination can be told from a popular one; with fewer nothing counts as rare.",
    },
    max_candidates: {
      default: 5_000,
      unit: "destinations",
      meaning:
        "Addresses, names and certificates that are looked at, each; those with the most days. The rest is counted.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings without suspicion that are reported, by score; the rest is counted.",
    },
  },
  after: [
    "infrastructure-contact",
    "cloud-masquerade",
    "infrastructure-expansion",
    "dns-tunnel",
    "backup-exfiltration",
  ],
};
