import fc from "fast-check";
import type { TableSource } from "../../../../src/detect/sigma/logsource/index.js";
import type { Condition, PatternPart, Predicate } from "../../../../src/detect/sigma/rule/model.js";

const any = { wild: "any" } as const;
const around = (part: string): PatternPart[][] => [[part], [any, part], [part, any], [any, part, any]];

const literal = fc.constantFrom(
  ...[
    "a",
    "ab",
    "b",
    "?",
    "é",
    "EXE",
    "example",
    "10",
    "GET",
    "tcp",
    "sf",
    "443",
    "true",
    "alert",
    "cmd=",
    "/",
  ],
);
const pattern = fc.oneof(
  { weight: 5, arbitrary: literal.chain((part) => fc.constantFrom(...around(part))) },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(literal, fc.constantFrom<PatternPart>(any, { wild: "one" })), {
      maxLength: 4,
    }),
  },
);

function predicate(fields: readonly string[]): fc.Arbitrary<Predicate> {
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("text" as const),
        pattern: fc.record({ parts: pattern, cased: fc.boolean() }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Predicate>(
        { kind: "number", value: 443, text: "443" },
        { kind: "number", value: 10, text: "10" },
        { kind: "compare", operator: "gte", value: 100 },
        { kind: "compare", operator: "lt", value: 10 },
        { kind: "cidr", network: "10.0.0.0/8" },
        { kind: "cidr", network: "2001:db8::/32" },
        { kind: "regex", source: "[a-z]+\\.(exe|php)", flags: "i" },
        { kind: "regex", source: "^/.{3}", flags: "" },
        { kind: "time", part: "year", operator: "eq", value: 2024 },
        { kind: "null" },
        { kind: "exists", expected: true },
        { kind: "exists", expected: false },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("fieldref" as const),
        other: fc.constantFrom(...fields),
        how: fc.constantFrom("equals" as const, "contains" as const, "endswith" as const),
        cased: fc.boolean(),
      }),
    },
  );
}

/** Conditions on the fields of a log source. */
export function conditionOn({ fields }: TableSource): fc.Arbitrary<Condition> {
  const names = Object.keys(fields);
  return fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.record({
        kind: fc.constant("field" as const),
        field: fc.constantFrom(...names),
        predicate: predicate(names),
      }),
      fc.record({
        kind: fc.constant("keyword" as const),
        predicate: fc.record({
          kind: fc.constant("text" as const),
          pattern: fc.record({ parts: literal.map((part) => [part]), cased: fc.boolean() }),
        }),
      }),
      fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        parts: fc.array(tie("node"), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant("not" as const), part: tie("node") }),
    ),
  })).node;
}
