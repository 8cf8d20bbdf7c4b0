import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { ACTION_MESSAGES } from "../../src/report/messages/actions.js";

/** Files whose words have moved into the catalogue. */
const MOVED = ["html/sections/actions.ts", "terminal/actions.ts", "action-text.ts"];

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
  expect(words(readFileSync(join(packageRoot, "src/report", file), "utf8"))).toEqual([]);
});

test("a text in the code would be found", () => {
  expect(words('html`<p>Some words</p>`; const title = "Key judgements"; html`and so on`')).toEqual([
    "Some words",
    "and so on",
    "Key judgements",
  ]);
});

test("arguments of a message are numbered from 0 without a gap", () => {
  for (const [key, text] of Object.entries(ACTION_MESSAGES)) {
    const used = new Set([...text.matchAll(/\{(\d+)\}/g)].map(([, at]) => Number(at)));
    expect([...used].sort(), key).toEqual([...used].map((_, at) => at));
  }
});
