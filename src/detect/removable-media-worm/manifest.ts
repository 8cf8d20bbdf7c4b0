import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "removable-media-worm",
  title: "Programs that come from removable drives and go on to others",
  description:
    "Learns from events which drives of a host are neither its own nor the network's, and which of them are removable. Looks at what was started from there, or made there by programs " +
    "that users could have put on the host: oddly named folders, a signed program with a library that is not, copies of itself on the host's disk, programs, links and settings " +
    "written onto drives, files hidden in Explorer, autostarts, commands fed from a file of the drive. One such trait is ordinary; at least two are told.",
  needs: ["windows_event"],
  uses: [],
  attack: ["T1091", "T1574.001", "T1564.001", "T1547.001", "T1053.005"],
  parameters: {
    least_score: {
      default: 0.5,
      unit: "score",
      meaning: "Programs below this are counted and not told.",
    },
    least_signs: {
      default: 2,
      unit: "traits",
      meaning:
        "Different traits of a worm that a program must show to be told; being started from a drive, the drive's plug-in and many hosts are none.",
    },
    plugged_minutes: {
      default: 30,
      unit: "minutes",
      meaning:
        "Storage plugged in within this time before the first trace of a program on a drive belongs to it.",
    },
    max_groups: {
      default: 50_000,
      unit: "groups",
      meaning:
        "Programs by host, drive and folder that are looked at of each kind, those on the fewest events first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Programs that become findings, the gravest first.",
    },
  },
  after: [],
};
