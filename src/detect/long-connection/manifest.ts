import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "long-connection",
  title: "Long connections to rare servers",
  description:
    "Finds connections between one of our hosts and a server outside that last for hours, open ones included: an open connection's hourly " +
    "snapshots count once, with the longest duration, and not at all once its final record is there. Long connections are ordinary (push " +
    "services, calls, tunnels of an administrator), so a finding is supporting evidence, weighed by how few hosts use the server.",
  needs: ["network_activity"],
  uses: ["tls_activity", "http_activity", "dns_activity"],
  attack: ["T1071", "T1572"],
  parameters: {
    min_seconds: {
      default: 3000,
      unit: "seconds",
      meaning:
        "Shortest connection that is looked at: less than an hour, because flow meters that cut their records at an hour never reach it.",
    },
    rare_hosts: {
      default: 3,
      unit: "hosts",
      meaning: "A server that more of our hosts contact than this is not rare: at most low severity.",
    },
    max_internal: {
      default: 10,
      unit: "findings",
      meaning: "Longest connections between two inside hosts that are listed, informational.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings reported, by score; the rest is counted.",
    },
  },
  after: [],
};
