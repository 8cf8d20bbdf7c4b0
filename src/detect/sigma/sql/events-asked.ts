import { unique } from "../../../kernel/group-by.js";
import { eventSourcesOf, type LogSourceEntry, tableSourcesOf } from "../logsource/index.js";
import type { SigmaRule } from "../rule/model.js";
import { untried } from "../unmapped.js";
import type { StoredEvents } from "./stored-record.js";

/** Tables that some of the rules ask, with how many rows each has. */
export async function eventsAsked(
  store: Pick<StoredEvents, "query">,
  rules: readonly SigmaRule[],
  entries: readonly LogSourceEntry[],
): Promise<{ table: string; count: number }[]> {
  const tables = unique(
    rules.flatMap((rule) => (rule.kind === "detection" ? tablesOf(rule, entries) : [])),
  ).sort();
  const asked: { table: string; count: number }[] = [];
  for (const table of tables) {
    const [counted] = await store.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
    asked.push({ table, count: counted?.n ?? 0 });
  }
  return asked;
}

function tablesOf(
  { logsource, condition }: Extract<SigmaRule, { kind: "detection" }>,
  entries: readonly LogSourceEntry[],
): string[] {
  return [
    ...(eventSourcesOf(logsource, entries).length > 0 ? ["windows_event"] : []),
    ...tableSourcesOf(logsource, entries)
      .filter((source) => untried(condition, source) === undefined)
      .map(({ table }) => table),
  ];
}
