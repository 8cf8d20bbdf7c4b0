import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "backup-exfiltration",
  title: "Unusual outbound volume hidden among backups",
  description:
    "Finds volumes that leave for a destination as backups do and are none: uploads to a server that few use and no known provider runs, " +
    "at times and in sizes that no backup job has, beyond what the host and its organisation send in the same hours of other days, and " +
    "more than its peers send; and single days on which a regular job sent far more than its own history makes expected. Facts of a " +
    "finding: shape (irregular, surge), destination, provider, bytes_out, bytes_in, upload_days, window_from, window_to, window_bytes, " +
    "expected_low, expected_high, organisation_expected_high, compared_days, history, job_likeness, cadence, hosts, other_organisations.",
  needs: ["contact_hourly"],
  uses: ["network_activity", "tls_activity", "dns_activity", "http_activity"],
  attack: ["T1048", "T1567.002", "T1041"],
  parameters: {
    hour_bytes: {
      default: 250_000,
      unit: "bytes",
      meaning:
        "An hour counts as an upload from this volume on, if at least upload_ratio times as much was sent as received.",
    },
    upload_ratio: { default: 2, unit: "ratio", meaning: "See hour_bytes." },
    min_bytes: {
      default: 20_000_000,
      unit: "bytes",
      meaning: "Least volume, over all uploads of an organisation to one destination, that is judged at all.",
    },
    provider_min_bytes: {
      default: 500_000_000,
      unit: "bytes",
      meaning: "The same for a known provider, where people put files every day.",
    },
    max_org_hosts: {
      default: 5,
      unit: "hosts",
      meaning:
        "A destination to which more hosts of one organisation upload is that organisation's own service.",
    },
    popular_hosts: {
      default: 50,
      unit: "hosts",
      meaning:
        "An address to which more inside hosts upload is a popular service: only surges are looked for.",
    },
    job_likeness: {
      default: 0.4,
      unit: "likeness 0..1",
      meaning: "Uploads that are this much like a backup job, or more, are one: at most low.",
    },
    medium_bytes: {
      default: 50_000_000,
      unit: "bytes",
      meaning: "Least volume beyond the expected for medium.",
    },
    large_bytes: {
      default: 2_000_000_000,
      unit: "bytes",
      meaning:
        "Volume beyond the expected that reaches medium without a second organisation, where a new relation keeps contact between the uploads.",
    },
    least_days: {
      default: 7,
      unit: "days",
      meaning:
        "Days that the telemetry must cover; with fewer nothing is known to be usual, and nothing is tested.",
    },
    compared_days: {
      default: 14,
      unit: "days",
      meaning: "Other days that must be comparable for medium; with fewer the history is short.",
    },
    surge_deviations: {
      default: 5,
      unit: "robust standard deviations of log volume",
      meaning: "A day of a regular job beyond this is a surge.",
    },
    surge_days: {
      default: 14,
      unit: "upload days",
      meaning: "Days with uploads that a job must have before its surges are judged.",
    },
    min_score: { default: 0.35, unit: "score", meaning: "Uploads below this score are not reported." },
    max_findings: {
      default: 100,
      unit: "findings",
      meaning: "Findings reported, by score; the rest is counted.",
    },
  },
  after: ["infrastructure-contact", "cloud-masquerade", "infrastructure-expansion"],
};
