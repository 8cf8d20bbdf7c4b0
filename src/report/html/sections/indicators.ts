import { LOOK_FOR_KINDS, type Withheld } from "../../../model/look-for.js";
import { say } from "../../catalogue.js";
import { defang, defangText } from "../../defang.js";
import { tlpLabel } from "../../format.js";
import { confirmedIndicators, indicatorsOf, type ReportedIndicator } from "../../indicators.js";
import { orderInfrastructure } from "../../order.js";
import { html, type Markup } from "../markup.js";
import { bar, dayCell, findingLinks, type Page, type Section, table } from "./parts.js";

/** Indicators of one kind that are listed; all are in `indicators.csv`. */
const MOST = 100;
const REASONS = 2;

/** What others can look for, defanged. There is no script in the page: a block selects itself whole by its style (`user-select: all`). */
export function indicatorsSection(page: Page): Section {
  const { assessment } = page.input;
  const { usable, unusable } = indicatorsOf(page.input);
  const withheld = new Map(
    confirmedIndicators(page.input).withheld.map(({ indicator, why }) => [indicator.item, why] as const),
  );
  const names = new Set(assessment.infrastructure.map(({ value }) => value.toLowerCase()));
  const order = new Map(orderInfrastructure(assessment.infrastructure).map((item, at) => [item, at]));
  const sorted = [...usable].sort((a, b) => (order.get(a.item) ?? 0) - (order.get(b.item) ?? 0));
  const body =
    usable.length === 0
      ? html`<p>${say("indicators.none")}</p>`
      : html`<p class="lead">${say("indicators.lead")} ${say("indicators.marking", tlpLabel(assessment.tlp))}</p>
${LOOK_FOR_KINDS.map((kind) => {
  const all = sorted.filter((each) => each.kind === kind);
  return all.length > 0 && group(page, all, { withheld, names });
})}`;
  return {
    id: "indicators",
    title: say("indicators.title"),
    short: say("indicators.short"),
    body: html`${body}${unusable.length > 0 && html`<p class="quiet">${say("indicators.unusable", unusable.length)}</p>`}`,
  };
}

interface Known {
  withheld: ReadonlyMap<ReportedIndicator["item"], Withheld>;
  names: ReadonlySet<string>;
}

function group(page: Page, all: readonly ReportedIndicator[], { withheld, names }: Known): Markup | false {
  const [first] = all;
  if (first === undefined) return false;
  const title = say(`indicators.kind.${first.kind}`);
  const shown = all.slice(0, MOST);
  return html`<h3>${title}</h3>
${table({
  className: "cards indicators",
  columns: [
    { title: say("indicators.head.value") },
    { title: say("indicators.head.first") },
    { title: say("indicators.head.last") },
    { title: say("indicators.head.confidence") },
    { title: say("indicators.head.tlp") },
    { title: say("indicators.head.why") },
  ],
  rows: shown.map(({ value, item, tlp }) => {
    const kept = withheld.get(item);
    return [
      html`<code class="strong">${defang(value)}</code>`,
      dayCell(item.first_seen),
      dayCell(item.last_seen),
      html`<span title="${say(`basis.${item.basis}.meaning`)}">${say(`basis.${item.basis}`)}</span> ${bar(item.score)}`,
      html`<span class="solid">${tlpLabel(tlp)}</span>`,
      html`${item.why.slice(0, REASONS).map((why) => html`<p>${defangText(why, names)}</p>`)}${kept !== undefined && html`<p>${say(`indicators.withheld.${kept}`)}</p>`}${item.findings.length > 0 && html`<p class="quiet">${findingLinks(page, item.findings, 4)}</p>`}`,
    ];
  }),
})}${all.length > shown.length && html`<p class="quiet">${say("indicators.capped", shown.length, all.length)}</p>`}
<p class="quiet">${say("indicators.block", title)}</p>
<pre class="copy" tabindex="0" aria-label="${say("indicators.block", title)}">${shown.map(({ value }, at) => [
    at > 0 &&
      html`
`,
    defang(value),
  ])}</pre>`;
}
