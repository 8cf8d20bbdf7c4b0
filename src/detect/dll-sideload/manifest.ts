import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "dll-sideload",
  title: "Trusted programs that load a stranger's library",
  description:
    "Looks among loaded libraries (Sysmon 7) for those that a trusted program was made to load: pairs of the HijackLibs catalogue that the user names, " +
    "outside the places where they belong; names of Windows' own libraries elsewhere; libraries that Windows looks for and does not have; and unknown pairs, " +
    "by the program's own signature (from its self-load), its usual home, the library's signature, a common folder that users can write to, the time from " +
    "drop to load, changed names, rarity, and what the process did next. Configuration files that make a .NET program load a manager of its own are judged alike.",
  needs: ["windows_event"],
  uses: [],
  attack: ["T1574.001", "T1574.014"],
  parameters: {
    least_score: {
      default: 0.3,
      unit: "score",
      meaning:
        "Pairs below this are counted and not told: most software in users' folders has some of the features.",
    },
    drop_minutes: {
      default: 60,
      unit: "minutes",
      meaning:
        "A library that is loaded within this time of being written counts in full as just dropped; up to a day it counts less and less.",
    },
    installer_files: {
      default: 12,
      unit: "files",
      meaning:
        "From as many files written to its folder in the hour around it, a library was installed rather than dropped.",
    },
    rare_hosts: {
      default: 5,
      unit: "hosts",
      meaning:
        "Least hosts of one organisation in an address realm with loads from which rarity is judged; below, it counts half.",
    },
    max_groups: {
      default: 100_000,
      unit: "groups",
      meaning: "Groups of like loads that are looked at, those that are not validly signed and rare first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Pairs that become findings, the gravest first.",
    },
  },
  after: [],
};
