import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logSources, type TableSource } from "../../../../src/detect/sigma/logsource/index.js";
import type { Condition, DetectionRule, LogSource } from "../../../../src/detect/sigma/rule/model.js";
import { huntStored } from "../../../../src/detect/sigma/sql/hunt.js";
import { ENGINES, type TestStore } from "../../../support/stores.js";
import { conditionOn } from "./conditions.js";
import { holds, isOf, type RawRow, referenceEvent } from "./reference.js";
import { ROWS } from "./rows.js";
import { createEventTables } from "./tables.js";

const ENTRIES = logSources();
const SOURCES = ENTRIES.flatMap(({ asks, sources }) =>
  sources.flatMap((source): [string, LogSource, TableSource][] =>
    "table" in source && sources.length === 1
      ? [[`${Object.values(asks).join(" ")} (${source.table})`, asks as LogSource, source]]
      : [],
  ),
);
const ROWS_EACH = 120;
const SEED = 20261126;

function ruleOf(condition: Condition, logsource: LogSource, number: number): DetectionRule {
  return {
    ...{ kind: "detection", path: "", line: number, id: "", name: "", title: `rule ${number}` },
    ...{ description: "", level: "low", status: "", tags: [], logsource, condition },
  } as DetectionRule;
}

describe("rules on stored rows: the engine and the rule model", () => {
  let opened: TestStore;
  const stored = new Map<string, RawRow[]>();
  beforeAll(async () => {
    opened = await (ENGINES[0] as (typeof ENGINES)[number]).open();
    await createEventTables(opened.store);
    for (const [table, arbitrary] of Object.entries(ROWS)) {
      const rows = fc.sample(arbitrary, { numRuns: ROWS_EACH, seed: SEED });
      await opened.store.insert(
        table,
        rows.map((row, index) => ({ batch_id: "b", source_id: "s", source_line: index + 1, ...row })),
      );
      stored.set(table, await opened.store.query<RawRow>(`SELECT * FROM ${table} ORDER BY source_line`));
    }
  });
  afterAll(() => opened.close());

  it("every log source of network and web logs is held to it", () => {
    expect(SOURCES.map(([name]) => name)).toHaveLength(25);
  });

  it.each(SOURCES)("agree on generated rules: %s", async (_, logsource, source) => {
    const rows = (stored.get(source.table) ?? []).filter((row) => isOf(source, row));
    let [positive, negative] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(conditionOn(source), { minLength: 40, maxLength: 60 }),
        async (conditions) => {
          const rules = conditions.map((condition, index) => ruleOf(condition, logsource, index));
          const expected = conditions.flatMap((condition, rule) =>
            rows
              .filter((row) => holds(condition, referenceEvent(source, row)))
              .map((row) => `${rule} ${row.source_line}`),
          );
          positive += expected.length;
          negative += conditions.length * rows.length - expected.length;
          const found: string[] = [];
          for await (const { rule, record } of huntStored(opened.store, rules, ENTRIES))
            found.push(`${rule.line} ${record.line}`);
          expect(found.sort()).toEqual(expected.sort());
        },
      ),
      { numRuns: 4, seed: SEED, endOnFailure: true },
    );
    expect(positive).toBeGreaterThan(500);
    expect(negative).toBeGreaterThan(500);
  });
});
