import { joinItems } from "../../../kernel/lists.js";
import type { Attribution } from "../../../model/attribution.js";
import type { Explanation } from "../../../model/finding.js";
import { cellSign, verdictWords } from "../../attribution-text.js";
import { say } from "../../catalogue.js";
import { explain } from "../../explain.js";
import { formatPercent } from "../../format.js";
import { type Child, html, type Markup } from "../markup.js";
import { segment } from "./findings.js";
import { findingLinks, likelihoodText, type Page, type Section, table } from "./parts.js";

const MOST_LISTED = 100;
/** Told with their matrix: campaigns come first. */
const MOST_TOLD = 4;
const MOST_ROWS = 25;

export function attributionSection(page: Page): Section {
  const { attribution } = page.input.assessment;
  const section = { id: "attribution", title: say("attribution.title"), short: say("attribution.short") };
  if (attribution.length === 0)
    return { ...section, body: html`<p class="quiet">${say("attribution.none")}</p>` };
  const told = attribution.slice(0, MOST_TOLD);
  const body = html`<p class="lead">${say("attribution.lead", attribution[0]?.rivals ?? 0)}</p>
${verdictTable(page, attribution)}
${told.map((one, index) => part(page, one, index === 0))}`;
  return { ...section, body };
}

function verdictTable(page: Page, attribution: readonly Attribution[]): Markup {
  const rows = attribution
    .slice(0, MOST_LISTED)
    .map((one): Child[] => [
      html`${say(`subject.${one.subject_kind}`)} <span class="quiet">${names(page, one.org_ids)}${one.subject}</span>`,
      verdictWords(one),
      one.hypotheses[0]?.title ?? "–",
      likelihoodText(one.likelihood_word, one.likelihood),
      say(`confidence.${one.confidence}`),
    ]);
  return html`${table({
    className: "cards",
    columns: [
      { title: say("head.of") },
      { title: say("head.verdict") },
      { title: say("head.first-in-the-ranking") },
      { title: say("head.likelihood") },
      { title: say("head.confidence") },
    ],
    rows,
  })}${attribution.length > MOST_LISTED && html`<p class="quiet">${say("attribution.more", attribution.length - MOST_LISTED)}</p>`}`;
}

function names(page: Page, orgs: readonly string[]): string {
  const shown = orgs.slice(0, 3).map((id) => page.orgNames.get(id) ?? id);
  const rest = orgs.length > 3 ? ` ${say("common.and-more", orgs.length - 3)}` : "";
  return orgs.length === 0 ? "" : `${joinItems(shown)}${rest} · `;
}

function part(page: Page, one: Attribution, isOpen: boolean): Markup {
  const said = (list: readonly Explanation[]) =>
    html`<ul>${list.map((each) => html`<li>${explain(each, page.input.messages).map(segment)}</li>`)}</ul>`;
  return html`<details class="more"${isOpen && html` open`}><summary><strong>${verdictWords(one)}</strong> <span class="quiet">${names(page, one.org_ids)}${one.subject}</span></summary>
<div class="inside"><p class="explanation">${explain(one.explanation, page.input.messages).map(segment)}</p>
${hypothesesTable(one)}
${matrixTable(page, one)}
<p>${say("attribution.sensitivity", formatPercent(one.sensitivity.lowest), formatPercent(one.sensitivity.highest))}</p>
${one.related.length > 0 && html`<p>${say("attribution.related")}</p><ul>${one.related.map(({ title, stance, publisher, grade }) => html`<li>${publisher} (${grade}): ${say("attribution.relation", say(`relation.${stance}`), title)}</li>`)}</ul>`}
${one.would_change.length > 0 && html`<p>${say("attribution.would-change")}</p>${said(one.would_change)}`}
${one.collect_next.length > 0 && html`<p>${say("attribution.collect")}</p>${said(one.collect_next)}`}
<div class="caveats">${said(one.caveats)}</div></div></details>`;
}

function hypothesesTable({ hypotheses }: Attribution): Markup {
  return table({
    className: "compact",
    caption: say("attribution.hypotheses"),
    columns: [
      { title: "" },
      { title: say("head.hypothesis") },
      { title: say("head.before"), numeric: true },
      { title: say("head.after"), numeric: true },
      { title: say("head.for"), numeric: true },
      { title: say("head.against"), numeric: true },
    ],
    rows: hypotheses.map(({ title, prior, posterior, supports, against }, at) => [
      letter(at),
      title,
      formatPercent(prior),
      formatPercent(posterior),
      String(supports.length),
      String(against.length),
    ]),
  });
}

function letter(at: number): string {
  return String.fromCharCode(65 + at);
}

/** The matrix of competing hypotheses (Heuer): a row for each piece of evidence, a column for each hypothesis. */
function matrixTable(page: Page, { evidence, hypotheses }: Attribution): Markup {
  const rest = evidence.length - MOST_ROWS;
  return table({
    className: "compact",
    caption: html`${say("attribution.matrix")}${rest > 0 && ` ${say("attribution.first", MOST_ROWS, evidence.length)}`}`,
    columns: [
      { title: say("head.evidence") },
      { title: say("head.strength") },
      { title: say("head.source") },
      ...hypotheses.map(({ title }, at) => ({
        title: html`<span title="${title}">${letter(at)}</span>`,
        label: title,
      })),
      { title: say("head.findings") },
    ],
    rows: evidence.slice(0, MOST_ROWS).map(({ what, strength, cells, findings }): Child[] => {
      const said = cells.find(({ grade }) => grade !== null);
      return [
        explain(what, page.input.messages).map(segment),
        say(`strength.${strength}`),
        said === undefined ? "–" : `${said.publisher} (${said.grade})`,
        ...hypotheses.map(({ cluster }) =>
          cellSign(cells.find((cell) => cell.cluster === cluster)?.mark ?? "not_applicable"),
        ),
        findingLinks(page, findings, 3),
      ];
    }),
  });
}
