import type { DetectorManifest } from "../../port.js";

export const manifest: DetectorManifest = {
  id: "sigma",
  title: "Sigma rules",
  description:
    "Runs Sigma rules on the Windows events and the network and web logs of the case: those that come with Longwatch (traces of the tools and habits of the clusters it knows), and " +
    "those that the configuration or --rules names. A finding is one rule in one organisation, however often and on however many hosts it matched; " +
    "rules of low level share one finding. A rule says that something should be looked at, not that there is a compromise: the severity is one step " +
    "below the rule's level, unless another rule of level high or critical matched on one of its hosts within a day.",
  // What there must be is what the rules ask for: the detector says itself if nothing of it is there.
  needs: [],
  uses: [
    "windows_event",
    "network_activity",
    "dns_activity",
    "http_activity",
    "tls_activity",
    "remote_access_activity",
  ],
  // What a finding names is what its rule names.
  attack: [],
  parameters: {
    noisy_per_host_day: {
      default: 50,
      unit: "matches",
      meaning:
        "A rule that matches more often on each host and day on which it matches at all says how the machines work: its severity is one step lower.",
    },
    corroboration_hours: {
      default: 24,
      unit: "hours",
      meaning: "How near on one host the matches of two rules must be, so that they bear each other out.",
    },
    habit_share: {
      default: 0.5,
      unit: "share of a network's hosts",
      meaning:
        "A rule that matches on at least as many hosts, and on 20, again and again says how the network works: what matches near it does not bear it out, nor it them.",
    },
    habit_days: {
      default: 5,
      unit: "days",
      meaning: "Again and again is on so many days for each of its hosts, in the mean.",
    },
    max_findings: {
      default: 100,
      unit: "findings",
      meaning: "Rules that have a finding of their own, the gravest first; the others are listed in one.",
    },
  },
  after: [],
};
