import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "log-tampering",
  title: "Event logs cleared, cut, silenced or replaced",
  description:
    "Looks for what intruders do to the event logs of a host: logs cleared (1102, 104, commands), the event log service stopped or crashed, auditing " +
    "switched off, channels disabled or moved, records hidden inside others, ids missing from the middle of a log, two copies of one log that contradict each " +
    "other (deleted and restored, rewritten), time that runs backwards in one log alone, starts of the machine without a record, and a log that is silent while " +
    "its siblings are written; and to the logs and command histories of Linux hosts, as auditd and Sysmon for Linux tell. What retention, exports, clocks and copies of open logs do is told apart. Facts of a finding: sign, signs, logs, accounts, corroborated.",
  needs: ["windows_event"],
  uses: ["log_file_fact"],
  attack: ["T1070.001", "T1070.002", "T1070.003", "T1562.001", "T1562.002", "T1562.003", "T1562.012"],
  parameters: {
    clock_minutes: {
      default: 10,
      unit: "minutes",
      meaning:
        "Steps back in time shorter than this are those of clocks and of events that are written late.",
    },
    silence_probability: {
      default: 1e-9,
      unit: "probability",
      meaning:
        "A silence is told if one as long were less probable than this anywhere in the log, judged by how it is written otherwise.",
    },
    corroboration_hours: {
      default: 24,
      unit: "hours",
      meaning: "How near on one host two kinds of sign must be, so that they bear each other out.",
    },
    max_findings: {
      default: 200,
      unit: "findings",
      meaning: "Findings, the gravest first; the rest is counted.",
    },
  },
  after: [],
};
