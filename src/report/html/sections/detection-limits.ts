import type { DetectionMeasure, LimitShape } from "../../../model/detection-limits.js";
import { detectionLimitSentences, limitRows, limitText } from "../../detection-limits-text.js";
import { plural } from "../../text.js";
import { html, type Markup } from "../markup.js";
import { type Page, type Section, table } from "./parts.js";

const MOST_LISTED = 200;

/** How much could hide; undefined where nobody asked (`longwatch detection-limits`). */
export function detectionLimitsSection(page: Page): Section | undefined {
  const { detection_limits: limits } = page.input.assessment;
  if (limits === null) return undefined;
  const rows = limitRows(limits);
  const listed = rows.slice(0, MOST_LISTED);
  const more = rows.length - listed.length;
  const body = html`${detectionLimitSentences(limits).map((sentence) => html`<p>${sentence}</p>`)}
${
  listed.length > 0 &&
  table({
    caption:
      "The weakest that would have been a finding of medium severity or above, with the detectors that see it",
    className: "cards",
    columns: [
      { title: "Organisation" },
      { title: "Sensor" },
      ...limits.shapes.map(({ title }) => ({ title })),
    ],
    rows: listed.map(({ name, sensor, measures }) => [
      html`<strong>${name}</strong>`,
      sensor || "–",
      ...limits.shapes.map((shape, index) => {
        const measure = measures[index];
        return measure === undefined ? "–" : cell(shape, measure);
      }),
    ]),
  })
}${more > 0 && html`<p class="quiet">${plural(more, "more row")} in assessment.json.</p>`}
<h3>The shapes</h3>
<dl class="gaps">${limits.shapes.map(
    ({ title, what, sources }) =>
      html`<div><dt>${title}</dt><dd>${what}. <span class="quiet">After ${sources.map(({ name }) => name).join("; ")}.</span></dd></div>`,
  )}</dl>`;
  return { id: "detection-limits", title: "How much could hide here", short: "What could hide", body };
}

function cell(shape: LimitShape, measure: DetectionMeasure): Markup {
  const { reason, medium, suspected, listed } = measure;
  if (reason !== null) return html`<span class="quiet">not measured: ${reason}</span>`;
  if (medium === null)
    return html`not seen${listed !== null && html`<br><span class="quiet">listed below medium from ${limitText(shape, measure, "listed")} on (${listed.detectors.join(", ")})</span>`}`;
  return html`${limitText(shape, measure, "medium")}<br><span class="quiet">${medium.detectors.join(", ")}; ${
    suspected === null
      ? "not enough to suspect the organisation"
      : suspected.level === medium.level
        ? "enough to suspect the organisation"
        : `enough to suspect the organisation from ${limitText(shape, measure, "suspected")} on`
  }</span>`;
}
