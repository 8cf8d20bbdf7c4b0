import { parseTime } from "../../../kernel/time.js";
import type { Assessment } from "../../../model/assessment.js";
import { CONFIDENCES, TLP_LEVELS } from "../../../model/finding.js";
import { say } from "../../catalogue.js";
import { formatNumber, formatPercent, formatTime, tlpLabel } from "../../format.js";
import { GLOSSARY, LIKELIHOOD_SCALE } from "../../words.js";
import { html, type Markup, trusted } from "../markup.js";
import { type Page, type Section, statusBadge, table } from "./parts.js";

const MOST_OUTAGES = 200;

export function notAssessedSection(page: Page): Section {
  const { not_assessed: gaps } = page.input.assessment;
  const body =
    gaps.length === 0
      ? html`<p>${say("gaps.none")}</p>`
      : html`<dl class="gaps">${gaps.map((gap) => html`<div><dt>${gap.what}</dt><dd>${gap.why}</dd></div>`)}</dl>`;
  return { id: "not-assessed", title: say("gaps.title"), short: say("gaps.short"), body };
}

export function detectorsSection(page: Page): Section {
  const { detectors } = page.input.assessment;
  const body =
    detectors.length === 0
      ? html`<p>${say("detectors.none")}</p>`
      : table({
          className: "cards",
          columns: [
            { title: say("head.detector") },
            { title: say("head.state") },
            { title: say("head.looked-at") },
            { title: say("head.findings"), numeric: true },
            { title: say("head.seconds"), numeric: true },
          ],
          rows: detectors.map((run) => [
            html`<strong>${run.title}</strong><br><code class="quiet">${run.id}</code>`,
            html`${say(`run.${run.status}`)}${run.reason !== "" && html`<br><span class="quiet">${run.reason}</span>`}`,
            run.evaluated.length === 0
              ? html`<span class="quiet">${say("detectors.nothing")}</span>`
              : run.evaluated.map((entry) => html`<p>${formatNumber(entry.count)} ${entry.what}</p>`),
            run.status === "ran" ? formatNumber(run.findings) : "–",
            formatNumber(Math.round(run.seconds * 10) / 10),
          ]),
        });
  return {
    id: "detectors",
    title: say("detectors.title"),
    short: say("detectors.short"),
    body: html`<p class="lead">${say("detectors.lead")}</p>${body}`,
  };
}

export function coverageSection(page: Page): Section {
  const { telemetry } = page.input.assessment;
  const outages = telemetry.outages.slice(0, MOST_OUTAGES);
  const body = html`<p class="lead">${say("coverage.lead", telemetry.rows, telemetry.files, telemetry.rejected)} ${Object.entries(
    telemetry.classes,
  )
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name.replaceAll("_", " ")} ${formatNumber(count)}`)
    .join(" · ")}</p>
${table({
  className: "cards coverage",
  columns: [
    { title: say("head.sensor") },
    { title: say("head.coverage-over-the-whole-period"), label: say("head.coverage") },
    { title: say("head.up"), numeric: true },
    { title: say("head.records"), numeric: true },
  ],
  rows: telemetry.sensors.map((sensor) => [
    html`<strong>${sensor.sensor_id}</strong>${sensor.realm !== "" && html`<br><span class="quiet">${say("common.realm", sensor.realm)}</span>`}`,
    strip(sensor, telemetry),
    html`<span title="${say("coverage.hours", sensor.hours_up, sensor.hours_down)}">${formatPercent(sensor.hours_up / Math.max(1, sensor.hours_up + sensor.hours_down))}</span>`,
    formatNumber(sensor.rows),
  ]),
})}
${
  outages.length > 0 &&
  html`<details class="data"><summary>${say("coverage.outages", telemetry.outages.length)}</summary>${table({
    className: "compact",
    columns: [
      { title: say("head.sensor") },
      { title: say("head.from") },
      { title: say("head.to") },
      { title: say("head.hours"), numeric: true },
    ],
    rows: outages.map((outage) => [
      outage.sensor_id,
      formatTime(outage.from),
      formatTime(outage.to),
      formatNumber(outage.hours),
    ]),
  })}${telemetry.outages.length > outages.length && html`<p class="quiet">${say("coverage.more", telemetry.outages.length - outages.length)}</p>`}</details>`
}`;
  return { id: "coverage", title: say("coverage.title"), short: say("coverage.short"), body };
}

/** One sensor over the period of the case: filled where it was up, hatched where it was down or had not begun. */
function strip(
  sensor: Assessment["telemetry"]["sensors"][number],
  telemetry: Assessment["telemetry"],
): Markup {
  const from = telemetry.first === null ? Number.NaN : parseTime(telemetry.first);
  const span = (telemetry.last === null ? Number.NaN : parseTime(telemetry.last)) - from;
  const place = (time: string) =>
    Math.round(Math.max(0, Math.min(1, (parseTime(time) - from) / span)) * 10_000) / 10;
  if (!(span > 0) || !Number.isFinite(place(sensor.first)) || !Number.isFinite(place(sensor.last)))
    return html`<span class="quiet">${say("coverage.no-period")}</span>`;
  const rect = (a: number, b: number, fill: string) =>
    b > a ? `<rect x="${a}" y="0" width="${Math.round((b - a) * 10) / 10}" height="14" fill="${fill}"/>` : "";
  const own = telemetry.outages.filter((outage) => outage.sensor_id === sensor.sensor_id);
  const holes = own
    .filter((outage) => Number.isFinite(place(outage.from)) && Number.isFinite(place(outage.to)))
    // An hour in a year would vanish: an outage is at least two thousandths wide.
    .map((outage) => [place(outage.from), Math.max(place(outage.to), place(outage.from) + 2)] as const);
  const [first, last] = [place(sensor.first), place(sensor.last)];
  const label = `${sensor.sensor_id}: ${say("coverage.hours", sensor.hours_up, sensor.hours_down)}`;
  return html`<svg class="strip" role="img" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-label="${label}">${trusted(
    rect(0, 1000, "var(--wash)") +
      rect(first, last, "var(--in)") +
      holes.map(([a, b]) => rect(a, b, "var(--paper)") + rect(a, b, "url(#lw-hatch)")).join("") +
      rect(0, first, "url(#lw-hatch)") +
      rect(last, 1000, "url(#lw-hatch)"),
  )}</svg>`;
}

export function caveatsSection(page: Page): Section {
  const { assessment } = page.input;
  const body = html`<p>${say("method.lead")}</p>
${assessment.caveats.length > 0 && html`<ul>${assessment.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`}
`;
  return { id: "method", title: say("method.title"), short: say("method.short"), body };
}

export function glossarySection(): Section {
  const scale = table({
    className: "compact",
    caption: say("glossary.likelihood"),
    columns: [{ title: say("head.word") }, { title: say("head.also") }, { title: say("head.probability") }],
    rows: LIKELIHOOD_SCALE.map((step) => [
      say(`likelihood.${step.id}`),
      say(`synonym.${step.id}`),
      `${Math.round(step.from * 100)}–${Math.round(step.to * 100)} %`,
    ]),
  });
  const confidence = table({
    className: "compact",
    caption: say("glossary.confidence"),
    columns: [{ title: say("head.word") }, { title: say("head.meaning") }],
    rows: [...CONFIDENCES]
      .reverse()
      .map((word) => [say(`confidence.${word}`), say(`confidence.${word}.meaning`)]),
  });
  const status = table({
    className: "compact",
    caption: say("glossary.status"),
    columns: [{ title: say("head.status") }, { title: say("head.meaning") }],
    rows: (["compromised", "suspected", "contacted", "no_evidence", "no_data"] as const).map((word) => [
      statusBadge(word),
      say(`status.${word}.meaning`),
    ]),
  });
  const tlp = table({
    className: "compact",
    caption: say("glossary.tlp"),
    columns: [{ title: say("head.marking") }, { title: say("head.meaning") }],
    rows: TLP_LEVELS.map((level) => [tlpLabel(level), say(`tlp.${level}`)]),
  });
  const words = table({
    className: "compact",
    caption: say("glossary.words"),
    columns: [{ title: say("head.word") }, { title: say("head.meaning") }],
    rows: GLOSSARY.map((entry) => [say(`glossary.${entry}.word`), say(`glossary.${entry}.meaning`)]),
  });
  return {
    id: "glossary",
    title: say("glossary.title"),
    short: say("glossary.short"),
    body: html`<div class="glossary">${scale}${confidence}${status}${tlp}${words}</div>`,
  };
}
