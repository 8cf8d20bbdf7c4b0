import type { AssessedInfrastructure } from "../../../model/assessment.js";
import { shorten, visible } from "../../text.js";
import type { Markup } from "../markup.js";
import type { Graph, GraphNode } from "./graph-layout.js";
import { FONT, INK, renderChart } from "./render.js";

/** Shape and filling say the basis; colour only repeats it. */
const MARK: Record<
  AssessedInfrastructure["basis"],
  { symbol: string; size: number; fill: string; stroke: string }
> = {
  confirmed: { symbol: "diamond", size: 15, fill: INK.compromised, stroke: INK.compromised },
  suspected: { symbol: "circle", size: 12, fill: INK.suspected, stroke: INK.suspected },
  related: { symbol: "circle", size: 11, fill: INK.paper, stroke: INK.contacted },
};

const ROW = 25;
const HEAD = 34;
const WIDTH = 1080;
/** Pixels of a character of a 12-pixel label, on the generous side: the drawing side cannot measure the reader's font. */
const CHARACTER = 6.9;

/** The layered graph as an ECharts graph series with the places that `graph-layout` computed. */
export function graphChart(graph: Graph, id: string, label: string): Markup {
  const rows = graph.columns.map((_, column) => graph.nodes.filter((node) => node.column === column).length);
  const body = Math.max(3, ...rows) * ROW;
  const labelWidth = Math.min(250, 30 + CHARACTER * longest(graph, 0));
  // Labels of the first column stand to its left, all others to the right of their node.
  const left = labelWidth;
  const right =
    graph.columns.length > 1
      ? Math.min(
          220,
          30 +
            CHARACTER *
              Math.max(longest(graph, graph.columns.length - 1), (graph.columns.at(-1)?.length ?? 0) * 0.95),
        )
      : 20;
  const inner = WIDTH - left - right;
  // The gap behind a column has room for its labels, so long names get more than short addresses.
  const wanted = graph.columns
    .slice(0, -1)
    .map((_, column) => (column === 0 ? 170 : Math.min(260, 60 + CHARACTER * longest(graph, column))));
  const scale =
    inner /
    Math.max(
      1,
      wanted.reduce((sum, gap) => sum + gap, 0),
    );
  const x = (column: number) => wanted.slice(0, column).reduce((sum, gap) => sum + gap * scale, 0);
  const y = (node: GraphNode) => ((node.row + 0.5) / Math.max(1, rows[node.column] ?? 1)) * body;
  const room = (column: number) =>
    column === 0
      ? labelWidth - 24
      : column === graph.columns.length - 1
        ? right - 38
        : (wanted[column] ?? 0) * scale - 34;

  const data: Record<string, unknown>[] = graph.nodes.map((node, index) => ({
    name: String(index),
    x: x(node.column),
    y: y(node),
    ...look(node, Math.floor(room(node.column) / CHARACTER)),
  }));
  // ECharts fits the box around all nodes into the frame: two empty corner nodes make that box the frame itself.
  for (const [corner, px, py] of [
    ["top", 0, 0],
    ["bottom", inner, body],
  ] as const) {
    data.push({
      name: corner,
      x: px,
      y: py,
      symbolSize: 0,
      label: { show: false },
      itemStyle: { color: INK.paper },
    });
  }
  const place = new Map(graph.nodes.map((node, index) => [node.key, { index, column: node.column }]));
  const links = graph.edges.flatMap((edge) => {
    const from = place.get(edge.from);
    const to = place.get(edge.to);
    if (from === undefined || to === undefined) return [];
    const contact = edge.kind === "contact";
    return [
      {
        source: String(from.index),
        target: String(to.index),
        lineStyle: {
          color: contact ? INK.edge : INK.muted,
          width: contact ? 1 : 1.4,
          type: contact ? "solid" : "dashed",
          opacity: contact ? (graph.edges.length > 150 ? 0.4 : 0.6) : 0.8,
          curveness: from.column === to.column ? 0.35 : 0,
        },
      },
    ];
  });
  return renderChart({
    id,
    label,
    width: WIDTH,
    height: body + HEAD + 14,
    option: {
      graphic: graph.columns.map((title, column) => ({
        type: "text",
        x: left + x(column) + (column === 0 ? -12 : 12),
        y: 8,
        silent: true,
        style: {
          text: title,
          fill: INK.muted,
          fontSize: 12,
          fontWeight: 600,
          fontFamily: FONT,
          align: column === 0 ? "right" : "left",
        },
      })),
      series: [
        {
          type: "graph",
          layout: "none",
          silent: true,
          left,
          top: HEAD,
          width: inner,
          height: body,
          data,
          links,
        },
      ],
    },
  });
}

function look(node: GraphNode, characters: number): Record<string, unknown> {
  const label = {
    show: true,
    position: node.column === 0 ? "left" : "right",
    distance: 7,
    color: INK.ink,
    fontSize: 12,
    // A halo in the colour of the paper keeps names legible where edges pass.
    textBorderColor: INK.paper,
    textBorderWidth: 3,
    formatter: () => shorten(visible(node.label), characters),
  };
  if (node.infrastructure === undefined)
    return { label, symbol: "rect", symbolSize: [8, 12], itemStyle: { color: INK.muted } };
  const mark = MARK[node.infrastructure.basis];
  return {
    label,
    symbol: mark.symbol,
    symbolSize: mark.size,
    itemStyle: { color: mark.fill, borderColor: mark.stroke, borderWidth: 2 },
  };
}

function longest(graph: Graph, column: number): number {
  return graph.nodes.reduce(
    (most, node) => (node.column === column ? Math.max(most, node.label.length) : most),
    0,
  );
}
