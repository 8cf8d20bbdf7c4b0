import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "persistence-mechanism",
  title: "Services, tasks, subscriptions and run keys that start something again",
  description:
    "Looks at what makes a program start again: services that were installed, scheduled tasks that were registered or changed (also by command line), " +
    "permanent WMI subscriptions, run keys and startup folders. Each is judged by where its program stands, what its command does, whether it pretends to be " +
    "well-known software, how often it runs, who made it, how long it stood, and how many hosts have it.",
  needs: ["windows_event"],
  uses: [],
  attack: ["T1543.003", "T1053.005", "T1546.003", "T1547.001"],
  parameters: {
    least_score: {
      default: 0.3,
      unit: "score",
      meaning: "Mechanisms below this are counted and not told: ordinary software installs many.",
    },
    often_minutes: {
      default: 5,
      unit: "minutes",
      meaning: "A task that runs at least as often counts in full; up to six times this, less and less.",
    },
    brief_minutes: {
      default: 10,
      unit: "minutes",
      meaning: "A task that was deleted within this time of being made ran one command rather than stayed.",
    },
    common_hosts: {
      default: 0.3,
      unit: "share",
      meaning:
        "From this share of the hosts of one organisation in a realm (of at least five), a mechanism is how these machines are set up: at most low; one step lower where its command or its name speaks for itself.",
    },
    max_groups: {
      default: 50_000,
      unit: "groups",
      meaning: "Like mechanisms that are looked at, the rarest first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Mechanisms that become findings, the gravest first.",
    },
  },
  after: [],
};
