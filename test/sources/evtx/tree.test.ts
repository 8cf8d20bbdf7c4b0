import { describe, expect, it } from "vitest";
import { Op } from "../../../src/sources/evtx/code.js";
import { Damage } from "../../../src/sources/evtx/format.js";
import { treeOf } from "../../../src/sources/evtx/tree.js";

describe("what a damaged template can be scanned into", () => {
  it("an element with a text", () => {
    const ints = Int32Array.of(Op.Open, Op.Content, Op.Text, Op.Close);
    expect(treeOf({ ints, strings: ["Event", "x"] })).toEqual({
      name: "Event",
      attributes: [],
      content: [{ kind: "text", text: "x" }],
      needs: [],
    });
  });

  it.each([
    ["a text where the element should be", { ints: Int32Array.of(Op.Text), strings: ["x"] }],
    ["a value where the element should be", { ints: Int32Array.of(Op.Substitution, 0, 1), strings: [] }],
    ["nothing", { ints: new Int32Array(0), strings: [] }],
    ["an element without a name", { ints: Int32Array.of(Op.Open, Op.Close), strings: [] }],
  ])("%s costs its record", (_, code) => {
    expect(() => treeOf(code)).toThrow(Damage);
  });
});
