import { joinItems } from "../../../kernel/lists.js";
import type { DetectionMeasure, LimitShape } from "../../../model/detection-limits.js";
import { say } from "../../catalogue.js";
import { detectionLimitSentences, limitRows, limitText } from "../../detection-limits-text.js";
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
    caption: say("limits.caption"),
    className: "cards",
    columns: [
      { title: say("head.organisation") },
      { title: say("head.sensor") },
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
}${more > 0 && html`<p class="quiet">${say("common.more-rows", more)}</p>`}
<h3>${say("limits.shapes")}</h3>
<dl class="gaps">${limits.shapes.map(
    ({ title, what, sources }) =>
      html`<div><dt>${title}</dt><dd>${what}. <span class="quiet">${say("limits.after", sources.map(({ name }) => name).join("; "))}</span></dd></div>`,
  )}</dl>`;
  return { id: "detection-limits", title: say("limits.title"), short: say("limits.short"), body };
}

function cell(shape: LimitShape, measure: DetectionMeasure): Markup {
  const { reason, medium, suspected, listed } = measure;
  if (reason !== null) return html`<span class="quiet">${say("limits.not-measured", reason)}</span>`;
  if (medium === null)
    return html`${say("limits.not-seen")}${listed !== null && html`<br><span class="quiet">${say("limits.listed", limitText(shape, measure, "listed"), joinItems(listed.detectors))}</span>`}`;
  return html`${limitText(shape, measure, "medium")}<br><span class="quiet">${joinItems(medium.detectors)}; ${
    suspected === null
      ? say("limits.not-enough")
      : suspected.level === medium.level
        ? say("limits.enough")
        : say("limits.enough-from", limitText(shape, measure, "suspected"))
  }</span>`;
}
