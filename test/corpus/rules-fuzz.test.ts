import { expect, it } from "vitest";
import { fuzzRules } from "../fuzz/rules.js";
import { corpusFolder } from "../sources/runner.js";

const corpus = corpusFolder();
if ("missing" in corpus) console.log(`skipped: ${corpus.missing}`);

it.skipIf("missing" in corpus)("5,000 mutated Sigma rules are read without harm", async () => {
  const told = await fuzzRules(5000);
  console.log(told);
  expect(told).toMatch(/^rules: 5,000 mutated texts/);
});
