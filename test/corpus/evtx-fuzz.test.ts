import { expect, it } from "vitest";
import { fuzzEvtx } from "../fuzz/evtx.js";
import { corpusFolder } from "../sources/runner.js";

const corpus = corpusFolder();
if ("missing" in corpus) console.log(`skipped: ${corpus.missing}`);

it.skipIf("missing" in corpus)("20,000 mutated chunks of event logs are read without harm", async () => {
  const told = await fuzzEvtx(20_000);
  console.log(told);
  expect(told).toMatch(/^evtx: 20,000 mutated chunks/);
});
