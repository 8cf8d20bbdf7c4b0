import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "lateral-movement",
  title: "From host to host",
  description:
    "Builds a graph of who came from which host to which, as whom and by what means, from logons, tickets, shares, services, tasks and processes that were " +
    "started over the network, as the hosts' own logs and sensors on the network show them. Steps that follow each other are one movement, told as a path: hosts in order, accounts, means, times. What speaks " +
    "for an intruder: remote control that is no custom, host after host, a change of credentials on the way, an administrator on a way that he never took, many hosts within an hour, and mail " +
    "servers, domain controllers and databases reached from hosts that never did.",
  needs: [],
  uses: ["windows_event", "remote_access_activity", "network_activity"],
  attack: [
    "T1003.006",
    "T1021",
    "T1021.001",
    "T1021.002",
    "T1021.003",
    "T1021.006",
    "T1047",
    "T1053.005",
    "T1069.002",
    "T1078",
    "T1087.002",
    "T1112",
    "T1569.002",
    "T1570",
  ],
  parameters: {
    history_days: {
      default: 14,
      unit: "days",
      meaning: "Days of logs of the hosts on both sides, and of the account, before a way is called new.",
    },
    history_active_days: {
      default: 8,
      unit: "days",
      meaning: "Days with logons that the account must have had until then.",
    },
    habit_days: {
      default: 5,
      unit: "days",
      meaning:
        "A means that an account uses from a host on so many different days, since the first history_days of the logs, is custom and counts for little.",
    },
    path_hours: {
      default: 12,
      unit: "hours",
      meaning: "Most time from one step to the next of the same account.",
    },
    switch_hours: {
      default: 2,
      unit: "hours",
      meaning: "Most time from one step to the next where the next is with another account.",
    },
    fan_out_hosts: {
      default: 6,
      unit: "hosts",
      meaning:
        "Hosts that one account reaches or tries from one host within an hour, from which on it is counted as spreading.",
    },
    max_steps: {
      default: 20_000,
      unit: "steps",
      meaning:
        "Steps of one kind (from, to, account, means) that are looked at, the rarest first; how many are left out is told.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Movements that become findings, the gravest first.",
    },
  },
  after: [],
};
