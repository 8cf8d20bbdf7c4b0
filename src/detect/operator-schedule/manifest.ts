import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "operator-schedule",
  title: "Working hours and holidays of the operators",
  description:
    "For each server that other detectors name, each cluster of servers that they tie together, and each account that they call hijacked: takes check-ins, timers, jobs, " +
    "services and strangers' visits out of the contact or the logons, and asks what is left whether people are behind it, at which offset from UTC they live and whose holidays " +
    "they keep. Silence counts only where a sensor was up and the host of the victim could speak, or where the security log that shows the logons had other events; the victims' own " +
    "rhythm is a rival that can win. It describes, and is never evidence of a compromise or of who it was.",
  // Servers need the first two, accounts the third: either will do.
  needs: [],
  uses: [
    "contact_hourly",
    "coverage_hourly",
    "windows_event",
    "network_activity",
    "tls_activity",
    "http_activity",
  ],
  attack: ["T1078"],
  parameters: {
    min_days: {
      default: 3,
      unit: "days",
      meaning:
        "Days of contact below which a host is a visitor, whose hours are its own and not the operators'.",
    },
    alike_share: {
      default: 0.02,
      unit: "share",
      meaning:
        "Share of a pair's connections that may have the same size by chance; clearly more than that are check-ins.",
    },
    session_gap: {
      default: 1800,
      unit: "seconds",
      meaning: "A longer pause ends a session.",
    },
    longest_session: {
      default: 43_200,
      unit: "seconds",
      meaning: "Activity without a longer pause than session_gap for longer than this is no person's.",
    },
    max_subjects: {
      default: 40,
      unit: "subjects",
      meaning:
        "Clusters of servers that are analysed, those of most organisations first, and as many hijacked accounts; the rest is counted.",
    },
    max_pairs: {
      default: 400,
      unit: "pairs",
      meaning: "Pairs of host and server of one cluster that are read, those active in most hours first.",
    },
  },
  after: [
    "infrastructure-contact",
    "cloud-masquerade",
    "infrastructure-expansion",
    "beaconing",
    "account-hijack",
  ],
};
