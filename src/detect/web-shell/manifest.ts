import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "web-shell",
  title: "Pages of a web server that somebody commands it through",
  description:
    "Looks for web shells from three sides and joins what it finds into one finding for a host and a page: requests for pages of our web servers (in their own logs, or seen by a " +
    "sensor) that few clients ask for, to which no other page leads, that were not there before, that are sent to, that are given commands, or that carry a tunnel; shells and discovery commands that a web " +
    "server's process starts; and scripts that were written to where web servers have their pages.",
  needs: [],
  uses: ["http_activity", "windows_event"],
  attack: ["T1505.003", "T1059", "T1572"],
  parameters: {
    least_score: {
      default: 0.4,
      unit: "score",
      meaning:
        "Pages and hosts below this are counted and not told: interfaces between programs have some of the features.",
    },
    least_events: {
      default: 100,
      unit: "events",
      meaning:
        "Where fewer requests, starts of processes and written files together tell nothing, it is not tested.",
    },
    most_clients: {
      default: 10,
      unit: "addresses",
      meaning: "Pages that more clients were given are not looked at.",
    },
    new_days: {
      default: 7,
      unit: "days",
      meaning: "A page first answered so long after the server's log begins counts in full as new.",
    },
    scan_pages: {
      default: 50,
      unit: "pages",
      meaning:
        "A client that asked a server for so many missing pages in one hour was scanning: its requests of that hour are left out.",
    },
    tunnel_requests: {
      default: 200,
      unit: "requests",
      meaning: "Least requests for one page that are looked at as a tunnel.",
    },
    tunnel_rate: {
      default: 20,
      unit: "requests/minute",
      meaning:
        "Requests in each active minute from which a page may carry a tunnel; three times as many count in full.",
    },
    deployed_files: {
      default: 10,
      unit: "files",
      meaning:
        "From as many scripts written to a host's web folders by one program within an hour, they were deployed rather than dropped.",
    },
    habit_days: {
      default: 4,
      unit: "days",
      meaning: "A command that the web server starts on so many days is rather a habit of its application.",
    },
    max_groups: {
      default: 50_000,
      unit: "groups",
      meaning: "Pages, commands and files that are looked at, of each.",
    },
    max_findings: { default: 200, unit: "findings", meaning: "Findings that are made, the gravest first." },
  },
  after: [],
};
