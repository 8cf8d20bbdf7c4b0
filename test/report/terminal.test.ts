import { describe, expect, test } from "vitest";
import { explainText } from "../../src/report/explain.js";
import {
  evidenceOfSteps,
  renderDetectors,
  renderFinding,
  renderFindingsTable,
  renderIncident,
  renderIncidents,
  renderSources,
  renderSummary,
} from "../../src/report/index.js";
import { columnsOf, cutTo, wrap } from "../../src/report/terminal/cells.js";
import { makeInput } from "./fixture.js";

const input = makeInput();
const paths = {
  html: "case/report/report.html",
  assessment: "case/report/assessment.json",
  findings: "case/report/findings.jsonl",
  organisations: "case/report/organisations.csv",
};

describe.each([80, 100, 133, 200])("at %i columns", (width) => {
  const lines = renderSummary(input.assessment, { colour: false, width, paths }).split("\n");

  test("no line of the summary is too long", () => {
    expect(lines.filter((line) => columnsOf(line) > width)).toEqual([]);
  });

  test("status, since, until, hosts and volume are there whatever the width", () => {
    const head = lines.find((line) => line.includes("Status") && line.includes("Since"));
    for (const title of ["Organisation", "Until", "Hosts", "Out"]) expect(head).toContain(title);
  });

  test("lists of findings fit", () => {
    const list = renderFindingsTable(input.findings, { colour: false, width }).split("\n");
    expect(list.filter((line) => columnsOf(line) > width)).toEqual([]);
    expect(list.at(-2)).toBe("40 findings, 21 of high or critical severity");
  });
});

describe("summary", () => {
  const text = renderSummary(input.assessment, { colour: false, width: 110, paths });

  test("says the judgements first and the paths last", () => {
    expect(text.indexOf("Key judgements")).toBeLessThan(text.indexOf("Organisations\n"));
    expect(text.trimEnd().endsWith(paths.organisations)).toBe(true);
    expect(text).toContain("SYNTHETIC DATA");
    expect(text).toContain("TLP:AMBER");
    expect(text).toContain("17 lines rejected");
  });

  test("the picture agrees with the weeks of the assessment", () => {
    for (const organisation of input.assessment.organisations.slice(0, 24)) {
      const line = text
        .split("\n")
        .find((each) => /[█▓░·?~]{13}/.test(each) && each.includes(organisation.name));
      const cells = Array.from(line?.slice(-26) ?? "").filter((_, index) => index % 2 === 0);
      const expected = organisation.weeks.map((week) =>
        week.state === "no_data"
          ? "?"
          : week.state === "partial"
            ? "~"
            : week.state === "none"
              ? "·"
              : week.days >= 5
                ? "█"
                : week.days >= 3
                  ? "▓"
                  : "░",
      );
      expect(cells.join("")).toBe(expected.join(""));
    }
  });

  test("weeks that share a column never turn “no data” into “no activity”", () => {
    const weeks = Array.from({ length: 200 }, (_, index) => ({
      state: index % 2 === 0 ? ("none" as const) : ("no_data" as const),
      days: 0,
      bytes_out: 0,
      connections: 0,
    }));
    const [first] = input.assessment.organisations;
    if (first === undefined) throw new Error("the fixture is empty");
    const starts = weeks.map((_, index) =>
      new Date(Date.UTC(2020, 0, 6 + 7 * index)).toISOString().slice(0, 10),
    );
    const wide = renderSummary(
      { ...input.assessment, weeks: starts, organisations: [{ ...first, weeks }] },
      { colour: false, width: 80 },
    );
    expect(wide).toContain("one column is 4 weeks");
    expect(wide.split("\n").find((line) => line.startsWith("●"))).toMatch(/~{50}$/);
  });

  test("colours only on request", () => {
    expect(text).not.toContain("\u001b");
    expect(renderSummary(input.assessment, { colour: true, width: 110 })).toContain("\u001b[31m");
  });

  test("a detector without input is NOT TESTED, with its reason", () => {
    expect(text).toMatch(/long-connection\s+NOT TESTED\s+–\s+no network_activity with durations/);
  });
});

test("a finding is explained: paragraph, components with bars, evidence word for word", () => {
  const [finding] = input.findings;
  if (finding === undefined) throw new Error("the fixture is empty");
  const text = renderFinding(finding, input, { colour: false, width: 90, organisation: "Harbour Ministry" });
  expect(text).toContain("Harbour Ministry talked to api.palmvault.example on 41 days");
  expect(text).toMatch(/persistence\s+█{11}░ 0\.92\s+0\.40/);
  expect(text).toContain("1690761600.118273\tCx0a0\t10.1.1.10\t50000");
  expect(text).toContain("logs/sensor-0/conn.2023-07-31.log.gz:9");
  expect(text).toContain("line 14 is not shown: the file is no longer there");
  expect(
    renderFinding(finding, { messages: {}, evidence: new Map() }, { colour: false, width: 90 }),
  ).toContain("it was not loaded");
});

test("sources and detectors", () => {
  const sources = renderSources(
    [
      { source: "Zeek", format: "zeek-tsv", description: "TSV logs of any field order" },
      { source: "Zeek", format: "zeek-json", description: "JSON logs" },
    ],
    { colour: false, width: 80 },
  );
  expect(sources.match(/Zeek/g)?.length).toBe(1);
  const detectors = renderDetectors(
    [
      {
        id: "d",
        title: "T",
        description: "Finds things.",
        needs: ["network_activity"],
        uses: [],
        attack: ["T1036"],
        parameters: { least: { default: 3, unit: "days", meaning: "At least so many days" } },
        after: [],
      },
    ],
    { colour: false, width: 80 },
  );
  expect(detectors).toMatch(/needs network_activity[\s\S]*least\s+3\s+days\s+At least so many days/);
});

test("widths are counted in columns, not in code units", () => {
  expect(columnsOf("国防部")).toBe(6);
  expect(columnsOf("ក្រសួង")).toBeLessThanOrEqual(6);
  expect(columnsOf("\u001b[31mred\u001b[39m")).toBe(3);
  expect(cutTo("国防部国防部", 7)).toBe("国防部…");
  expect(cutTo("connect.palmvault.example", 12, "middle")).toBe("connect.…ple");
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("x".repeat(25), 10)).toEqual(["x".repeat(10), "x".repeat(10), "x".repeat(5)]);
});

describe("incidents", () => {
  const { incidents, campaigns, correlation: summary } = input.assessment;

  test("a finding that happened in two places is explained once, and each step has the log lines of its time", () => {
    const incident = incidents.find(({ steps }) => steps.length > 0) ?? expect.fail();
    const step = incident.steps[0] ?? expect.fail();
    const finding = input.findings.find(({ id }) => id === step.finding) ?? expect.fail();
    const line = (at: number, day: string) => ({
      ...{ table: "windows_event", source_id: "source", line: at },
      ...{ time: `${day}T10:00:00Z`, summary: `act ${at}` },
    });
    const evidence = [line(1, "2024-03-01"), line(2, "2024-03-01"), line(3, "2024-03-05")];
    const on = (day: string) => ({
      ...step,
      ...{ time: `${day}T09:59:59.500Z`, last_seen: `${day}T10:00:00.200Z`, hosts: ["a", "b", "c", "d"] },
    });
    const steps = ["2024-03-01", "2024-03-05", "2024-03-09"].map(on);
    const findings = new Map([[finding.id, { ...finding, evidence }]]);
    expect(
      [...evidenceOfSteps(steps, findings).values()].map((lines) => lines.map((each) => each.line)),
    ).toEqual([[1, 2], [3], []]);
    const text = renderIncident(
      { ...incident, steps },
      { findings, messages: input.messages, evidence: new Map(), attribution: undefined },
      style,
    ).replaceAll(/\s+/g, " ");
    const explained = explainText(finding.explanation, input.messages);
    expect(text.split(explained)).toHaveLength(2);
    expect(text.split(`${step.what}: part of what is told at 2024-03-01 09:59 UTC`)).toHaveLength(3);
    expect(text).toContain("a, b, c and 1 more");
  });

  const style = { colour: false, width: 110 };

  test("say whose they are before how many findings they have, also where there is little room", () => {
    for (const width of [90, 110, 160]) {
      const [head = "", row = ""] = renderIncidents(
        { incidents, campaigns, summary },
        { ...style, width },
      ).split("\n");
      expect(head).toContain("Organisation");
      expect(row).toContain(incidents[0]?.org_ids[0]);
    }
  });

  test("of one organisation are not counted as if they were all of the case", () => {
    const text = renderIncidents({ incidents: [], campaigns: [], summary }, style, "quiet\u001b[31m-office");
    expect(text.split("\n")[0]).toBe("No incident of quiet\\x1b[31m-office");
    expect(text).toContain("In the whole case: ");
  });
});
