import type { AssessedOrganisation } from "../../../model/assessment.js";
import { say } from "../../catalogue.js";
import { sayStatement } from "../../explain.js";
import { html, type Markup, prose } from "../markup.js";
import { defanged, findingLinks, type Page } from "./parts.js";

const MOST_LINKS = 4;

/** What is judged of one organisation, sentence by sentence, each with its findings. */
export function judgementList(page: Page, { judgements }: AssessedOrganisation): Markup | false {
  return (
    judgements.length > 0 &&
    html`<details><summary>${say("organisation.judgements")} (${judgements.length})</summary><ul class="judged">${judgements.map(
      ({ about, statement, findings }) =>
        html`<li>${prose(about === "volume" ? defanged(page, sayStatement(statement)) : sayStatement(statement))} <span class="quiet">${findingLinks(page, findings, MOST_LINKS)}</span></li>`,
    )}</ul></details>`
  );
}
