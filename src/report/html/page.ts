import { languageTag } from "../../kernel/language.js";
import type { Finding } from "../../model/finding.js";
import { say } from "../catalogue.js";
import { formatTime, tlpLabel } from "../format.js";
import type { ReportInput } from "../port.js";
import { told } from "../told.js";
import { TLP_COLOUR } from "../words.js";
import { html, type Markup, trusted } from "./markup.js";
import { actionsSection } from "./sections/actions.js";
import { periodText, sectorsSection, volumesSection } from "./sections/activity.js";
import { attributionSection } from "./sections/attribution.js";
import { briefSection } from "./sections/brief.js";
import { campaignTimelineSection } from "./sections/campaign-timeline.js";
import { detectionLimitsSection } from "./sections/detection-limits.js";
import { findingsSection, orderFindings } from "./sections/findings.js";
import { incidentsSection } from "./sections/incidents.js";
import { indicatorsSection } from "./sections/indicators.js";
import { infrastructureSection } from "./sections/infrastructure.js";
import { judgementsSection, summarySection } from "./sections/judgements.js";
import { matrixSection } from "./sections/matrix.js";
import {
  caveatsSection,
  coverageSection,
  detectorsSection,
  glossarySection,
  notAssessedSection,
} from "./sections/method.js";
import { organisationsSection } from "./sections/organisations.js";
import type { Page } from "./sections/parts.js";
import { replaySection } from "./sections/replay.js";
import { schedulesSection } from "./sections/schedules.js";
import { styleSheet } from "./style.js";
import { timelineOf } from "./timeline.js";

/** No script, no network, no frame, no form: even markup that slipped through could not act. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Fills of charts and cells that say “no data”. They stand once in the page, and all pictures refer to them. */
const PATTERNS = `<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="lw-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--wash)"/><rect width="2" height="6" fill="var(--hatch)"/></pattern>
<pattern id="lw-hatch-light" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.2" height="8" fill="var(--hatch)" opacity="0.55"/></pattern>
</defs></svg>`;

/** The whole report as one file that needs nothing else. */
export function renderHtml(written: ReportInput): string {
  const input = { ...written, assessment: told(written.assessment), findings: told(written.findings) };
  const { assessment } = input;
  const page = preparePage(input);
  const sections = [
    briefSection(page),
    judgementsSection(page),
    summarySection(page),
    actionsSection(page),
    organisationsSection(page),
    matrixSection(page),
    campaignTimelineSection(page),
    incidentsSection(page),
    attributionSection(page),
    infrastructureSection(page),
    indicatorsSection(page),
    volumesSection(page),
    schedulesSection(page),
    replaySection(page),
    detectionLimitsSection(page),
    sectorsSection(page),
    findingsSection(page),
    notAssessedSection(page),
    detectorsSection(page),
    coverageSection(page),
    caveatsSection(page),
    glossarySection(),
  ].filter((section) => section !== undefined);
  const label = tlpLabel(assessment.tlp);
  return html`<!doctype html>
<html lang="${languageTag()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${label} · ${assessment.case} · Longwatch</title>
<style>${trusted(styleSheet(label, TLP_COLOUR[assessment.tlp], assessment.synthetic))}</style>
</head>
<body>
${trusted(PATTERNS)}
<a class="skip" href="#brief">${say("page.skip")}</a>
<p class="running" aria-hidden="true">${label}${assessment.synthetic && ` · ${say("page.synthetic.short")}`}</p>
${masthead(page, label)}
<nav aria-label="${say("page.contents")}"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${section.short}</a></li>`)}</ul></nav>
<main>
${sections.map(
  (
    section,
  ) => html`<section id="${section.id}" aria-labelledby="${section.id}-h"><h2 id="${section.id}-h">${section.title}</h2>
${section.body}
</section>
`,
)}</main>
<footer><p>${tlp(label)}</p><p class="quiet">${assessment.case} · ${say("page.footer", formatTime(assessment.generated_at))}</p></footer>
</body>
</html>
`.text;
}

function masthead(page: Page, label: string): Markup {
  const { assessment } = page.input;
  return html`<header>
${assessment.synthetic && html`<p class="synthetic"><strong>${say("page.synthetic")}</strong> ${say("page.synthetic.lead")}</p>`}
<div class="top"><span class="brand">Longwatch · ${say("page.assessment")}</span>${tlp(label)}</div>
<h1>${assessment.case}</h1>
<dl><div><dt>${say("page.period")}</dt><dd>${periodText(assessment.telemetry.first, assessment.telemetry.last)}</dd></div><div><dt>${say("page.made")}</dt><dd>${formatTime(assessment.generated_at)}</dd></div></dl>
</header>`;
}

function tlp(label: string): Markup {
  return html`<span class="tlp">${label}</span>`;
}

/** Anchors keep the finding's id where it is one, so that a link to a finding survives the next report. */
export function preparePage(input: ReportInput): Page {
  const anchors = new Map<string, string>();
  const numbers = new Map<string, number>();
  const taken = new Set<string>();
  for (const [index, finding] of orderFindings(input.findings).entries()) {
    if (anchors.has(finding.id)) continue;
    const anchor = anchorOf(finding, taken, index);
    taken.add(anchor);
    anchors.set(finding.id, anchor);
    numbers.set(finding.id, index + 1);
  }
  const orgNames = new Map(
    input.assessment.organisations.map((organisation) => [organisation.org_id, organisation.name]),
  );
  return { input, anchors, numbers, orgNames, timeline: timelineOf(input.assessment) };
}

function anchorOf(finding: Finding, taken: ReadonlySet<string>, index: number): string {
  const plain = `f-${finding.id.replace(/[^\w-]/g, "_").slice(0, 80)}`;
  return taken.has(plain) ? `${plain}-${index}` : plain;
}
