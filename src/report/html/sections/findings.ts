import { joinItems } from "../../../kernel/lists.js";
import { type Finding, SEVERITIES, type Severity, severityRank } from "../../../model/finding.js";
import { kindText } from "../../../model/words.js";
import { say } from "../../catalogue.js";
import { explain, type Segment } from "../../explain.js";
import { formatFixed, tlpLabel } from "../../format.js";
import { evidenceKey } from "../../port.js";
import { clip, visibleLine } from "../../text.js";
import { escapeHtml, html, type Markup, phrase, trusted } from "../markup.js";
import { bar, bySeverity, dayCell, LINKED, type Page, type Section, table } from "./parts.js";

/** Findings shown in full; those behind judgements always are. The rest is a table line each. */
const MOST_IN_FULL = 500;
/** Of each judgement, so many findings are printed open on paper: all of them would be hundreds of pages. */
const PRINTED = 3;
const MOST_LINES = 20;
const LINE_LIMIT = 4_000;
/** Evidence text of the whole page: a minister's mail box has limits too. */
const EVIDENCE_BUDGET = 3_000_000;
const MOST_ENTITIES = 12;

export function orderFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(bySeverity((finding) => severityRank(finding.severity)));
}

export function findingsSection(page: Page): Section {
  const { findings, assessment } = page.input;
  const section = { id: "findings", title: say("findings.title"), short: say("findings.short") };
  if (findings.length === 0) {
    return {
      ...section,
      body: html`<p>${phrase("findings.none", html`<a href="#detectors">${say("findings.none.link")}</a>`)}</p>`,
    };
  }
  const linked = new Set(assessment.judgements.flatMap((judgement) => judgement.findings.slice(0, LINKED)));
  const printed = new Set(assessment.judgements.flatMap((judgement) => judgement.findings.slice(0, PRINTED)));
  const ordered = orderFindings(findings);
  const full = ordered.filter((finding, index) => index < MOST_IN_FULL || linked.has(finding.id));
  const kept = new Set(full.map((finding) => finding.id));
  const brief = ordered.filter((finding) => !kept.has(finding.id));
  const budget = { left: EVIDENCE_BUDGET };
  const counts = [...SEVERITIES].reverse().map((severity) => ({
    severity,
    count: findings.filter((finding) => finding.severity === severity).length,
  }));
  const body = html`<p class="lead">${say(
    "findings.lead",
    findings.length,
    joinItems(
      counts
        .filter((entry) => entry.count > 0)
        .map((entry) => say("findings.of", entry.count, say(`severity.${entry.severity}`))),
    ),
    PRINTED,
  )}</p>
${full.map((finding) => card(page, finding, printed.has(finding.id), budget))}
${brief.length > 0 && briefTable(page, brief)}`;
  return { ...section, body };
}

/** The anchor is inside: a browser opens closed details for a target within them, not for the details themselves. */
function card(page: Page, finding: Finding, judged: boolean, budget: { left: number }): Markup {
  const org = finding.org_id === null ? null : (page.orgNames.get(finding.org_id) ?? finding.org_id);
  return html`<details class="finding${judged && " judged"}"><summary><span class="number">#${page.numbers.get(finding.id)}</span> ${severityBadge(finding.severity)} <span class="what">${finding.title}${org !== null && html` <span class="quiet">· ${org}</span>`}</span> <span class="when quiet">${dayCell(finding.first_seen)} – ${dayCell(finding.last_seen)}</span></summary>
<div class="inside" id="${page.anchors.get(finding.id)}"><p class="explanation">${explain(finding.explanation, page.input.messages).map(segment)}</p>
${components(finding)}
<dl class="facts"><div><dt>${say("findings.about")}</dt><dd>${entities(finding)}</dd></div>${finding.attack.length > 0 && html`<div><dt>${say("actions.head.attack")}</dt><dd>${joinItems(finding.attack)}</dd></div>`}<div><dt>${say("head.detector")}</dt><dd><code>${finding.detector}</code></dd></div><div><dt>${say("head.id")}</dt><dd><code>${finding.id}</code></dd></div><div><dt>${say("head.marking")}</dt><dd>${tlpLabel(finding.tlp)}</dd></div></dl>
${finding.caveats.length > 0 && html`<ul class="caveats">${finding.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`}
${evidence(page, finding, budget)}</div></details>
`;
}

export function severityBadge(severity: Severity): Markup {
  const rank = severityRank(severity);
  return html`<span class="severity s${rank}"><span class="steps" aria-hidden="true">${"▮".repeat(rank + 1)}<span>${"▮".repeat(SEVERITIES.length - 1 - rank)}</span></span> ${say(`severity.${severity}`)}</span>`;
}

export function segment(part: Segment): Markup {
  const title = part.exact !== undefined && html` title="${part.exact}"`;
  if (part.kind === "plain") return html`${part.text}`;
  if (part.kind === "problem") return html`<mark>${part.text}</mark>`;
  if (part.kind === "host" || part.kind === "domain" || part.kind === "address")
    return html`<code${title}>${part.text}</code>`;
  if (part.kind === "time") return html`<span class="solid"${title}>${part.text}</span>`;
  return title === false ? html`${part.text}` : html`<span${title}>${part.text}</span>`;
}

function components(finding: Finding): Markup | false {
  if (finding.components.length === 0) return false;
  return table({
    className: "compact components",
    caption: say("common.score", formatFixed(finding.score, 2)),
    columns: [
      { title: say("head.component") },
      { title: say("head.value") },
      { title: say("head.weight"), numeric: true },
      { title: say("head.what-it-means") },
    ],
    rows: finding.components.map((component) => [
      component.name,
      bar(component.value),
      formatFixed(component.weight, 2),
      component.meaning,
    ]),
  });
}

function entities(finding: Finding): Markup {
  const shown = finding.entities.slice(0, MOST_ENTITIES);
  return html`${shown.map((entity, index) => html`${index > 0 && ", "}<code>${entity.value}</code> <span class="quiet">(${[entity.role, kindText(entity.kind)].filter(Boolean).join(" ")})</span>`)}${finding.entities.length > shown.length && ` ${say("common.and-more", finding.entities.length - shown.length)}`}`;
}

function evidence(page: Page, finding: Finding, budget: { left: number }): Markup {
  const total = finding.evidence.length;
  if (total === 0) return html`<p class="quiet">${say("findings.no-line")}</p>`;
  const lines: Markup[] = [];
  let shown = 0;
  for (const item of finding.evidence.slice(0, MOST_LINES)) {
    if (budget.left <= 0) break;
    shown++;
    const found = page.input.evidence.get(evidenceKey(item.source_id, item.line));
    const head = html`<span class="quiet">${item.time} · ${item.table}</span> ${item.summary}`;
    if (found === undefined || "missing" in found) {
      lines.push(
        html`<li>${head}<br><em>${say("findings.not-shown", String(item.line), found === undefined ? say("findings.not-loaded") : found.missing)}</em></li>`,
      );
      continue;
    }
    // Markup's own limit is for names; a log line may be longer, and its tabs are its separators.
    const text = visibleLine(clip(found.text, Math.min(LINE_LIMIT, budget.left)));
    budget.left -= text.length;
    lines.push(
      html`<li>${head}<br><span class="source">${say("findings.source", found.path, item.line)}</span><pre tabindex="0">${trusted(escapeHtml(text))}</pre></li>`,
    );
  }
  const rest = total - shown;
  return html`<details class="evidence"><summary>${say("findings.evidence", total)}</summary><ol>${lines}</ol>${rest > 0 && html`<p class="quiet">${phrase("findings.more-lines", rest, html`<code>longwatch explain ${finding.id}</code>`)}</p>`}</details>`;
}

function briefTable(page: Page, findings: readonly Finding[]): Markup {
  return html`<h3>${say("findings.brief", findings.length)}</h3><p class="lead">${phrase("findings.brief.lead", html`<code>findings.jsonl</code>`, html`<code>longwatch explain ID</code>`)}</p>${table(
    {
      className: "compact",
      columns: [
        { title: say("head.no") },
        { title: say("head.severity") },
        { title: say("head.score"), numeric: true },
        { title: say("head.finding") },
        { title: say("head.organisation") },
        { title: say("head.since") },
        { title: say("head.until") },
        { title: say("head.id") },
      ],
      rows: findings.map((finding) => [
        html`<span id="${page.anchors.get(finding.id)}">#${page.numbers.get(finding.id)}</span>`,
        say(`severity.${finding.severity}`),
        formatFixed(finding.score, 2),
        finding.title,
        finding.org_id === null ? "–" : (page.orgNames.get(finding.org_id) ?? finding.org_id),
        dayCell(finding.first_seen),
        dayCell(finding.last_seen),
        html`<code>${finding.id}</code>`,
      ]),
    },
  )}`;
}
