import { expect, test } from "vitest";
import { inLanguage } from "../../src/kernel/language.js";
import { ENGLISH, type MessageKey } from "../../src/report/catalogue.js";
import { formatMonth } from "../../src/report/format.js";
import { renderHtml } from "../../src/report/html/page.js";
import { makeInput } from "./fixture.js";

const input = makeInput();
const messages = Object.fromEntries(
  Object.entries(ENGLISH).map(([key, text]) => [key, `⟦${text}⟧`]),
) as Record<MessageKey, string>;

/** Text between tags, and of attributes that are read out or shown. */
function visibleTexts(page: string): string[] {
  const body = page
    .replace(/<style[\s\S]*?<\/style>/g, "")
    // Explanations have catalogues of their own, those of the detectors.
    .replace(/<p class="explanation">[\s\S]*?<\/p>/g, "");
  const attributes = [...body.matchAll(/ (?:title|aria-label|data-label)="([^"]*)"/g)];
  const texts = outside(body.replace(/<[^>]*>/g, "\n")).split("\n");
  return [...texts, ...attributes.map(([, text = ""]) => outside(text))].map((text) =>
    text
      .replace(/&#39;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&amp;/g, "&"),
  );
}

/** What no catalogue said: what stands outside of all brackets. A text may be broken by tags within its brackets. */
function outside(text: string): string {
  let depth = 0;
  let rest = "";
  for (const character of text) {
    if (character === "⟦") depth++;
    else if (character === "⟧") depth--;
    else if (depth === 0) rest += character;
  }
  return rest;
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Map) return strings([...value]);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** Units, names and commands, which no language translates. */
const NEUTRAL =
  /\b(?:UTC|TLP|CLEAR|GREEN|AMBER|STRICT|RED|Longwatch|longwatch explain|findings\.jsonl|kB|MB|GB|TB)\b/g;

test("a page in another language says nothing in English but what is data", () => {
  const page = inLanguage({ tag: "en-x-pseudo", messages }, () => renderHtml(input));
  const data = [
    ...strings([input.assessment, input.findings, input.evidence]),
    ...Object.keys(input.assessment.telemetry.classes).map((name) => name.replaceAll("_", " ")),
    ...Object.values(input.messages).flatMap((template) => template.split(/\{\d+\}/)),
  ]
    .join("\n")
    .replace(NEUTRAL, "")
    .replaceAll("_", " ");
  const months = Array.from({ length: 12 }, (_, month) => formatMonth(Date.UTC(2023, month)));
  const left = visibleTexts(page)
    .flatMap((text) =>
      outside(text)
        .replaceAll("[.]", ".")
        .replace(NEUTRAL, "")
        .split(/[·,;:()–#]+|\d+/),
    )
    .map((text) => text.trim())
    // Long names are cut in pictures; a mark of an instant is no word.
    .filter((text) => /[A-Za-z]{3}/.test(text) && !text.includes("…") && !months.includes(text))
    .filter((text) => !data.includes(text.replaceAll("_", " ")));
  expect([...new Set(left)]).toEqual([]);
});
