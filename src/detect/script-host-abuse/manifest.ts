import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "script-host-abuse",
  title: "Script hosts and signed programs of Windows used as intruders use them",
  description:
    "Looks at programs that run what others give them (wscript, mshta, powershell, rundll32, regsvr32, msbuild, …). Not the command alone decides: each is judged by what its command has (also encoded), where the file lies that it was " +
    "given, who started it, what it did afterwards (connections, programs written), and how many hosts and days have the same.",
  needs: ["windows_event"],
  uses: [],
  attack: [
    "T1059.001",
    "T1059.005",
    "T1218",
    "T1127.001",
    "T1216",
    "T1220",
    "T1105",
    "T1140",
    "T1202",
    "T1204.002",
  ],
  parameters: {
    least_score: {
      default: 0.42,
      unit: "score",
      meaning: "Runs below this are counted and not told: scripts are how machines are administered.",
    },
    common_share: {
      default: 0.3,
      unit: "share",
      meaning:
        "What runs alike under the same parent on this share of the hosts of one organisation in a realm (and on five at least) is how these machines are administered: low at most.",
    },
    common_hosts: {
      default: 20,
      unit: "hosts",
      meaning: "… and so it is on this many hosts.",
    },
    max_groups: {
      default: 50_000,
      unit: "groups",
      meaning: "Like runs that are looked at, the rarest first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Findings, the gravest first.",
    },
  },
  after: [],
};
