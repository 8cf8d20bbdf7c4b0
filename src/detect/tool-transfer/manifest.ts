import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "tool-transfer",
  title: "Programs fetched and archives sent in plain sight",
  description:
    "Reads what hosts fetch and send over HTTP without encryption: programs by their content (MIME type that the sensor recognised, else what server and name claim) and archives. " +
    "One such transfer is everyday; what speaks for an intruder's is a name that hides what the file is, a server without a name or on an odd port, no user agent or a tool's, WebDAV to a bare address, " +
    "a server that gives programs and takes archives, one with a certificate of its own making, hardly known and new here. Servers that many hosts use, or one host for days, and the updates of Windows are set aside.",
  needs: ["http_activity"],
  uses: ["file_activity", "tls_activity", "contact_hourly"],
  attack: ["T1105", "T1071.001", "T1036.008", "T1048.003"],
  parameters: {
    least_score: {
      default: 0.4,
      unit: "score",
      meaning: "Transfers below this are counted and not told.",
    },
    inside_signs: {
      default: 3,
      unit: "signs",
      meaning:
        "Independent signs from which a transfer with a server of our own network is medium; one fewer is low. With a server outside two are medium, four high.",
    },
    unknown_bytes: {
      default: 100_000,
      unit: "bytes",
      meaning:
        "What a tool fetches from a bare address is looked at from this size on though neither log nor name says what it is.",
    },
    window_days: {
      default: 7,
      unit: "days",
      meaning:
        "Within this time the same server giving programs and taking archives, or showing a certificate of its own making, is one story.",
    },
    new_hours: {
      default: 24,
      unit: "hours",
      meaning:
        "A server is new if our first contact with it, by anybody, was at most this long before; asked only where logs go back for `window_days` before that.",
    },
    routine_days: {
      default: 3,
      unit: "days",
      meaning:
        "Transfers of one kind between a host and a server on this many different days are routine in full.",
    },
    common_hosts: {
      default: 5,
      unit: "hosts",
      meaning:
        "A server that as many of our hosts use, and `common_share` of them, is how things are done here: routine in full. Three hosts or fewer are none of it.",
    },
    common_share: {
      default: 0.1,
      unit: "share",
      meaning: "See `common_hosts`: of our hosts in the address plan.",
    },
    max_groups: {
      default: 20_000,
      unit: "groups",
      meaning: "Like transfers of one host and server that are looked at, the oddest first.",
    },
    max_files: {
      default: 500_000,
      unit: "files",
      meaning:
        "Files whose content the sensor reports apart from the request (Suricata) that are looked up by connection and path, the latest first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Findings reported, the gravest first; the rest is counted.",
    },
  },
  after: ["staging-and-exfiltration"],
};
