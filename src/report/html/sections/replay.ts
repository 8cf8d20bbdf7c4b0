import { say } from "../../catalogue.js";
import { firstDetectors, momentText, replaySentences } from "../../replay-text.js";
import { html } from "../markup.js";
import { dayCell, type Page, type Section, table } from "./parts.js";

const MOST_LISTED = 200;

/** When it could have been known; undefined where nobody asked (`longwatch replay`). */
export function replaySection(page: Page): Section | undefined {
  const { replay } = page.input.assessment;
  if (replay === null) return undefined;
  const listed = replay.organisations.slice(0, MOST_LISTED);
  const more = replay.organisations.length - listed.length;
  const body = html`<p class="lead">${replaySentences(replay).join(" ")}</p>
${
  listed.length > 0 &&
  table({
    className: "cards",
    columns: [
      { title: say("head.organisation") },
      { title: say("head.first-contact") },
      { title: say("head.could-be-suspected") },
      { title: say("head.held-for-compromised") },
      { title: say("head.days-hidden"), numeric: true },
      { title: say("head.days-before-the-end"), numeric: true },
      { title: say("head.first-seen-by") },
    ],
    rows: listed.map((row) => [
      html`<strong>${row.name}</strong>`,
      dayCell(row.first_seen),
      momentText(row.suspected),
      momentText(row.compromised),
      row.days_hidden ?? "–",
      row.days_saved ?? "–",
      firstDetectors(row) || "–",
    ]),
  })
}${more > 0 && html`<p class="quiet">${say("replay.more", more)}</p>`}`;
  return { id: "replay", title: say("replay.title"), short: say("replay.short"), body };
}
