import { likelihoodWord } from "../../../model/assessment.js";
import { say } from "../../catalogue.js";
import { formatBytes, formatNumber, formatPercent } from "../../format.js";
import { LIKELIHOOD_SCALE, likelihoodName } from "../../words.js";
import { html, type Markup, phrase, prose } from "../markup.js";
import { defanged, findingLinks, type Page, type Section } from "./parts.js";

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
      html`<div><dt>${say("head.likelihood")}</dt><dd>${scale(judgement.likelihood)} ${likelihoodName(likelihoodWord(judgement.likelihood))} <span class="quiet">(${formatPercent(judgement.likelihood)})</span></dd></div>`;
    return html`<li><p class="statement">${prose(defanged(page, judgement.statement))}</p>
<p>${judgement.confidence_statement}</p>
<dl class="facts">${likelihood}<div><dt>${say("head.confidence")}</dt><dd title="${say(`confidence.${judgement.confidence}.meaning`)}">${say(`confidence.${judgement.confidence}`)}</dd></div>
<div><dt>${say("head.evidence")}</dt><dd>${findingLinks(page, judgement.findings)}</dd></div></dl></li>`;
  });
  const body =
    judgements.length === 0
      ? html`<p>${phrase("judgements.none", html`<a href="#not-assessed">${say("judgements.none.link")}</a>`)}</p>`
      : html`<ol class="judgements">${items}</ol>`;
  return { id: "judgements", title: say("judgements.title"), short: say("judgements.short"), body };
}

export function summarySection(page: Page): Section {
  const { assessment, findings } = page.input;
  const count = (status: string) =>
    assessment.organisations.filter((organisation) => organisation.status === status).length;
  const basis = (kind: string) => assessment.infrastructure.filter((item) => item.basis === kind).length;
  const { to_infrastructure: sent, elsewhere } = assessment.outflow;
  const left =
    elsewhere > 0
      ? say("numbers.left.parts", formatBytes(sent), formatBytes(elsewhere))
      : say("numbers.left.note");
  const serious = findings.filter(
    (finding) => finding.severity === "high" || finding.severity === "critical",
  ).length;
  const hours = assessment.telemetry.outages.reduce((sum, outage) => sum + outage.hours, 0);
  const tile = (value: string, name: string, note: string, className = "") =>
    html`<div class="tile ${className}"><dt>${name}</dt><dd><strong>${value}</strong><span>${note}</span></dd></div>`;
  const body = html`<dl class="tiles">
${tile(formatNumber(count("compromised")), say("head.compromised"), say("numbers.of", assessment.organisations.length), "compromised")}
${tile(formatNumber(count("suspected")), say("head.suspected"), say("numbers.contacted", count("contacted")), "suspected")}
${tile(formatNumber(count("no_evidence")), say("numbers.no-evidence"), say("numbers.no-data", count("no_data")))}
${tile(formatNumber(assessment.infrastructure.length), say("infrastructure.title"), say("numbers.basis", basis("confirmed"), basis("suspected"), basis("related")))}
${tile(formatBytes(sent + elsewhere), say("numbers.left"), left)}
${tile(formatNumber(findings.length), say("head.findings"), say("numbers.serious", serious))}
${tile(formatNumber(assessment.telemetry.rows), say("numbers.records"), say("numbers.rejected", assessment.telemetry.rejected, assessment.telemetry.files))}
${tile(formatNumber(Math.round(hours)), say("numbers.hours"), say("coverage.outages", assessment.telemetry.outages.length))}
</dl>`;
  return { id: "summary", title: say("numbers.title"), short: say("numbers.short"), body };
}
