import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "staging-and-exfiltration",
  title: "Documents packed into archives, and sent away",
  description:
    "Follows files from where they are collected to where they are sent: archivers (also renamed ones, by their arguments and the name in their version information), copies of shares, " +
    "exports of mailboxes and databases; then uploads by curl, FTP, BITS, SSH, PowerShell and programs of cloud storage, of the same file, from the same host or from the one that it went to; " +
    "and the connection of that upload where a network sensor saw it. What the same host did with the same command for weeks is routine.",
  needs: ["windows_event"],
  uses: ["network_activity", "dns_activity", "tls_activity"],
  attack: [
    "T1560.001",
    "T1074.001",
    "T1074.002",
    "T1005",
    "T1039",
    "T1114.002",
    "T1003.003",
    "T1048.002",
    "T1048.003",
    "T1567.002",
  ],
  parameters: {
    least_score: {
      default: 0.3,
      unit: "score",
      meaning: "Chains below this are counted and not told: packing and copying is everyday work.",
    },
    least_starts: {
      default: 100,
      unit: "starts",
      meaning:
        "Where fewer command lines and scripts tell nothing, it is not tested: a host that logs them has more within an hour or two.",
    },
    window_hours: {
      default: 72,
      unit: "hours",
      meaning: "An upload belongs to an archive of the same name that was made at most this long before.",
    },
    near_minutes: {
      default: 120,
      unit: "minutes",
      meaning:
        "An upload that names no file, or another, belongs to what the same account packed on the same host at most this long before.",
    },
    routine_weeks: {
      default: 3,
      unit: "weeks",
      meaning: "The same command shape in this many different weeks on one host is routine in full.",
    },
    common_hosts: {
      default: 0.3,
      unit: "share",
      meaning:
        "From this share of the hosts of one organisation in a realm (of at least five), a command shape is how these machines are run: routine in full.",
    },
    wire_minutes: {
      default: 30,
      unit: "minutes",
      meaning:
        "A connection of the host that began at most this long after the upload's command may be the upload.",
    },
    wire_bytes: {
      default: 100_000,
      unit: "bytes",
      meaning: "Least bytes out of such a connection.",
    },
    max_groups: {
      default: 50_000,
      unit: "groups",
      meaning: "Like commands of one host that are looked at, those of the fewest weeks first.",
    },
    max_bytes: {
      default: 256_000_000,
      unit: "bytes",
      meaning:
        "Memory that commands which pack, copy, export or send may take, those of the fewest weeks first; of others only the number is told.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Chains that become findings, the gravest first.",
    },
  },
  after: [],
};
