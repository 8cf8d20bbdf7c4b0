import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inLanguage } from "../../src/kernel/language.js";
import { catalogue, readLanguage } from "../../src/pipeline/language.js";
import { renderHtml } from "../../src/report/html/page.js";
import { makeInput } from "../report/fixture.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "longwatch-language-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, name = "km.yaml") {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readLanguage(file);
}

describe("a translation", () => {
  test("is YAML or JSON, and may lack texts", () => {
    const messages = { "actions.title": "X" };
    expect(read('tag: km\nmessages:\n  actions.title: "X"\n').language).toEqual({ tag: "km", messages });
    expect(read(JSON.stringify({ tag: "km", messages }), "km.json")).toEqual({
      language: { tag: "km", messages },
      warnings: [],
    });
  });

  test("that translates nothing is what `longwatch language` prints", () => {
    const messages = catalogue();
    expect(read(JSON.stringify({ tag: "en", messages }), "en.json")).toEqual({
      language: { tag: "en", messages },
      warnings: [],
    });
    // Sentences of every stage are in it.
    for (const key of [
      "actions.title",
      "judged.compromised",
      "incident.title",
      "beaconing.address",
      "run.off.reason",
    ])
      expect(messages).toHaveProperty([key]);
  });

  test("is warned of where it has a key that no text has, which is left out", () => {
    const { language, warnings } = read("tag: km\nmessages:\n  actions.title: X\n  actions.titel: Y\n");
    expect(Object.keys(language.messages)).toEqual(["actions.title"]);
    expect(warnings).toEqual([expect.stringMatching(/km\.yaml:4: no text has the key actions\.titel$/)]);
  });

  test("with thousands of other keys is told of a few", () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `  k${index}: x\n`).join("");
    const { warnings } = read(`tag: km\nmessages:\n${keys}`);
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)).toBe("… and 39980 more of this kind");
  });

  test.each([
    [
      "an argument that the English text has not",
      "tag: km\nmessages:\n  incident.title: '{0} {7}'\n",
      /incident\.title has \{7\}/,
    ],
    [
      "an escape for a terminal",
      'tag: km\nmessages:\n  actions.title: "\\e[2J"\n',
      /cannot be seen: "\\x1b\[2J"/,
    ],
    [
      "text that turns around what follows it",
      'tag: km\nmessages:\n  actions.title: "\\u202egpj"\n',
      /cannot be seen: "\\u202egpj"/,
    ],
    [
      "plural forms that cannot be read",
      'tag: km\nmessages:\n  unit.days: "{0, plural, one {x} }"\n',
      /unit\.days .* neither \{0\}/,
    ],
    [
      "plural forms without other",
      'tag: km\nmessages:\n  unit.days: "{0, plural, one {# x}}"\n',
      /unit\.days .* without other/,
    ],
    ["a key twice", "tag: km\nmessages:\n  unit.days: a\n  unit.days: b\n", /unique/],
    ["no tag", "messages: {}\n", /tag/],
    ["a tag that is none", "tag: '<b>'\nmessages: {}\n", /no language tag/],
    ["a text that is no text", "tag: km\nmessages:\n  actions.title: [a]\n", /actions\.title/],
    ["something else beside", "tag: km\nmessages: {}\nscript: x\n", /script/],
    ["a text without end", `tag: km\nmessages:\n  actions.title: ${"x".repeat(5_000)}\n`, /actions\.title/],
    ["more than any translation", `tag: km\nmessages: {}\n# ${"x".repeat(5 * 1024 * 1024)}\n`, /larger/],
    [
      "an alias bomb",
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ntag: [*c,*c,*c,*c,*c]\n`,
      /./,
    ],
  ])("with %s is refused, by file", (_, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: "LW_LANGUAGE", file: join(folder, "km.yaml") }),
    );
    expect(() => read(text)).toThrow(message);
  });

  test("ends no string of the style sheet", () => {
    const { language } = read(
      `tag: km\nmessages:\n  page.synthetic.margin: '";}</style><script>alert(1)</script>'\n`,
    );
    const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 3, linesPerFinding: 1 });
    const page = inLanguage(language, () =>
      renderHtml({ ...input, assessment: { ...input.assessment, synthetic: true } }),
    );
    expect(page.match(/<\/style/g)).toHaveLength(1);
    expect(page).not.toContain("<script");
    expect(page).toContain('content:"\\22 \\3b ');
  });

  test("is data to a page: markup in it is shown, and does nothing", () => {
    const { language } = read(
      `tag: km\nmessages:\n  actions.title: '<script>alert(1)</script>'\n  list.separator: '<img src=x>'\n`,
    );
    const page = inLanguage(language, () =>
      renderHtml(makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 3, linesPerFinding: 1 })),
    );
    expect(page).toContain('lang="km"');
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page).not.toMatch(/<script|<img src=x/);
  });
});
