import { Correlator, huntStored, type SigmaRule, windowsLogSources } from "../../detect/sigma/index.js";
import type { Progress } from "../../kernel/progress.js";
import type { SigmaMatch } from "../../model/sigma.js";
import type { Case } from "../case.js";
import { correlationMatch } from "./correlation-match.js";

export interface SigmaHuntReport {
  /** Windows events in the case. */
  events: number;
  matches: number;
  overflow: { rule: string; matches: number }[];
  seconds: number;
}

/** Tests all rules on the Windows events that a case has. Matches of correlations come last. */
export async function huntCase(
  { store }: Case,
  rules: readonly SigmaRule[],
  take: (match: SigmaMatch) => Promise<void>,
  progress: Progress,
): Promise<SigmaHuntReport> {
  const started = performance.now();
  const [counted] = await store.query<{ n: number }>("SELECT count() AS n FROM windows_event");
  const slices = await store.query<{ source_id: string; path: string; format: string }>(
    "SELECT source_id, path, format FROM source_slice WHERE source_id IN (SELECT DISTINCT source_id FROM windows_event)",
  );
  const sources = new Map(slices.map((slice) => [slice.source_id, slice]));
  const correlator = new Correlator(rules);
  const report: SigmaHuntReport = { events: counted?.n ?? 0, matches: 0, overflow: [], seconds: 0 };
  for await (const { rule, event, fields } of huntStored(store, rules, windowsLogSources())) {
    const { source_id, source_line, computer } = event.row;
    correlator.add({
      rule,
      time: Date.parse(event.time),
      field(name) {
        const value = event.field(name);
        return typeof value === "string" ? value : value?.join("\n");
      },
    });
    if (correlator.isSilent(rule)) continue;
    report.matches++;
    progress.report({ step: "sigma", done: report.matches, unit: "rows", item: rule.title });
    const source = sources.get(source_id);
    await take({
      rule_id: rule.id,
      rule_title: rule.title,
      level: rule.level,
      file: source?.path ?? "",
      ...(source?.format === "evtx"
        ? { record_id: source_line }
        : { record_id: event.recordId, line: source_line }),
      time: event.time,
      computer,
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
