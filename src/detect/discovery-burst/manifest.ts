import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "discovery-burst",
  title: "Somebody looks around: many kinds of discovery commands within minutes",
  description:
    "After Sophos' SPADE: commands that ask about the machine, its users, network and domain, by one account on one host under one process tree without a long pause. Judged by the number of distinct " +
    "techniques and how ordinary each is, by what they ask about, by pace, by the program behind the shells, and by how rare they are on these hosts and for that account. What is asked on many hosts, or on most days, is a habit and does not count.",
  needs: ["windows_event"],
  uses: [],
  attack: ["T1033", "T1082", "T1016", "T1049", "T1018", "T1087", "T1069", "T1057", "T1482", "T1518.001"],
  parameters: {
    least_techniques: {
      default: 3,
      unit: "techniques",
      meaning: "Distinct ATT&CK techniques from which commands are a burst (SPADE: more than two commands).",
    },
    least_score: {
      default: 0.4,
      unit: "score",
      meaning: "Bursts below this are counted and not told: people look for faults.",
    },
    pause_minutes: {
      default: 15,
      unit: "minutes",
      meaning: "A longer pause ends a burst.",
    },
    session_minutes: {
      default: 120,
      unit: "minutes",
      meaning: "A burst is cut after this time (SPADE's session).",
    },
    burst_minutes: {
      default: 10,
      unit: "minutes",
      meaning: "A burst within this time counts in full for its pace, at twice this not at all.",
    },
    habit_hosts: {
      default: 20,
      unit: "hosts",
      meaning:
        "A command under the same parent on this many hosts of one organisation in a realm is a habit (logon scripts, inventories).",
    },
    habit_share: {
      default: 0.3,
      unit: "share",
      meaning: "… and so it is on this share of these hosts, if these are at least five.",
    },
    habit_days: {
      default: 5,
      unit: "days",
      meaning:
        "A command by the same account on one host under the same parent on this many days is a habit, if these are at least half of the days from first to last.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Bursts that become findings, the gravest first.",
    },
  },
  after: [],
};
