import { joinItems } from "../../../kernel/lists.js";
import type { Hardening, Response } from "../../../model/recommendation.js";
import { measureText, needsText, sumText } from "../../action-text.js";
import { say } from "../../catalogue.js";
import { type Child, html, type Markup } from "../markup.js";
import { bar, findingLinks, type Page, type Section, table } from "./parts.js";

const MOST_RESPONSES = 100;
const MOST_TARGETS = 12;

/** What to do now, and what would have stopped it. No text of its own: all of it stands in the catalogue. */
export function actionsSection(page: Page): Section {
  const { response, hardening } = page.input.assessment.recommendations;
  const body =
    response.length + hardening.length === 0
      ? html`<p>${say("actions.none")}</p>`
      : html`${response.length > 0 && now(page, response)}${hardening.length > 0 && later(page, hardening)}`;
  return { id: "actions", title: say("actions.title"), short: say("actions.short"), body };
}

function now(page: Page, all: readonly Response[]): Markup {
  const more = all.length - MOST_RESPONSES;
  return html`<h3>${say("actions.now")}</h3><p>${say("actions.now.lead")}</p>
${table({
  className: "cards actions",
  columns: [
    { title: say("actions.head.action") },
    { title: say("actions.head.whose") },
    { title: say("actions.head.what") },
    { title: say("actions.head.behind") },
  ],
  rows: all
    .slice(0, MOST_RESPONSES)
    .map((each) => [
      html`<strong>${say(`response.${each.action}`)}</strong>`,
      html`${each.org_id === null ? say("actions.everybody") : (page.orgNames.get(each.org_id) ?? each.org_id)}${each.active && html`<br><span class="quiet">${say("actions.active")}</span>`}`,
      targets(each),
      findingLinks(page, each.findings, 6),
    ]),
})}${more > 0 && html`<p class="quiet">${say("actions.more-rows", more)}</p>`}`;
}

function targets({ targets: all, more }: Response): Child {
  const left = all.length - MOST_TARGETS + more;
  return [
    all
      .slice(0, MOST_TARGETS)
      .map(({ value }, at) => html`${at > 0 && say("list.separator")}<code>${value}</code>`),
    left > 0 && all.length > MOST_TARGETS && html` ${say("actions.more", left)}`,
  ];
}

function later(page: Page, all: readonly Hardening[]): Markup {
  const { considered, unanswered } = page.input.assessment.recommendations;
  return html`<h3>${say("actions.later")}</h3><p>${say(
    "actions.later.lead",
    considered.organisations,
    considered.incidents,
    considered.steps,
    considered.days,
  )}</p>
${table({
  className: "cards actions",
  columns: [
    { title: say("actions.head.measure") },
    { title: say("actions.head.score"), numeric: true },
    { title: say("actions.head.answers") },
    { title: say("actions.head.cost") },
    { title: say("actions.head.attack") },
    { title: say("actions.head.behind") },
  ],
  rows: all.map((each) => [
    html`<strong>${measureText(each)}</strong><br><span class="quiet">${needsText(each)}</span>`,
    bar(each.score),
    html`${say(`effect.${each.effect}`)}: ${sumText(each, considered)}<br><span class="quiet">${say("actions.new-steps", each.new_steps)}</span>`,
    say(`cost.${each.cost}`),
    html`${joinItems(each.mitigations)}<br><span class="quiet">${joinItems(each.techniques)}</span>`,
    findingLinks(page, each.findings, 6),
  ]),
})}<p class="quiet">${say("actions.rule")}</p>${
    unanswered.length > 0 && html`<p class="quiet">${say("actions.unanswered", joinItems(unanswered))}</p>`
  }`;
}
