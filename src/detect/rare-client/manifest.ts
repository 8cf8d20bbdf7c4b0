import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "rare-client",
  title: "Rare client programs at rare destinations",
  description:
    "Finds hosts whose client program (user agent without its versions, with or without a Host header; JA4, or JA3 where there is no JA4) hardly " +
    "any other host of the case and of its organisation has, and which keeps going to a destination that hardly anyone else goes to. What is rare is " +
    "learned from the case, with the uncertainty of its size; in a small one nothing is. A program that goes to many destinations is a browser " +
    "of its own taste and left out. Every network has rare programs, so this supports other evidence: medium needs two of no name, no Host " +
    "header, a false pretence, and unrelated organisations. Outside clients that keep asking our web servers without a Host header are named, " +
    "at most low. Facts of a finding: client, kind, signature, direction, hosts_of_client, hosts_seen, share_at_most, destinations, hosts_of_destination, " +
    "requests, hours, days, no_name, no_host_header, pretence, organisations.",
  needs: [],
  uses: ["http_activity", "tls_activity", "contact_hourly"],
  attack: ["T1071.001"],
  parameters: {
    max_share: {
      default: 0.15,
      unit: "share of hosts",
      meaning:
        "A client or destination is rare if, allowing for the size of the sample (95 %), no larger share of hosts has it. One host's own client can be called rare from 28 hosts on.",
    },
    rare_hosts: {
      default: 50,
      unit: "hosts",
      meaning:
        "A client or destination that more hosts than this have is not rare, however many hosts there are.",
    },
    max_destinations: {
      default: 10,
      unit: "destinations",
      meaning:
        "A client that goes to more destinations than this from one host is of general use: a browser, a library of many programs.",
    },
    repeated_hours: {
      default: 6,
      unit: "hours",
      meaning: "Different hours with contact below which it is a one-off.",
    },
    medium_days: { default: 3, unit: "days", meaning: "Different days with contact for medium severity." },
    house_share: {
      default: 0.33,
      unit: "share of hosts",
      meaning:
        "A client that three or more hosts and a larger share than this of its organisation's hosts have is software of the house.",
    },
    diverse_share: {
      default: 0.1,
      unit: "share of hosts",
      meaning:
        "Where a larger share of all hosts has a rare client at a rare destination, that is the custom here: at most low.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning:
        "Findings reported, the most severe first; the rest is counted. As many again for clients outside.",
    },
  },
  after: [],
};
