import { describe, expect, it } from "vitest";
import { type CorrelationMatch, Correlator } from "../../../src/detect/sigma/match/correlate.js";
import type { SigmaRule } from "../../../src/detect/sigma/rule/model.js";
import { parseRules } from "../../../src/detect/sigma/rule/parse.js";

const BASE = ["one", "two", "three"]
  .map(
    (name) =>
      `title: ${name}\nname: ${name}\nlogsource: { product: windows, service: security }\ndetection:\n  a:\n    EventID: 1\n  condition: a\n`,
  )
  .join("---\n");

interface Step {
  rule: string;
  /** Seconds. */
  at: number;
  [field: string]: string | number;
}

function run(correlation: string, steps: readonly Step[]): CorrelationMatch[] {
  const { rules, problems } = parseRules(`${BASE}---\n${correlation}`, "x.yml");
  expect(problems).toEqual([]);
  return feed(rules, steps).finish();
}

function feed(rules: readonly SigmaRule[], steps: readonly Step[]): Correlator {
  const correlator = new Correlator(rules);
  for (const step of steps) {
    const rule = rules.find(({ name }) => name === step.rule) as SigmaRule;
    correlator.add({
      rule,
      time: step.at * 1000,
      field: (name) => (name in step ? String(step[name]) : undefined),
    });
  }
  return correlator;
}

const correlation = (body: string): string =>
  `title: c\nname: c\ncorrelation:\n  ${body.trim().replaceAll("\n", "\n  ")}\n`;
const one = (at: number, more: Record<string, string | number> = {}): Step => ({
  rule: "one",
  at,
  user: "u",
  ...more,
});

/** A correlation, events that it fits, and a near miss. */
const CASES: [string, string, Step[], Step[]][] = [
  [
    "event_count",
    "type: event_count\nrules: [one]\ngroup-by: [user]\ntimespan: 1m\ncondition: { gte: 3 }",
    [one(0), one(30), one(60)],
    [one(0), one(30), one(61)],
  ],
  [
    "event_count of one group",
    "type: event_count\nrules: [one]\ngroup-by: [user]\ntimespan: 1m\ncondition: { gte: 2 }",
    [one(0), one(1)],
    [one(0), one(1, { user: "v" })],
  ],
  [
    "event_count within a range",
    "type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { gte: 2, lt: 4 }",
    [one(0), one(1), one(2)],
    [one(0)],
  ],
  [
    "value_count",
    "type: value_count\nrules: [one]\ngroup-by: [user]\ntimespan: 1h\ncondition: { field: host, gt: 2 }",
    [one(0, { host: "a" }), one(1, { host: "b" }), one(2, { host: "c" })],
    [one(0, { host: "a" }), one(1, { host: "b" }), one(2, { host: "a" })],
  ],
  [
    "temporal",
    "type: temporal\nrules: [one, two]\ngroup-by: [user]\ntimespan: 10s",
    [{ rule: "two", at: 0, user: "u" }, one(10)],
    [{ rule: "two", at: 0, user: "u" }, one(11)],
  ],
  [
    "temporal_ordered",
    "type: temporal_ordered\nrules: [one, two]\ngroup-by: [user]\ntimespan: 10s",
    [one(0), { rule: "two", at: 5, user: "u" }],
    [{ rule: "two", at: 0, user: "u" }, one(5)],
  ],
  [
    "value_sum",
    "type: value_sum\nrules: [one]\ntimespan: 1m\ncondition: { field: bytes, gt: 100 }",
    [one(0, { bytes: 60 }), one(1, { bytes: 41 })],
    [one(0, { bytes: 60 }), one(1, { bytes: 40 })],
  ],
  [
    "value_avg",
    "type: value_avg\nrules: [one]\ntimespan: 1m\ncondition: { field: bytes, gte: 50 }",
    [one(0, { bytes: 40 }), one(1, { bytes: 60 })],
    [one(0, { bytes: 40 }), one(1, { bytes: 44 })],
  ],
  [
    "value_percentile",
    "type: value_percentile\nrules: [one]\ntimespan: 1m\ncondition: { field: bytes, percentile: 90, gt: 90 }",
    [one(0, { bytes: 0 }), one(1, { bytes: 95 }), one(1, { bytes: 99 })],
    [one(0, { bytes: 0 }), one(1, { bytes: 50 }), one(1, { bytes: 90 })],
  ],
];

describe("correlations", () => {
  it.each(CASES)("%s: fits, and not the near miss", (_, body, hit, miss) => {
    expect(run(correlation(body), hit)).toHaveLength(1);
    expect(run(correlation(body), miss)).toHaveLength(0);
  });

  it("find a burst wherever it begins, once", () => {
    const body = "type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { gte: 5 }";
    const burst = [0, 55, 57, 59, 62, 64].map((at) => one(at));
    expect(run(correlation(body), burst)).toMatchObject([{ first: 55_000, last: 64_000, events: 5 }]);
  });

  it("take events in any order", () => {
    const body = "type: temporal_ordered\nrules: [one, two, three]\ntimespan: 1m";
    const steps: Step[] = [
      { rule: "three", at: 9 },
      { rule: "one", at: 1 },
      { rule: "two", at: 5 },
    ];
    expect(run(correlation(body), steps)).toHaveLength(1);
  });

  it("join rules by aliases", () => {
    const body =
      "type: temporal\nrules: [one, two]\ngroup-by: [who]\ntimespan: 1m\naliases:\n  who:\n    one: user\n    two: account";
    expect(run(correlation(body), [one(0), { rule: "two", at: 1, account: "u" }])).toMatchObject([
      { group: { who: "u" } },
    ]);
    expect(run(correlation(body), [one(0), { rule: "two", at: 1, account: "v" }])).toEqual([]);
  });

  it("build on each other, in whatever order they stand", () => {
    const chained = `${correlation("type: temporal_ordered\nrules: [burst, two]\ngroup-by: [user]\ntimespan: 5m")}---\n${correlation(
      "type: event_count\nrules: [one]\ngroup-by: [user]\ntimespan: 1m\ncondition: { gte: 3 }",
    ).replace("name: c", "name: burst")}`;
    const burst = [one(0), one(1), one(2)];
    expect(
      run(chained, [...burst, { rule: "two", at: 100, user: "u" }]).map(({ rule }) => rule.name),
    ).toEqual(["c"]);
    expect(
      run(chained, [
        { rule: "two", at: 0, user: "u" },
        ...burst.map((each) => ({ ...each, at: each.at + 50 })),
      ]),
    ).toEqual([]);
  });

  it("report the rules they stand on only with generate", () => {
    const body = "type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { gte: 3 }";
    const silent = (text: string) => {
      const { rules } = parseRules(`${BASE}---\n${correlation(text)}`, "x.yml");
      return new Correlator(rules).isSilent(rules[0] as SigmaRule);
    };
    expect(silent(body)).toBe(true);
    expect(silent(`${body}\ngenerate: true`)).toBe(false);
  });

  it.each([
    ["type: event_sum\nrules: [one]\ntimespan: 1m", 'type "event_sum" does not exist'],
    ["type: event_count\nrules: [one]\ntimespan: soon\ncondition: { gte: 1 }", 'timespan "soon"'],
    ["type: event_count\nrules: [one]\ntimespan: 1m", "needs a condition"],
    ["type: value_sum\nrules: [one]\ntimespan: 1m\ncondition: { gte: 1 }", "needs condition.field"],
    ["type: event_count\ntimespan: 1m\ncondition: { gte: 1 }", "names no rules"],
    ["type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { least: 1 }", 'the condition has "least"'],
  ])("refuse %s", (body, reason) => {
    expect(
      parseRules(correlation(body), "x.yml")
        .problems.map((each) => each.reason)
        .join(),
    ).toContain(reason);
  });
});
