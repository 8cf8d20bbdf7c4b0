import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "process-anomaly",
  title: "Processes that are started or opened as they never are in this case",
  description:
    "Learns from the case itself which program starts which, with what kind of command line and as what kind of user, in host-days and with names normalised; what only a tiny share of a " +
    "program's host-days shows is rare (interpolated Kneser-Ney smoothing orders the children of one parent). Beside that: who reads the memory of lsass, starts threads in others, or replaces a process' image (Sysmon 10, 8, 25).",
  needs: ["windows_event"],
  uses: [],
  attack: ["T1055", "T1055.012", "T1003.001", "T1059"],
  parameters: {
    least_host_days: {
      default: 100,
      unit: "host-days",
      meaning:
        "What is rare is only said of programs that were seen on so many days of hosts (one host on one day is one).",
    },
    rare_share: {
      default: 0.02,
      unit: "share",
      meaning:
        "Rare is what belongs to at most this share of a program's host-days, itself and all that is as rare counted together.",
    },
    least_score: {
      default: 0.45,
      unit: "score",
      meaning: "What is below this is counted and not told.",
    },
    common_hosts: {
      default: 0.3,
      unit: "share",
      meaning:
        "Who opens or injects into others on this share of the hosts of one organisation in a realm (of at least five) is software of these machines: informational at most.",
    },
    per_host: {
      default: 5,
      unit: "findings",
      meaning:
        "Rare starts that are told of one host, the gravest first: a host that is set up anew does not drown the rest.",
    },
    max_findings: {
      default: 100,
      unit: "findings",
      meaning: "Findings of each kind (rare starts; touched processes), the gravest first.",
    },
  },
  after: [],
};
