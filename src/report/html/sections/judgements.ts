import { likelihoodWord } from "../../../model/assessment.js";
import { formatBytes, formatNumber, formatPercent } from "../../format.js";
import { plural } from "../../text.js";
import { CONFIDENCE_MEANING, LIKELIHOOD_SCALE } from "../../words.js";
import { html, type Markup, prose } from "../markup.js";
import { findingLinks, type Page, type Section } from "./parts.js";

/** Seven steps of ICD 203 with the one that applies filled: a picture of the word beside it. */
function scale(likelihood: number): Markup {
  const index = LIKELIHOOD_SCALE.findIndex((step) => likelihood <= step.to);
  const at = index < 0 ? LIKELIHOOD_SCALE.length - 1 : index;
  return html`<span class="scale" aria-hidden="true">${LIKELIHOOD_SCALE.map((_, step) => html`<i${step === at && html` class="on"`}></i>`)}</span>`;
}

export function judgementsSection(page: Page): Section {
  const { judgements } = page.input.assessment;
  const items = judgements.map((judgement) => {
    const likelihood =
      judgement.likelihood !== null &&
      html`<div><dt>Likelihood</dt><dd>${scale(judgement.likelihood)} ${likelihoodWord(judgement.likelihood)} <span class="quiet">(${formatPercent(judgement.likelihood)})</span></dd></div>`;
    return html`<li><p class="statement">${prose(judgement.statement)}</p>
<p>${judgement.confidence_statement}</p>
<dl class="facts">${likelihood}<div><dt>Confidence</dt><dd title="${CONFIDENCE_MEANING[judgement.confidence]}">${judgement.confidence}</dd></div>
<div><dt>Evidence</dt><dd>${findingLinks(page, judgement.findings)}</dd></div></dl></li>`;
  });
  const body =
    judgements.length === 0
      ? html`<p>No key judgement was made. That is not a clean bill of health: <a href="#not-assessed">what was not looked at</a> stands below.</p>`
      : html`<ol class="judgements">${items}</ol>`;
  return { id: "judgements", title: "Key judgements", short: "Judgements", body };
}

export function summarySection(page: Page): Section {
  const { assessment, findings } = page.input;
  const count = (status: string) =>
    assessment.organisations.filter((organisation) => organisation.status === status).length;
  const basis = (kind: string) => assessment.infrastructure.filter((item) => item.basis === kind).length;
  const out = assessment.organisations.reduce((sum, organisation) => sum + organisation.bytes_out, 0);
  const serious = findings.filter(
    (finding) => finding.severity === "high" || finding.severity === "critical",
  ).length;
  const hours = assessment.telemetry.outages.reduce((sum, outage) => sum + outage.hours, 0);
  const tile = (value: string, name: string, note: string, className = "") =>
    html`<div class="tile ${className}"><dt>${name}</dt><dd><strong>${value}</strong><span>${note}</span></dd></div>`;
  const body = html`<dl class="tiles">
${tile(formatNumber(count("compromised")), "Compromised", `of ${plural(assessment.organisations.length, "organisation")}`, "compromised")}
${tile(formatNumber(count("suspected")), "Suspected", `and ${formatNumber(count("contacted"))} merely contacted`, "suspected")}
${tile(formatNumber(count("no_evidence")), "No evidence", `and ${formatNumber(count("no_data"))} without data`)}
${tile(formatNumber(assessment.infrastructure.length), "Infrastructure", `${formatNumber(basis("confirmed"))} confirmed, ${formatNumber(basis("suspected"))} suspected, ${formatNumber(basis("related"))} related`)}
${tile(formatBytes(out), "Left the organisations", "to this infrastructure")}
${tile(formatNumber(findings.length), "Findings", `${formatNumber(serious)} of high or critical severity`)}
${tile(formatNumber(assessment.telemetry.rows), "Records read", `${formatNumber(assessment.telemetry.rejected)} rejected, ${plural(assessment.telemetry.files, "file")}`)}
${tile(formatNumber(Math.round(hours)), "Sensor hours without data", plural(assessment.telemetry.outages.length, "outage"))}
</dl>`;
  return { id: "summary", title: "At a glance", short: "Numbers", body };
}
