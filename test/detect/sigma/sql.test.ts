import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../../src/detect/sigma/match/compile.js";
import type { FieldValue } from "../../../src/detect/sigma/match/event.js";
import { EventView } from "../../../src/detect/sigma/match/view.js";
import type { Condition, DetectionRule } from "../../../src/detect/sigma/rule/model.js";
import { compileSql, Parameters, type TableSql } from "../../../src/detect/sigma/sql/compile.js";
import { ENGINES, type TestStore } from "../../support/stores.js";
import { CASES } from "./cases.js";
import { condition, eventData } from "./generated.js";
import { parsed, sysmon } from "./support.js";

type Data = Record<string, FieldValue>;

/** Events as JSON, each field a list of its values. */
const TABLE: TableSql = {
  field(name, parameters) {
    const key = parameters.text(name);
    const values = `fields[${key}]`;
    return {
      values,
      lower: `arrayMap(each -> lowerUTF8(each), ${values})`,
      present: `mapContains(fields, ${key})`,
    };
  },
  everything: "arrayFlatten(mapValues(fields))",
  everythingLower: "arrayMap(each -> lowerUTF8(each), arrayFlatten(mapValues(fields)))",
};

/** Events whose fields have one value each, or none. */
const SINGLE: TableSql = {
  ...TABLE,
  field(name, parameters) {
    const key = parameters.text(name);
    return {
      one: `fields[${key}][1]`,
      lower: `lowerUTF8(fields[${key}][1])`,
      has: `notEmpty(fields[${key}])`,
      present: `mapContains(fields, ${key})`,
    };
  },
};

function listed(data: Data): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      (Array.isArray(value) ? value : [value]).filter((each) => each !== null).map(String),
    ]),
  );
}

const isSingle = (data: Data): boolean => Object.values(data).every((value) => !Array.isArray(value));

/** For each condition, the events that fit, by the engine. */
async function bySql(
  store: TestStore["store"],
  conditions: readonly Condition[],
  events: readonly Data[],
  table = TABLE,
): Promise<number[][]> {
  const parameters = new Parameters("p");
  const columns = conditions.map((each) => `toUInt8(${compileSql(each, table, parameters)})`);
  const rows = await store.query<{ fits: number[] }>(
    `SELECT [${columns.join(", ")}] AS fits FROM (
       SELECT JSONExtract(arrayJoin({events:Array(String)}), 'Map(String, Array(String))') AS fields)`,
    { ...parameters.values, events: events.map((event) => JSON.stringify(listed(event))) },
  );
  return conditions.map((_, index) =>
    rows.flatMap(({ fits }, row) => (Number(fits[index]) === 1 ? [row] : [])),
  );
}

function byMatcher(conditions: readonly Condition[], events: readonly Data[]): number[][] {
  return conditions.map((each) => {
    const view = new EventView({});
    const test = compile(each, view);
    return events.flatMap((data, row) => {
      view.load(sysmon(data));
      return test(view) ? [row] : [];
    });
  });
}

const ENGINE = ENGINES[0] as (typeof ENGINES)[number];

describe("the compiler to SQL and the matcher", () => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await ENGINE.open();
  });
  afterAll(() => opened.close());

  it("agree on every modifier, on what fits and on the near miss", async () => {
    const conditions = CASES.map(([, item]) => {
      const { rules } = parsed(`selection:\n  ${item}\ncondition: selection`);
      return (rules[0] as DetectionRule).condition;
    });
    const events = CASES.flatMap(([, , hit, miss]) => [hit, miss]);
    const found = await bySql(opened.store, conditions, events);
    expect(found).toEqual(byMatcher(conditions, events));
    const single = events.filter(isSingle);
    expect(single.length).toBeGreaterThan(events.length / 2);
    expect(await bySql(opened.store, conditions, single, SINGLE)).toEqual(byMatcher(conditions, single));
    for (const [index, rows] of found.entries()) {
      expect(rows).toContain(2 * index);
      expect(rows).not.toContain(2 * index + 1);
    }
  });

  it("agree on generated rules and events", async () => {
    let positive = 0;
    let positiveSingle = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(condition, { minLength: 20, maxLength: 40 }),
        fc.array(eventData, { minLength: 20, maxLength: 40 }),
        async (conditions, events) => {
          const expected = byMatcher(conditions, events);
          positive += expected.reduce((sum, rows) => sum + rows.length, 0);
          expect(await bySql(opened.store, conditions, events)).toEqual(expected);
          const single = events.filter(isSingle);
          const expectedSingle = byMatcher(conditions, single);
          positiveSingle += expectedSingle.reduce((sum, rows) => sum + rows.length, 0);
          expect(await bySql(opened.store, conditions, single, SINGLE)).toEqual(expectedSingle);
        },
      ),
      { numRuns: 25, seed: 20261125 },
    );
    expect(positive).toBeGreaterThan(2_000);
    expect(positiveSingle).toBeGreaterThan(500);
  });
});
