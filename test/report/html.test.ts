import { beforeAll, describe, expect, test } from "vitest";
import type { Assessment } from "../../src/model/assessment.js";
import { escapeHtml } from "../../src/report/html/markup.js";
import { renderHtml } from "../../src/report/html/page.js";
import { makeInput } from "./fixture.js";
import { dangers, type Element, readHtml } from "./html-check.js";

const input = makeInput();
let page = "";
let elements: Element[] = [];

beforeAll(() => {
  page = renderHtml(input);
  elements = readHtml(page);
});

const ids = () => elements.flatMap((element) => element.attributes.get("id") ?? []);

describe("report.html", () => {
  test("is one well-formed file that neither runs nor loads anything", () => {
    expect(dangers(elements)).toEqual([]);
    const policy = elements.find(
      (element) => element.attributes.get("http-equiv") === "Content-Security-Policy",
    );
    expect(policy?.attributes.get("content")).toContain("default-src &#39;none&#39;");
    expect(page).not.toMatch(/@import|url\((?!#lw-hatch)/);
    // The only addresses are names of XML vocabularies, which nothing fetches.
    expect(new Set(page.match(/https?:\/\/[^"\s<)]+/g))).toEqual(new Set(["http://www.w3.org/2000/svg"]));
  });

  test("has the sections in the order in which a reader needs them", () => {
    const sections = elements
      .filter((element) => element.name === "section")
      .map((element) => element.attributes.get("id"));
    expect(sections).toEqual([
      "brief",
      "judgements",
      "summary",
      "actions",
      "organisations",
      "weeks",
      "timeline",
      "incidents",
      "attribution",
      "infrastructure",
      "indicators",
      "volumes",
      "schedules",
      "sectors",
      "findings",
      "not-assessed",
      "detectors",
      "coverage",
      "method",
      "glossary",
    ]);
  });

  test("ids are unique, and every link leads to one of them", () => {
    const all = ids();
    expect(all.length).toBe(new Set(all).size);
    const known = new Set(all);
    const links = elements.flatMap((element) => element.attributes.get("href") ?? []);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !known.has(link.slice(1)))).toEqual([]);
  });

  test("every judgement links to its findings", () => {
    const section = page.slice(
      page.indexOf('<section id="judgements"'),
      page.indexOf('<section id="summary"'),
    );
    for (const judgement of input.assessment.judgements) {
      expect(section).toContain(judgement.confidence_statement);
      for (const id of judgement.findings.slice(0, 8)) expect(section).toContain(`href="#f-${id}"`);
    }
    expect(section).toContain("and 4 more");
    expect(section).toMatch(/very likely.*92 %/s);
  });

  test("no judgement has an address, a name of the infrastructure or of an upload's destination as a link would", () => {
    const [first, ...others] = input.assessment.organisations;
    const [judgement] = input.assessment.judgements;
    if (first === undefined || judgement === undefined) throw new Error("the fixture has none");
    const upload = {
      ...{ finding: "f", destinations: ["drop.example.net"], hosts: [], bytes_out: 1 },
      ...{ first_seen: first.first_seen ?? "", last_seen: first.last_seen ?? "" },
    };
    const statement = "Uploads went to 203.0.113.77 and share.drop.example.net, not to report.final.";
    const html = renderHtml({
      ...input,
      assessment: {
        ...input.assessment,
        organisations: [{ ...first, uploads: { at_least: 1, uploads: [upload] } }, ...others],
        judgements: [{ ...judgement, statement }],
      },
    });
    const section = html.slice(
      html.indexOf('<section id="judgements"'),
      html.indexOf('<section id="summary"'),
    );
    const told = section.replace(/<[^>]+>/g, "");
    expect(told).toContain(
      "Uploads went to 203[.]0[.]113[.]77 and share[.]drop[.]example[.]net, not to report.final.",
    );
  });

  test("every picture has a name and a table", () => {
    const pictures = elements.filter((element) => element.attributes.get("role") === "img");
    expect(pictures.length).toBeGreaterThanOrEqual(5 + input.assessment.telemetry.sensors.length);
    for (const picture of pictures) expect(picture.attributes.get("aria-label")).toMatch(/\w+/);
    const figures = page.match(/<figure>[\s\S]*?<\/figure>/g) ?? [];
    // Graph, volumes, sectors, campaign timeline; and of the first twelve incidents a timeline each, of the first four of these a graph.
    const told = Math.min(12, input.assessment.incidents.length);
    expect(told).toBeGreaterThan(4);
    expect(figures.length).toBe(4 + told + 4);
    for (const figure of figures) expect(figure).toMatch(/<details class="data">[\s\S]*<table/);
  });

  test("incidents are told with their steps, and what is not told is counted", () => {
    const section = page.slice(
      page.indexOf('<section id="incidents"'),
      page.indexOf('<section id="infrastructure"'),
    );
    const { incidents, campaigns, correlation } = input.assessment;
    expect(section).toContain(`${correlation.findings} findings: ${correlation.joined} of them in`);
    for (const { id } of [...incidents, ...campaigns]) expect(section).toContain(id);
    const first = incidents.slice(0, 12).find(({ steps }) => steps.some(({ also }) => also.length > 0));
    expect(first?.findings.length).toBeGreaterThan(1);
    expect(section).toContain('href="#incident-1"');
    expect(section).toContain('id="incident-1"');
    for (const { finding, also, what } of first?.steps ?? []) {
      for (const id of [finding, ...also].slice(0, 4)) expect(section).toContain(`href="#f-${id}"`);
      expect(section).toContain(what);
    }
  });

  test("a campaign names organisations as a reader knows them, and says how much of what they share is not listed", () => {
    const { campaigns, organisations } = input.assessment;
    const [campaign] = campaigns;
    expect(campaign?.shared.length).toBeGreaterThan(0);
    const shared = Array.from({ length: 20 }, (_, index) => ({
      kind: "domain" as const,
      value: `c${index}.example.net`,
      organisations: 2,
      incidents: 2,
    }));
    const told = renderHtml({
      ...input,
      assessment: {
        ...input.assessment,
        campaigns: [{ ...(campaign as NonNullable<typeof campaign>), shared }],
      },
    });
    const section = told.slice(
      told.indexOf('<section id="incidents"'),
      told.indexOf('<section id="infrastructure"'),
    );
    const [first] = campaign?.org_ids ?? [];
    const name = organisations.find(({ org_id }) => org_id === first)?.name ?? "";
    expect(name).not.toBe("");
    expect(section.slice(0, section.indexOf("</p>", section.indexOf('class="explanation"')))).toContain(
      escapeHtml(name),
    );
    expect(section).toContain("The first 15 of 20");
    expect(section).not.toContain("c15.example.net");
  });

  test("charts take their colours from the style sheet, so that both schemes and paper work", () => {
    const charts = page.match(/<div class="chart[\s\S]*?<\/svg>/g) ?? [];
    // Three of the pictures of the period have a narrow drawing, and so has every timeline.
    expect(charts.length).toBe(7 + 2 * Math.min(12, input.assessment.incidents.length) + 4);
    for (const chart of charts) {
      const colours = [...chart.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map((match) => match[1]);
      expect(colours.length).toBeGreaterThan(3);
      expect(
        colours.filter(
          (colour) =>
            !/^(?:var\(--[\w-]+\)|url\(#lw-hatch(?:-light)?\)|none|transparent)$/.test(colour ?? ""),
        ),
      ).toEqual([]);
    }
    const used = new Set([...page.matchAll(/var\((--[\w-]+)\)/g)].map((match) => match[1]));
    for (const name of used)
      expect(page, `${name} in both schemes`).toMatch(new RegExp(`${name}:#[^;]+;[\\s\\S]*${name}:#`));
  });

  test("an outage is “no data” in matrix, volumes and coverage, and never zero", () => {
    const matrix = page.slice(
      page.indexOf('<section id="weeks"'),
      page.indexOf('<section id="infrastructure"'),
    );
    const cells = (state: string) =>
      input.assessment.organisations.flatMap((org) => org.weeks).filter((week) => week.state === state)
        .length;
    expect(matrix.match(/<td class="wx"/g)?.length).toBe(cells("no_data"));
    expect(matrix.match(/<td class="w0"/g)?.length).toBe(cells("none"));
    expect(matrix.match(/<td class="wp"/g)?.length).toBe(cells("partial"));
    expect(matrix.match(/<td class="w[123]"/g)?.length).toBe(cells("active"));
    const volumes = page.slice(page.indexOf('<section id="volumes"'), page.indexOf('<section id="sectors"'));
    expect(volumes).toContain("url(#lw-hatch)");
    expect(volumes).toMatch(/2023-09-06<\/td>(?:<td[^>]*>no data<\/td>){4}/);
    // A quiet day with sensors up is zero, and is not hatched.
    expect(volumes).toMatch(/2023-09-27<\/td><td[^>]*><span[^>]*>0 B/);
  });

  test("evidence stands word for word; what is missing or left out is said", () => {
    const [finding] = input.findings;
    const text = input.evidence.get(`${finding?.evidence[0]?.source_id}:${finding?.evidence[0]?.line}`);
    expect(page).toContain(text !== undefined && "text" in text ? text.text : "no text");
    expect(page).toContain("the file is no longer there");
  });

  test("marking, synthetic notice and printed pages", () => {
    expect(page).toContain('<span class="tlp">TLP:AMBER</span>');
    expect(page).toContain(".tlp{color:#FFC000}");
    expect(page).toMatch(/@top-right\{content:"TLP:AMBER"/);
    expect(page).toContain("<strong>Synthetic data.</strong>");
    const real = renderHtml({
      ...input,
      assessment: { ...input.assessment, synthetic: false, tlp: "amber+strict" },
    });
    expect(real).not.toMatch(/Synthetic data/i);
    expect(real).toContain("TLP:AMBER+STRICT");
  });

  test("equal input gives an equal file", () => {
    expect(renderHtml(makeInput())).toBe(page);
  });

  test("what a detector did not test is not called clean", () => {
    const section = page.slice(
      page.indexOf('<section id="detectors"'),
      page.indexOf('<section id="coverage"'),
    );
    expect(section).toMatch(/not tested[\s\S]*no network_activity with durations/);
    expect(section).toContain("88,120 host pairs");
  });
});

test("an empty case still gives a page, which says what is missing", () => {
  const nothing: Assessment = {
    ...input.assessment,
    telemetry: {
      files: 0,
      rows: 0,
      rejected: 0,
      first: null,
      last: null,
      outages: [],
      sensors: [],
      classes: {},
    },
    weeks: [],
    organisations: [],
    sectors: [],
    infrastructure: [],
    links: [],
    volumes: [],
    judgements: [],
    not_assessed: [],
    detectors: [],
    caveats: [],
  };
  const empty = renderHtml({ assessment: nothing, findings: [], messages: {}, evidence: new Map() });
  expect(dangers(readHtml(empty))).toEqual([]);
  expect(empty).toContain("No key judgement was made. That is not a clean bill of health");
  expect(empty).toContain("No detector ran");
});

test("sectors stand in words, and where the inventory names none that is said", () => {
  const sectors = (list: Assessment["sectors"]) => {
    const page = renderHtml({ ...input, assessment: { ...input.assessment, sectors: list } });
    return page.slice(
      page.indexOf('<section id="sectors"'),
      page.indexOf("</section>", page.indexOf('id="sectors"')),
    );
  };
  const counts = { organisations: 2, compromised: 1, suspected: 0, contacted: 0 };
  const named = sectors([
    { sector: "government-national", ...counts },
    { sector: "unknown", ...counts },
  ]);
  expect(named).toContain("national government");
  expect(named).toContain("(no sector)");
  expect(named).not.toMatch(/government-national|unknown/);
  expect(sectors([{ sector: "unknown", ...counts }])).toContain("The inventory names no sector.");
});

test("what left is the assessment's number, with its parts", () => {
  const summary = page.slice(page.indexOf('<section id="summary"'), page.indexOf('<section id="actions"'));
  expect(summary).toContain(
    "<dt>Left affected organisations</dt><dd><strong>5.70 GB</strong><span>5.00 GB to this infrastructure, at least 700 MB in uploads elsewhere</span>",
  );
});
