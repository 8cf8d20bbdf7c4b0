import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { ENGLISH } from "../../src/report/catalogue.js";

const REPORT = join(packageRoot, "src/report");

/** Sections whose words still stand in the code. The list only ever gets shorter. */
const NOT_YET = [
  "activity.ts",
  "attribution.ts",
  "detection-limits.ts",
  "findings.ts",
  "incidents.ts",
  "infrastructure.ts",
  "judgements.ts",
  "matrix.ts",
  "method.ts",
  "organisations.ts",
  "parts.ts",
  "replay.ts",
  "schedules.ts",
];
const SECTIONS = readdirSync(join(REPORT, "html/sections"));

/** Files whose words have moved into the catalogue: every section but those above, and some others. */
const MOVED = [
  ...SECTIONS.filter((file) => !NOT_YET.includes(file)).map((file) => `html/sections/${file}`),
  "terminal/actions.ts",
  "action-text.ts",
];

/** Words that a reader would see: text between tags, and in template literals outside of what they hold. */
function words(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const texts = [...code.matchAll(/>([^<>$`{}]+)</g), ...code.matchAll(/html`([^<$`]+)/g)].map(
    ([, text = ""]) => text,
  );
  const strings = [...code.matchAll(/"([^"\n]*)"/g)].map(([, text = ""]) => text);
  // A sentence, or a word with a capital: keys, class names and paths have neither.
  const spoken = strings.filter((text) => /^[A-Z]|[a-z] [a-z]/.test(text) && !/^cards /.test(text));
  return [...texts.filter((text) => /[a-z]{2}/i.test(text) && !/[=;()]/.test(text)), ...spoken];
}

test.each(MOVED)("%s holds no text of its own", (file) => {
  expect(words(readFileSync(join(REPORT, file), "utf8"))).toEqual([]);
});

test.each(NOT_YET)("%s still has text of its own, else it leaves the list", (file) => {
  expect(words(readFileSync(join(REPORT, "html/sections", file), "utf8"))).not.toEqual([]);
});

/** Keys that are put together from what the model or a list that ships names. */
const COMPOSED =
  /^(?:response|effect|cost|hardening|needs|actions\.reach|indicators\.kind|indicators\.withheld)\.[\w-]+$/;

test("every key is used, as it is or composed", () => {
  const sources = readdirSync(REPORT, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("messages"))
    .map((file) => readFileSync(join(REPORT, file), "utf8"))
    // What is judged of an organisation has its words here, and its keys where it is judged.
    .concat(readFileSync(join(packageRoot, "src/assess/organisation-judgements.ts"), "utf8"))
    .join("\n");
  const unused = Object.keys(ENGLISH).filter((key) => !COMPOSED.test(key) && !sources.includes(`"${key}"`));
  expect(unused).toEqual([]);
  for (const prefix of [
    "response",
    "effect",
    "cost",
    "hardening",
    "needs",
    "actions.reach",
    "indicators.kind",
  ])
    expect(sources, prefix).toContain(`\`${prefix}.\${`);
});

test("a text in the code would be found", () => {
  expect(words('html`<p>Some words</p>`; const title = "Key judgements"; html`and so on`')).toEqual([
    "Some words",
    "and so on",
    "Key judgements",
  ]);
});

test("arguments of a message are numbered from 0 without a gap", () => {
  for (const [key, text] of Object.entries(ENGLISH)) {
    const used = new Set([...text.matchAll(/\{(\d+)\}/g)].map(([, at]) => Number(at)));
    expect([...used].sort(), key).toEqual([...used].map((_, at) => at));
  }
});
