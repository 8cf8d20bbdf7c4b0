import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "scan",
  title: "Scans: who looks for open doors",
  description:
    "Finds hosts of ours that try one service on many machines (horizontal), many ports of one machine (vertical), or both (block), within a " +
    "day or slowly over the whole case, where so many targets never answer that ordinary failures do not explain it. Inside machines tried " +
    "by a host that is no known scanner are what an intruder does who looks around; scans of the Internet by our hosts are named, too. Scans " +
    "from the Internet are noise: one summary for each organisation names the busiest scanners.",
  needs: ["contact_hourly"],
  uses: ["network_activity"],
  attack: ["T1046", "T1018", "T1595.001"],
  parameters: {
    min_targets: {
      default: 5,
      unit: "machines",
      meaning: "Least machines on which one service stays without an answer (TCP).",
    },
    min_silent_targets: {
      default: 20,
      unit: "machines",
      meaning:
        "The same for datagrams and pings: programs look for printers, players and time servers that way.",
    },
    min_ports: {
      default: 8,
      unit: "ports",
      meaning: "Least ports of one machine that stay without an answer.",
    },
    ordinary_failure: {
      default: 0.08,
      unit: "share of targets",
      meaning:
        "Share of its targets that an ordinary host never gets an answer from, at the most. In the data that this was set on it lies at a few in a hundred.",
    },
    scan_failure: {
      default: 0.5,
      unit: "share of targets",
      meaning: "The same share of a scan that still finds something.",
    },
    evidence_ratio: {
      default: 400,
      unit: "likelihood ratio",
      meaning:
        "How much better a scan must explain the failures than an ordinary host does (Wald's sequential test); 1 in 400 ordinary ones may pass.",
    },
    medium_targets: {
      default: 30,
      unit: "machines",
      meaning:
        "Inside addresses at which nothing was ever seen, tried in vain on one day, for medium severity: no list of known machines holds so many.",
    },
    medium_ports: {
      default: 50,
      unit: "ports",
      meaning: "Ports of inside machines tried in vain, summed over the machines, for medium severity.",
    },
    routine_days: {
      default: 5,
      unit: "days",
      meaning:
        "A host that scans on this many days, over two weeks or more, is taken for a scanner on duty (inventory, vulnerability scan): at most low.",
    },
    max_findings: {
      default: 100,
      unit: "findings",
      meaning:
        "Hosts of ours reported, the broadest scans of the inside first; the rest is counted. The same number again for summaries.",
    },
  },
  after: [],
};
