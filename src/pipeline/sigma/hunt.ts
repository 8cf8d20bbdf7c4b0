import { Correlator, eventsAsked, huntStored, type RuleSet } from "../../detect/sigma/index.js";
import type { Progress } from "../../kernel/progress.js";
import type { SigmaMatch } from "../../model/sigma.js";
import type { Case } from "../case.js";
import { correlationMatch } from "./correlation-match.js";

export interface SigmaHuntReport {
  /** Rows of the tables that the rules ask for. */
  events: { table: string; count: number }[];
  matches: number;
  overflow: { rule: string; matches: number }[];
  seconds: number;
}

/** Tests all rules on what a case has. Matches of correlations come last. */
export async function huntCase(
  { store }: Case,
  { rules, logSources }: RuleSet,
  take: (match: SigmaMatch) => Promise<void>,
  progress: Progress,
): Promise<SigmaHuntReport> {
  const started = performance.now();
  const events = await eventsAsked(store, rules, logSources);
  const slices = await store.query<{ source_id: string; path: string; format: string }>(
    "SELECT source_id, path, format FROM source_slice",
  );
  const sources = new Map(slices.map((slice) => [slice.source_id, slice]));
  const correlator = new Correlator(rules);
  const report: SigmaHuntReport = { events, matches: 0, overflow: [], seconds: 0 };
  for await (const { rule, record, fields } of huntStored(store, rules, logSources)) {
    correlator.add({
      rule,
      time: Date.parse(record.time),
      field(name) {
        const value = record.field(name);
        return typeof value === "string" ? value : value?.join("\n");
      },
    });
    if (correlator.isSilent(rule)) continue;
    report.matches++;
    progress.report({ step: "sigma", done: report.matches, unit: "rows", item: rule.title });
    const source = sources.get(record.sourceId);
    await take({
      rule_id: rule.id,
      rule_title: rule.title,
      level: rule.level,
      file: source?.path ?? "",
      ...(source?.format === "evtx"
        ? { record_id: record.line }
        : { record_id: record.recordId, line: record.line }),
      time: record.time,
      ...("computer" in record.about && { computer: record.about.computer }),
      fields: fields(),
    });
  }
  for (const match of correlator.finish()) {
    report.matches++;
    await take(correlationMatch(match));
  }
  report.overflow = [...correlator.overflow].map(([rule, matches]) => ({ rule: rule.title, matches }));
  progress.finish("sigma", "");
  report.seconds = (performance.now() - started) / 1000;
  return report;
}
