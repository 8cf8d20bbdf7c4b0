import type { Assessment } from "../model/assessment.js";
import type { Finding } from "../model/finding.js";

/** A line of a log as it was read, or why it cannot be shown (the file is gone, the row was purged). */
export type EvidenceText = { path: string; text: string } | { missing: string };

/** Everything a report is made of. A report decides nothing: it shows what the stages before it concluded. */
export interface ReportInput {
  assessment: Assessment;
  findings: readonly Finding[];
  /** Explanation templates by key, composed of all detectors' `messages.ts`; `{0}` stands for the first argument. */
  messages: Readonly<Record<string, string>>;
  /** Word for word, by {@link evidenceKey}. A line that is not in the map is shown as not loaded. */
  evidence: ReadonlyMap<string, EvidenceText>;
}

/** Key of the evidence map. */
export function evidenceKey(sourceId: string, line: number): string {
  return `${sourceId}:${line}`;
}

/** For other programs; written where they are asked for. */
export const EXPORT_FORMATS = [
  "stix",
  "misp",
  "navigator",
  "ocsf",
  "sigma",
  "suricata",
  "zeek-intel",
  "indicators",
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Where the files of a report lie: those that every hunt leaves behind, and the exports that were asked for. */
export interface ReportPaths extends Partial<Record<ExportFormat, string>> {
  html: string;
  assessment: string;
  findings: string;
  organisations: string;
}
