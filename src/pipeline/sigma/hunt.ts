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
  const slices = await store.query<{ source_id: string; path: string }>(
    "SELECT source_id, path FROM source_slice WHERE source_id IN (SELECT DISTINCT source_id FROM windows_event)",
  );
  const paths = new Map(slices.map(({ source_id, path }) => [source_id, path]));
  const correlator = new Correlator(rules);
  const report: SigmaHuntReport = { events: counted?.n ?? 0, matches: 0, overflow: [], seconds: 0 };
  for await (const { rule, event, fields } of huntStored(store, rules, windowsLogSources())) {
    const { source_id, source_line } = event.row;
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
    await take({
      rule_id: rule.id,
      rule_title: rule.title,
      level: rule.level,
      file: paths.get(source_id) ?? "",
      record_id: source_line,
      time: event.time,
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
