import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "registry-anomaly",
  title: "Autostart places and security settings of the registry that somebody changed",
  description:
    "Looks at writes to a sourced list of places of the Windows registry: those from which something starts by itself (beside run keys, services and tasks, which persistence-mechanism has), " +
    "security settings that were weakened, and Explorer told to hide files. Each is judged by how seldom software writes there, by what the value starts, by the program that wrote it, and by how " +
    "new and how rare it is among the hosts and days of the case.",
  needs: ["windows_event"],
  uses: [],
  attack: ["T1546", "T1547", "T1112", "T1562.001", "T1564.001"],
  parameters: {
    least_score: {
      default: 0.3,
      unit: "score",
      meaning: "Writes below this are counted and not told: ordinary software makes many.",
    },
    history_hours: {
      default: 24,
      unit: "hours",
      meaning:
        "Until the registry events of a host reach back so far, nothing on it counts as new: setting up a machine writes everything for the first time.",
    },
    common_hosts: {
      default: 0.3,
      unit: "share",
      meaning:
        "From this share of the hosts of one organisation in a realm (of at least five), a value is how these machines are set up: at most low.",
    },
    max_groups: {
      default: 50_000,
      unit: "groups",
      meaning: "Like writes that are looked at, the rarest first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Writes that become findings, the gravest first.",
    },
  },
  after: [],
};
