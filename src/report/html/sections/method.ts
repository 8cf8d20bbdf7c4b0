import { parseTime } from "../../../kernel/time.js";
import type { Assessment } from "../../../model/assessment.js";
import { CONFIDENCES, TLP_LEVELS } from "../../../model/finding.js";
import { say } from "../../catalogue.js";
import { formatNumber, formatPercent, formatTime, tlpLabel } from "../../format.js";
import { plural } from "../../text.js";
import { CONFIDENCE_MEANING, GLOSSARY, LIKELIHOOD_SCALE, STATUS, TLP_MEANING } from "../../words.js";
import { html, type Markup, trusted } from "../markup.js";
import { type Page, type Section, statusBadge, table } from "./parts.js";

const MOST_OUTAGES = 200;

export function notAssessedSection(page: Page): Section {
  const { not_assessed: gaps } = page.input.assessment;
  const body =
    gaps.length === 0
      ? html`<p>The assessment names no gap beyond the detectors and the coverage below.</p>`
      : html`<dl class="gaps">${gaps.map((gap) => html`<div><dt>${gap.what}</dt><dd>${gap.why}</dd></div>`)}</dl>`;
  return { id: "not-assessed", title: "What was not looked at, and why", short: "Not looked at", body };
}

const RUN_WORDS = { ran: "ran", not_tested: "not tested", off: "switched off" } as const;

export function detectorsSection(page: Page): Section {
  const { detectors } = page.input.assessment;
  const body =
    detectors.length === 0
      ? html`<p>No detector ran: this report holds no result of detection.</p>`
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
            html`${RUN_WORDS[run.status]}${run.reason !== "" && html`<br><span class="quiet">${run.reason}</span>`}`,
            run.evaluated.length === 0
              ? html`<span class="quiet">nothing</span>`
              : run.evaluated.map((entry) => html`<p>${formatNumber(entry.count)} ${entry.what}</p>`),
            run.status === "ran" ? formatNumber(run.findings) : "–",
            formatNumber(Math.round(run.seconds * 10) / 10),
          ]),
        });
  return {
    id: "detectors",
    title: "Detectors",
    short: "Detectors",
    body: html`<p class="lead">“Not tested” is not “clean”: such a detector had no input.</p>${body}`,
  };
}

export function coverageSection(page: Page): Section {
  const { telemetry } = page.input.assessment;
  const outages = telemetry.outages.slice(0, MOST_OUTAGES);
  const body = html`<p class="lead">${plural(telemetry.rows, "record")} from ${plural(telemetry.files, "file")}, ${plural(telemetry.rejected, "line")} rejected. ${Object.entries(
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
    html`<strong>${sensor.sensor_id}</strong>${sensor.realm !== "" && html`<br><span class="quiet">realm ${sensor.realm}</span>`}`,
    strip(sensor, telemetry),
    html`<span title="${formatNumber(sensor.hours_up)} hours up, ${formatNumber(sensor.hours_down)} hours down">${formatPercent(sensor.hours_up / Math.max(1, sensor.hours_up + sensor.hours_down))}</span>`,
    formatNumber(sensor.rows),
  ]),
})}
${
  outages.length > 0 &&
  html`<details class="data"><summary>${plural(telemetry.outages.length, "outage")}</summary>${table({
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
  })}${telemetry.outages.length > outages.length && html`<p class="quiet">${plural(telemetry.outages.length - outages.length, "more outage")} in assessment.json</p>`}</details>`
}`;
  return { id: "coverage", title: "Telemetry coverage", short: "Coverage", body };
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
    return html`<span class="quiet">no period</span>`;
  const rect = (a: number, b: number, fill: string) =>
    b > a ? `<rect x="${a}" y="0" width="${Math.round((b - a) * 10) / 10}" height="14" fill="${fill}"/>` : "";
  const own = telemetry.outages.filter((outage) => outage.sensor_id === sensor.sensor_id);
  const holes = own
    .filter((outage) => Number.isFinite(place(outage.from)) && Number.isFinite(place(outage.to)))
    // An hour in a year would vanish: an outage is at least two thousandths wide.
    .map((outage) => [place(outage.from), Math.max(place(outage.to), place(outage.from) + 2)] as const);
  const [first, last] = [place(sensor.first), place(sensor.last)];
  const label = `${sensor.sensor_id}: ${formatNumber(sensor.hours_up)} hours up, ${formatNumber(sensor.hours_down)} hours down`;
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
  const body = html`<p>Longwatch read logs that the organisations and sensors had already written; it contacted nobody. Records became events, detectors made findings of them, and findings were joined by organisation and infrastructure. A status follows the rules in the glossary. Likelihood (how probable) and confidence (how good the evidence is) are two things and are stated apart, in the words of ICD 203. “No activity” is said only where the sensor was demonstrably up.</p>
${assessment.caveats.length > 0 && html`<ul>${assessment.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`}
`;
  return { id: "method", title: "Method and caveats", short: "Method", body };
}

export function glossarySection(): Section {
  const scale = table({
    className: "compact",
    caption: "Likelihood: words and probabilities (ICD 203)",
    columns: [{ title: say("head.word") }, { title: say("head.also") }, { title: say("head.probability") }],
    rows: LIKELIHOOD_SCALE.map((step) => [
      step.word,
      step.synonym,
      `${Math.round(step.from * 100)}–${Math.round(step.to * 100)} %`,
    ]),
  });
  const confidence = table({
    className: "compact",
    caption: "Confidence: how good the evidence is",
    columns: [{ title: say("head.word") }, { title: say("head.meaning") }],
    rows: [...CONFIDENCES].reverse().map((word) => [word, CONFIDENCE_MEANING[word]]),
  });
  const status = table({
    className: "compact",
    caption: "Status of an organisation",
    columns: [{ title: say("head.status") }, { title: say("head.meaning") }],
    rows: (["compromised", "suspected", "contacted", "no_evidence", "no_data"] as const).map((word) => [
      statusBadge(word),
      STATUS[word].meaning,
    ]),
  });
  const tlp = table({
    className: "compact",
    caption: "Traffic Light Protocol 2.0",
    columns: [{ title: say("head.marking") }, { title: say("head.meaning") }],
    rows: TLP_LEVELS.map((level) => [tlpLabel(level), TLP_MEANING[level].meaning]),
  });
  const words = table({
    className: "compact",
    caption: "Other words",
    columns: [{ title: say("head.word") }, { title: say("head.meaning") }],
    rows: GLOSSARY.map((entry) => [entry.word, entry.meaning]),
  });
  return {
    id: "glossary",
    title: "Glossary",
    short: "Glossary",
    body: html`<div class="glossary">${scale}${confidence}${status}${tlp}${words}</div>`,
  };
}
