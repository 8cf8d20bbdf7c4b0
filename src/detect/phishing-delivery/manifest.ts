import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "phishing-delivery",
  title: "Mail that brings what runs when it is opened",
  description:
    "Looks at mail with attachments that lead to code: links to programs, scripts, disk images, locked archives whose password stands in the text, documents with macros or " +
    "remote templates, pages that put a file together, and names that hide what a file is. Judges them together with what our server found out about the sender, with whom " +
    "an answer goes to, and with how known the sender is in the case; and joins them to the process that opened the attachment on a host soon after.",
  needs: ["email_activity"],
  uses: ["windows_event", "file_activity"],
  attack: ["T1566.001", "T1204.002", "T1027", "T1027.006", "T1036.002", "T1036.007", "T1221", "T1553.005"],
  parameters: {
    least_score: {
      default: 0.5,
      unit: "score",
      meaning:
        "Messages below this are counted and not told: a macro or a locked archive alone is office work.",
    },
    open_hours: {
      default: 72,
      unit: "hours",
      meaning: "A process that names the attachment within this time of the delivery opened it.",
    },
    known_days: {
      default: 14,
      unit: "days",
      meaning: "A sender who wrote this long before is a known one.",
    },
    max_messages: {
      default: 50_000,
      unit: "messages",
      meaning: "Messages with such attachments that are looked at, the newest first.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Deliveries that become findings, the gravest first.",
    },
  },
  after: [],
};
