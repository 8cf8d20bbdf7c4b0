import { createRequire } from "node:module";
import type { EChartsCoreOption } from "echarts";
import { type Child, html, type Markup, trusted } from "../markup.js";

/** As one file: as some hundred modules it takes half a second longer to load, each time a report is made. */
const { init } = createRequire(import.meta.url)("echarts") as typeof import("echarts");

/**
 * Colours of charts. ECharts computes with colours and so cannot be given `var(--ink)`; it is given these markers, which no other
 * part of a picture uses, and the finished SVG gets style sheet variables instead. That is what makes one picture right in light, dark and print.
 */
export const INK = {
  ink: "#010201",
  muted: "#010202",
  rule: "#010203",
  paper: "#010204",
  wash: "#010205",
  out: "#010206",
  in: "#010207",
  compromised: "#010208",
  suspected: "#010209",
  contacted: "#01020a",
  quiet: "#01020b",
  hatch: "#01020c",
  hatchLight: "#01020d",
  edge: "#01020e",
} as const;

const STYLE_OF: Record<keyof typeof INK, string> = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  rule: "var(--rule)",
  paper: "var(--paper)",
  wash: "var(--wash)",
  out: "var(--out)",
  in: "var(--in)",
  compromised: "var(--compromised)",
  suspected: "var(--suspected)",
  contacted: "var(--contacted)",
  quiet: "var(--quiet)",
  hatch: "url(#lw-hatch)",
  hatchLight: "url(#lw-hatch-light)",
  edge: "var(--edge)",
};

export const FONT = "system-ui, sans-serif";

export interface Chart {
  /** Unique in the page; letters, digits and `-`. */
  id: string;
  /** What the picture shows, for those who cannot see it. */
  label: string;
  width: number;
  height: number;
  option: EChartsCoreOption;
}

/** The picture as inline SVG. Text in it is escaped by zrender; attributes carry numbers only. */
export function renderChart(chart: Chart): Markup {
  const instance = init(null, null, { renderer: "svg", ssr: true, width: chart.width, height: chart.height });
  try {
    instance.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...chart.option });
    return html`<svg ${trusted(svgHead(chart))} aria-label="${chart.label}"><title>${chart.label}</title>${trusted(
      restyle(inside(instance.renderToSVGString()), chart.id),
    )}</svg>`;
  } finally {
    instance.dispose();
  }
}

function svgHead(chart: Chart): string {
  return `xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${chart.width} ${chart.height}" width="${chart.width}" height="${chart.height}"`;
}

function inside(svg: string): string {
  return svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"));
}

/** Takes out what only a live page needs and puts style sheet variables in; stable ids make the same input give the same file. */
function restyle(svg: string, id: string): string {
  let text = svg
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, "")
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/\n+/g, "");
  for (const name of Object.keys(INK) as (keyof typeof INK)[])
    text = text.replaceAll(`"${INK[name]}"`, `"${STYLE_OF[name]}"`);
  return text;
}

/** A chart (in a wide and a narrow drawing, so that it is legible on a phone), its caption and its table. */
export function figure(parts: {
  wide: Markup;
  narrow?: Markup;
  caption: Child;
  table: Markup;
  tableTitle: string;
}): Markup {
  const { wide, narrow, caption, table, tableTitle } = parts;
  const drawing = narrow
    ? html`<div class="chart wide">${wide}</div><div class="chart narrow" aria-hidden="true">${narrow}</div>`
    : html`<div class="chart scroll" tabindex="0">${wide}</div>`;
  return html`<figure>${drawing}<figcaption>${caption}</figcaption>
<details class="data"><summary>${tableTitle}</summary><div class="scroll">${table}</div></details></figure>`;
}
