import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "failed-beacon",
  title: "Regular contact that never succeeds",
  description:
    "Finds hosts that try again and again, in a regular rhythm, to reach a server that never answers, or to look up a name that never " +
    "resolves: what an implant does whose command server is dead, seized or blocked. Retries of one attempt count once. Harmless " +
    "programs with an old configuration do the same, so medium severity needs everything at once: a server outside that answers nobody, " +
    "that hardly anyone tries, a port that is not one of infrastructure, no name, a steady rhythm and many attempts. Names that never " +
    "resolve are at most low: a defunct vendor's domain and a defunct command server's look alike.",
  needs: ["contact_hourly"],
  uses: ["network_activity", "dns_activity"],
  attack: ["T1071"],
  parameters: {
    min_attempts: {
      default: 20,
      unit: "attempts",
      meaning: "Least attempts, retries of one attempt counted once; fewer intervals cannot show a rhythm.",
    },
    min_span_seconds: {
      default: 300,
      unit: "seconds",
      meaning: "Least time between the first and the last attempt.",
    },
    max_answered_share: {
      default: 0.01,
      unit: "share of connections",
      meaning:
        "Share of a pair's connections that may count as answered. Logs err in single rows (lost packets, a reset taken for an answer); a " +
        "server that really answers now and then answers far more often than one time in a hundred.",
    },
    burst_seconds: {
      default: 10,
      unit: "seconds",
      meaning:
        "Connections that follow each other within this time may be one attempt of a program that retries.",
    },
    regular_share: {
      default: 0.5,
      unit: "share of waits",
      meaning:
        "Least share of the waits between attempts within 30 % of their median for attempts to be regular; it must also lie 3.5 standard deviations above the 0.21 of random ones.",
    },
    medium_attempts: {
      default: 100,
      unit: "attempts",
      meaning: "Least attempts for medium severity.",
    },
    medium_score: { default: 0.75, unit: "score", meaning: "Least score for medium severity." },
    low_score: { default: 0.5, unit: "score", meaning: "Least score for low severity." },
    rare_hosts: {
      default: 3,
      unit: "hosts",
      meaning:
        "A server that more of our hosts try to reach is at most low: software on many machines asks for it.",
    },
    list_servers: {
      default: 5,
      unit: "servers",
      meaning:
        "A host that tries this many silent servers works through a list (peer-to-peer, mirrors, blocked trackers): at most low.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings reported, by score; the rest is counted. The same number again for names.",
    },
  },
  after: [],
};
