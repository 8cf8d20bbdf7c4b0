import { expect, it } from "vitest";
import { fuzzZeek } from "../fuzz/zeek.js";
import { corpusFolder } from "../sources/runner.js";

const corpus = corpusFolder();
if ("missing" in corpus) console.log(`skipped: ${corpus.missing}`);

it.skipIf("missing" in corpus)(
  "400 mutated lines of Zeek's logs of remote access are read or rejected, each",
  async () => {
    const told = await fuzzZeek(400);
    console.log(told);
    expect(told).toMatch(/^zeek: 400 mutated lines/);
  },
);
