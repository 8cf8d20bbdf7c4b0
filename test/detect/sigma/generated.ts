import fc from "fast-check";
import type { Condition, Predicate } from "../../../src/detect/sigma/rule/model.js";

const FIELDS = ["Image", "User", "CommandLine"];
const text = fc.string({ unit: fc.constantFrom("a", "B", "c", "\\", "é"), maxLength: 6 });
const pattern = fc.array(
  fc.oneof(
    text.filter((each) => each !== ""),
    fc.constantFrom({ wild: "any" as const }, { wild: "one" as const }),
  ),
  { maxLength: 4 },
);
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("text" as const),
      pattern: fc.record({ parts: pattern, cased: fc.boolean() }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Predicate>({ kind: "null" }, { kind: "exists", expected: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Predicate>(
      { kind: "regex", source: "ab+c", flags: "i" },
      { kind: "regex", source: "Bc|cc.a", flags: "" },
    ),
  },
);
export const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ kind: fc.constant("field" as const), field: fc.constantFrom(...FIELDS), predicate }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("node"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not" as const), part: tie("node") }),
  ),
})).node;

/** Fields of an event: absent, without a value, with one or with several. */
export const eventData = fc.dictionary(
  fc.constantFrom(...FIELDS),
  fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }), fc.constant(null)),
);
