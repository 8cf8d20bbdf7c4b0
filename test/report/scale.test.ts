import { describe, expect, test } from "vitest";
import { layoutGraph } from "../../src/report/html/charts/graph-layout.js";
import { renderHtml } from "../../src/report/html/page.js";
import { timelineOf } from "../../src/report/html/timeline.js";
import { renderSummary } from "../../src/report/index.js";
import { makeInput } from "./fixture.js";
import { dangers, readHtml } from "./html-check.js";

describe("500 organisations, a year, 2,000 findings with 25 evidence lines each", () => {
  const input = makeInput({
    organisations: 500,
    touched: 200,
    weeks: 52,
    findings: 2_000,
    linesPerFinding: 25,
  });
  const page = renderHtml(input);

  test("stay under 10 MB in a well-formed page", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(10_000_000);
    expect(dangers(readHtml(page))).toEqual([]);
  });

  test("nothing is left out in silence", () => {
    const cards = page.match(/<details class="finding/g)?.length ?? 0;
    expect(cards).toBeGreaterThanOrEqual(500);
    expect(page).toContain(`${(2_000 - cards).toLocaleString("en-US")} more findings in brief`);
    expect(page).toContain("5 more lines not shown here");
    // Each finding keeps a place that a link can reach.
    const places = new Set(Array.from(page.matchAll(/ id="f-([^"]+)"/g), ([, id]) => id));
    expect(input.findings.filter(({ id }) => !places.has(id))).toEqual([]);
    expect(page).toContain("Organisations are drawn by sector.");
  });

  test("the terminal names what it left out", () => {
    const text = renderSummary(input.assessment, { colour: false, width: 120 });
    expect(text).toContain("and 140 more, see the report");
    expect(text.split("\n").length).toBeLessThan(220);
  });
});

describe("graph layout", () => {
  const { assessment } = makeInput();
  const graph = layoutGraph(assessment);

  test("does not depend on the order of its input", () => {
    const shuffled = layoutGraph({
      ...assessment,
      infrastructure: [...assessment.infrastructure].reverse(),
      organisations: [...assessment.organisations].reverse(),
      links: [...assessment.links].reverse(),
    });
    const places = (nodes: typeof graph.nodes) =>
      nodes.map((node) => `${node.key} ${node.column} ${node.row}`).sort();
    expect(places(shuffled.nodes)).toEqual(places(graph.nodes));
  });

  test("each column numbers its nodes without gaps", () => {
    for (const [column] of graph.columns.entries()) {
      const rows = graph.nodes
        .filter((node) => node.column === column)
        .map((node) => node.row)
        .sort((a, b) => a - b);
      expect(rows).toEqual(rows.map((_, index) => index));
    }
  });

  test("whoever was in contact with drawn infrastructure keeps at least one line to it", () => {
    const drawn = new Set(graph.edges.filter((edge) => edge.kind === "contact").map((edge) => edge.from));
    const inContact = new Set(
      assessment.infrastructure.flatMap((item) => item.organisations).map((id) => `o:${id}`),
    );
    expect(drawn).toEqual(inContact);
  });

  test("links to what is not drawn are left out of the picture", () => {
    const lost = layoutGraph({
      ...assessment,
      links: [{ from: "nowhere.example", to: "203.0.113.10", relation: "r", confidence: 1 }],
    });
    expect(lost.edges.filter((edge) => edge.kind === "link")).toEqual([]);
  });
});

describe("timeline", () => {
  const { assessment } = makeInput({ weeks: 4 });

  test("has every day, with zero where sensors were up", () => {
    const { step, buckets } = timelineOf({ ...assessment, volumes: [] });
    expect([step, buckets.length]).toEqual(["day", 28]);
    expect(buckets.every((bucket) => bucket.bytesOut === 0 && bucket.connections === 0)).toBe(true);
  });

  test("a record from 1970 does not draw fifty years of nothing, and a bad day is ignored", () => {
    const telemetry = { ...assessment.telemetry, first: "1970-01-01T00:00:09Z" };
    const { step, buckets } = timelineOf({
      ...assessment,
      telemetry,
      volumes: [
        ...assessment.volumes,
        { day: "never", bytes_out: 1, bytes_in: 1, connections: 1, organisations: 1 },
      ],
    });
    expect(step).toBe("week");
    expect(buckets.length).toBeLessThanOrEqual(540);
    expect(buckets.at(-1)?.label).toBe("2023-08-21");
  });

  test("an outage of one sensor out of five is a fifth of the day", () => {
    const outages = [
      { sensor_id: "sensor-0", from: "2023-08-02T00:00:00Z", to: "2023-08-03T00:00:00Z", hours: 24 },
    ];
    const { buckets } = timelineOf({ ...assessment, telemetry: { ...assessment.telemetry, outages } });
    expect(buckets.filter((bucket) => bucket.down > 0).map((bucket) => [bucket.label, bucket.down])).toEqual([
      ["2023-08-02", 0.2],
    ]);
  });
});
