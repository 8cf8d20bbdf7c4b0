import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JUDGEMENT_MESSAGES } from "../../src/assess/index.js";
import { INCIDENT_MESSAGES } from "../../src/correlate/index.js";
import { inLanguage } from "../../src/kernel/language.js";
import { joinList } from "../../src/kernel/lists.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import { MESSAGES } from "../../src/pipeline/messages.js";
import { RUN_MESSAGES } from "../../src/pipeline/run-messages.js";
import { ENGLISH, say } from "../../src/report/catalogue.js";
import { explainText } from "../../src/report/explain.js";
import { formatBytes, formatDuration } from "../../src/report/format.js";
import { SCHEDULE_WORDS } from "../../src/schedule/index.js";

const REPORT = join(packageRoot, "src/report");

/** Files whose words stand in the catalogue. Of charts and the rest of the page the test of a whole page sees to it. */
const WORDLESS = [
  ...readdirSync(join(REPORT, "html/sections")).map((file) => `html/sections/${file}`),
  "terminal/actions.ts",
  "action-text.ts",
  "attribution-text.ts",
];

/** Files outside of the report that say something from a catalogue. */
const SHARED = [
  "kernel/lists.ts",
  "model/detection-limits-words.ts",
  "model/words.ts",
  "model/sector-words.ts",
  "assess/independence.ts",
  "assess/judgements.ts",
  "assess/limits.ts",
  "assess/organisation-judgements.ts",
  "assess/organisations.ts",
  "assess/status.ts",
  "assess/working-hours.ts",
  "correlate/campaign.ts",
  "correlate/incident.ts",
  "correlate/popular.ts",
  "correlate/score.ts",
  "pipeline/detect.ts",
  "pipeline/schedule/step.ts",
  "schedule/calendar-rows.ts",
  "schedule/calendar/verdict.ts",
  "schedule/verdict.ts",
  ...readdirSync(join(packageRoot, "src/schedule/words"))
    .filter((file) => file !== "messages.ts")
    .map((file) => `schedule/words/${file}`),
];

const CATALOGUES = [ENGLISH, MESSAGES];
const OWN: Readonly<Record<string, string>> = {
  ...ENGLISH,
  ...SCHEDULE_WORDS,
  ...JUDGEMENT_MESSAGES,
  ...INCIDENT_MESSAGES,
  ...RUN_MESSAGES,
};

/** Words that a reader would see: text between tags, and in template literals outside of what they hold. */
function words(source: string): string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/(?: class="[^"]*"|<code>[^<]*<\/code>| open`)/g, "");
  const texts = [
    ...code.matchAll(/(?<![ =])>([^<>$`{}]+)<(?![= ])/g),
    ...code.matchAll(/html`([^<$`]+)/g),
  ].map(([, text = ""]) => text);
  const strings = [...code.matchAll(/"([^"\n]*)"/g)].map(([, text = ""]) => text);
  // A sentence, or a word with a capital: keys, class names and paths have neither.
  const spoken = strings.filter(
    (text) => /^[A-Z]|[a-z] [a-z]/.test(text) && !/^(?:cards|compact) /.test(text),
  );
  return [...texts.filter((text) => /[a-z]{2}/i.test(text) && !/[=;()]/.test(text)), ...spoken];
}

test.each(WORDLESS)("%s holds no text of its own", (file) => {
  expect(words(readFileSync(join(REPORT, file), "utf8"))).toEqual([]);
});

test("every key is used, as it is or put together from what the model or a list that ships names", () => {
  const sources = readdirSync(REPORT, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("messages"))
    .map((file) => join(REPORT, file))
    .concat(SHARED.map((file) => join(packageRoot, "src", file)))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const composed = [...sources.matchAll(/`([a-z][\w.-]*\.)\$\{[^`{}]+\}([\w.-]*)`/g)].map(
    ([, before = "", after = ""]) => [before, after] as const,
  );
  const unused = Object.keys(OWN).filter(
    (key) =>
      !sources.includes(`"${key}"`) &&
      !composed.some(([before, after]) => key.startsWith(before) && key.endsWith(after)),
  );
  expect(unused).toEqual([]);
});

test("a text in the code would be found", () => {
  expect(words('html`<p>Some words</p>`; const title = "Key judgements"; html`and so on`')).toEqual([
    "Some words",
    "and so on",
    "Key judgements",
  ]);
});

test("arguments of a message are numbered from 0 without a gap", () => {
  for (const [key, text] of Object.entries(OWN)) {
    // Explanations of one subject have the same arguments, of which not each says all.
    if (/^(?:incident\.(?:single|pile|sequence)|campaign\.(?:shared|networks))$/.test(key)) continue;
    const used = new Set([...text.matchAll(/\{(\d+)[,}]/g)].map(([, at]) => Number(at)));
    expect([...used].sort(), key).toEqual([...used].map((_, at) => at));
  }
});

test("units, lists and decimals are those of the language", () => {
  const messages = {
    "list.separator": "、",
    "list.last": "{0}и{1}",
    "unit.days": "{0, plural, one {# день} few {# дня} other {# дней}}",
    "unit.h": "{0} ч",
  };
  inLanguage({ tag: "ru", messages }, () => {
    expect(joinList(["a", "b", "c"])).toBe("a、bиc");
    expect(formatDuration(3 * 86_400 + 4 * 3_600)).toBe("3 дня 4 ч");
    expect(formatBytes(1_230_000)).toBe("1,23 MB");
  });
  expect(joinList(["a", "b", "c"])).toBe("a, b and c");
  expect(formatDuration(3 * 86_400 + 4 * 3_600)).toBe("3 days 4 h");
  expect(formatBytes(1_230_000)).toBe("1.23 MB");
});

test("one translation holds all catalogues: no key stands in two, and explanations of detectors are among them", () => {
  const keys = CATALOGUES.flatMap((catalogue) => Object.keys(catalogue));
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  const messages = { "beaconing.x": "{0} klopft bei {1} an" };
  const explanation = {
    key: "beaconing.x",
    args: [
      { type: "host" as const, value: "a" },
      { type: "address" as const, value: "b" },
    ],
  };
  const english = { "beaconing.x": "{0} calls {1}" };
  expect(explainText(explanation, english)).toBe("a calls b");
  expect(inLanguage({ tag: "de", messages }, () => explainText(explanation, english))).toBe(
    "a klopft bei b an",
  );
});

test("one of something is written as one", () => {
  const alike = Object.entries(ENGLISH).flatMap(([key, text]) =>
    [...text.matchAll(/plural, one \{([^{}]*)\} other \{([^{}]*)\}/g)].flatMap(([, one, other]) =>
      one === other ? [key] : [],
    ),
  );
  expect(alike).toEqual([]);
  expect(say("brief.who.counts", 1, 1, 0)).toBe("Compromised: 1 of 1 organisation; suspected: 0.");
});

test("plural forms are those of the language, and the number is written its way", () => {
  const messages = {
    "common.more-rows": "{0, plural, one {# řádek} few {# řádky} other {# řádků}}",
  } as const;
  const czech = (count: number) => inLanguage({ tag: "cs", messages }, () => say("common.more-rows", count));
  expect([1, 3, 5, 12_000].map(czech)).toEqual(["1 řádek", "3 řádky", "5 řádků", "12\u00a0000 řádků"]);
  expect(say("common.more-rows", 12_000)).toBe("12,000 more rows in assessment.json.");
});
