import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "strobe",
  title: "Pairs with an extreme number of connections",
  description:
    "Names pairs of addresses that connect about once a second or faster for a time: RITA's strobes (86,400 connections a day), by rate, " +
    "so that captures of minutes and of months are judged alike. A strobe is mostly a program that retries without pause, a poller or a " +
    "defect. It is named so that nobody mistakes it for a beacon, and is no evidence of an intruder.",
  needs: ["contact_hourly"],
  uses: ["network_activity"],
  attack: [],
  parameters: {
    connections_per_hour: {
      default: 3600,
      unit: "connections an hour",
      meaning: "Rate from which a pair is a strobe: RITA's 86,400 a day, as a rate.",
    },
    min_connections: {
      default: 600,
      unit: "connections",
      meaning: "Least connections in one hour of the pair: below, a rate says nothing.",
    },
    min_seconds: {
      default: 300,
      unit: "seconds",
      meaning: "Least time over which a rate is taken; a shorter burst counts as if it had lasted so long.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings reported, by number of connections; the rest is counted.",
    },
  },
  after: [],
};
