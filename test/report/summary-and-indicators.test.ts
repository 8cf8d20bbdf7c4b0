import { describe, expect, test } from "vitest";
import { defang, defangText } from "../../src/report/defang.js";
import { preparePage } from "../../src/report/html/page.js";
import { briefSection } from "../../src/report/html/sections/brief.js";
import { campaignTimelineSection } from "../../src/report/html/sections/campaign-timeline.js";
import { indicatorsSection } from "../../src/report/html/sections/indicators.js";
import { pausesOf } from "../../src/report/html/timeline.js";
import { makeInput } from "./fixture.js";

const input = makeInput();
const plain = (markup: string) => markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("defanging", () => {
  test.each([
    ["api.palmvault.example", "api[.]palmvault[.]example"],
    ["203.0.113.10", "203[.]0[.]113[.]10"],
    ["203.0.113.0/24", "203[.]0[.]113[.]0/24"],
    ["2001:db8::1", "2001[:]db8[:][:]1"],
    ["2001:db8::/32", "2001[:]db8[:][:]/32"],
    ["https://a.example/b.php?c=d", "hxxps[:]//a[.]example/b[.]php?c=d"],
    ["HTTP://a.example", "hxxp[:]//a[.]example"],
    ["ab".repeat(32), "ab".repeat(32)],
  ])("%s", (live, dead) => {
    expect(defang(live)).toBe(dead);
    expect(defang(dead)).toBe(dead);
  });

  test("in a sentence, what is known, what is below it, addresses and URLs; other words with dots stay", () => {
    const names = new Set(["evil.example"]);
    expect(
      defangText("conn.log says a.evil.example at 203.0.113.9, 10:12:30, v1.2, 2001:db8::5.", names),
    ).toBe("conn.log says a[.]evil[.]example at 203[.]0[.]113[.]9, 10:12:30, v1.2, 2001[:]db8[:][:]5.");
    expect(defangText("see http://other.test/x", names)).toBe("see hxxp[:]//other[.]test/x");
  });

  test.each([
    ["letters", "a".repeat(100_000)],
    ["hexadecimal letters behind a colon", `a:${"a".repeat(100_000)}`],
    ["colons", `${":".repeat(100_000)}x`],
    ["labels", "a.".repeat(50_000)],
  ])("words of a log of any length cost no more than their length: %s", (_, word) => {
    const started = process.cpuUsage();
    defang(word);
    defangText(`${word} evil.example`, new Set(["evil.example"]));
    expect(process.cpuUsage(started).user).toBeLessThan(1e6);
  });
});

describe("summary on one page", () => {
  const page = preparePage(input);
  const text = plain(briefSection(page).body.text);

  test("answers who, since when, by what, how sure and what now from the assessment", () => {
    const { organisations, judgements } = input.assessment;
    const count = (status: string) => organisations.filter((each) => each.status === status).length;
    expect(text).toContain(judgements[0]?.statement);
    expect(text).toContain(
      `Compromised: ${count("compromised")} of ${organisations.length} organisations; suspected: ${count("suspected")}.`,
    );
    for (const word of ["Who", "Since when", "By what", "How sure", "What now", "Not known"])
      expect(text).toContain(` ${word} `);
    expect(text).toContain("api[.]palmvault[.]example");
    expect(text).not.toContain("palmvault.example");
  });

  test("likelihood and confidence stand in separate sentences", () => {
    const sentences = text.split(/(?<=\.) /);
    expect(sentences.filter((each) => /likelihood/i.test(each) && /confidence/i.test(each))).toEqual([]);
  });

  test("says one likelihood once, and no sentence of it is a link", () => {
    const [only] = input.assessment.organisations.filter(({ status }) => status === "compromised");
    const [judged] = input.assessment.judgements;
    const [item] = input.assessment.infrastructure;
    if (only === undefined || judged === undefined || item === undefined)
      throw new Error("the fixture lacks one");
    const one = {
      ...input,
      assessment: {
        ...input.assessment,
        organisations: [only],
        judgements: [{ ...judged, statement: `It is likely that they use ${item.value} and 203.0.113.10.` }],
      },
    };
    const said = plain(briefSection(preparePage(one)).body.text);
    expect(said).toMatch(/Likelihood that what is called compromised is so: [a-z ]+ \(\d+ %\)\./);
    expect(said).toContain("203[.]0[.]113[.]10");
    expect(said).not.toContain(item.value);
  });

  test("has an upper bound, whatever the case", () => {
    const large = makeInput({ organisations: 500, touched: 400, findings: 80 });
    const long = "An organisation with a name that nobody would ever print on a door ".repeat(4);
    const shouted = {
      ...large,
      assessment: {
        ...large.assessment,
        organisations: large.assessment.organisations.map((each) => ({ ...each, name: long })),
        not_assessed: Array.from({ length: 40 }, () => ({ what: long, why: long })),
        judgements: large.assessment.judgements.map((each) => ({ ...each, statement: long.repeat(4) })),
      },
    };
    expect(plain(briefSection(preparePage(shouted)).body.text).length).toBeLessThan(6_000);
  });

  test("without anybody affected it claims nothing and is no clean bill of health", () => {
    const nobody = makeInput({ touched: 0 });
    const quiet = plain(briefSection(preparePage(nobody)).body.text);
    expect(quiet).toContain("That is not a clean bill of health");
    expect(quiet).toContain("Nothing is claimed");
  });
});

describe("pauses", () => {
  const bucket = (label: string, connections: number, down = 0) => ({
    label,
    bytesOut: 0,
    bytesIn: 0,
    connections,
    organisations: connections > 0 ? 1 : 0,
    down,
  });
  const days = (states: readonly [number, number?][]) =>
    states.map(([connections, down], at) =>
      bucket(`2023-09-${String(at + 1).padStart(2, "0")}`, connections, down),
    );

  test("four quiet days between two days of contact", () => {
    expect(
      pausesOf({ step: "day", buckets: days([[0], [5], [0], [0], [0], [0], [5], [0], [0], [0], [0]]) }),
    ).toEqual([{ from: "2023-09-03", to: "2023-09-06" }]);
  });

  test("neither a weekend, nor an outage", () => {
    expect(pausesOf({ step: "day", buckets: days([[5], [0], [0], [0], [5]]) })).toEqual([]);
    expect(pausesOf({ step: "day", buckets: days([[5], [0], [0], [0, 0.5], [0], [5]]) })).toEqual([]);
  });
});

describe("indicators", () => {
  const text = indicatorsSection(preparePage(input)).body.text;

  test("none is live, neither in a table nor in a block to copy", () => {
    for (const { value, kind } of input.assessment.infrastructure) {
      expect(text).toContain(defang(value));
      if (kind !== "certificate") expect(text).not.toContain(value);
    }
  });

  test("a block of plain text for each type, one indicator a line", () => {
    const blocks = [...text.matchAll(/<pre class="copy"[^>]*>([^<]*)<\/pre>/g)].map(
      ([, block = ""]) => block,
    );
    expect(blocks.map((block) => block.split("\n").length)).toEqual([12, 4, 1]);
  });

  test("long lists end, and say where all of it is", () => {
    const many = Array.from({ length: 130 }, (_, at) => ({
      ...(input.assessment.infrastructure[0] as (typeof input.assessment.infrastructure)[number]),
      value: `n${at}.evil.example`,
      why: ["Named by evil.example and n7.evil.example."],
    }));
    const long = indicatorsSection(
      preparePage({ ...input, assessment: { ...input.assessment, infrastructure: many } }),
    ).body.text;
    expect(plain(long)).toContain("The first 100 of 130: all are in indicators.csv");
    expect(long).not.toMatch(/n7\.evil/);
  });

  test("says of what stricter marking and of what is in no rule", () => {
    const [first, ...rest] = input.assessment.infrastructure;
    const shared = indicatorsSection(
      preparePage({
        ...input,
        findings: input.findings.map((each) =>
          first?.findings.includes(each.id) ? { ...each, tlp: "red" } : each,
        ),
        assessment: {
          ...input.assessment,
          infrastructure: [{ ...(first as never as object), shared: true } as never, ...rest],
        },
      }),
    ).body.text;
    expect(shared).toContain("In no rule: shared hosting.");
    expect(shared).toContain("TLP:RED");
  });
});

describe("campaign timeline", () => {
  const affected = input.assessment.organisations
    .filter(
      ({ status, first_seen }) => first_seen !== null && (status === "compromised" || status === "suspected"),
    )
    .sort((a, b) => ((a.first_seen ?? "") < (b.first_seen ?? "") ? -1 : 1));

  test("has who is affected, by first contact, and nobody else", () => {
    const text = campaignTimelineSection(preparePage(input)).body.text;
    const rows = [...text.matchAll(/<tr><td data-label="Organisation">([^<]*)/g)].map(([, name]) => name);
    expect(rows.length).toBe(affected.length);
    expect(rows[0]).toBe(affected[0]?.name);
    expect(new Set(rows)).toEqual(new Set(affected.map(({ name }) => name)));
  });

  test("names the pause of the campaign, and an outage is none", () => {
    const text = campaignTimelineSection(preparePage(input)).body.text;
    expect(pausesOf(preparePage(input).timeline).length).toBe(1);
    expect(plain(text)).toContain("although sensors were up (2023-09-25 to 2023-10-03)");
  });

  test("a long list ends, and counts the rest", () => {
    const large = campaignTimelineSection(preparePage(makeInput({ organisations: 200, touched: 120 }))).body
      .text;
    expect(plain(large)).toContain("The 40 organisations affected first are drawn");
  });

  test("nobody affected: nothing is drawn", () => {
    expect(campaignTimelineSection(preparePage(makeInput({ touched: 0 }))).body.text).not.toContain("<svg");
  });
});
