import { firstDetectors, momentText, replaySentences } from "../../replay-text.js";
import { plural } from "../../text.js";
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
      { title: "Organisation" },
      { title: "First contact" },
      { title: "Could be suspected" },
      { title: "Held for compromised" },
      { title: "Days hidden", numeric: true },
      { title: "Days before the end", numeric: true },
      { title: "First seen by" },
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
}${more > 0 && html`<p class="quiet">${plural(more, "more organisation")} in assessment.json.</p>`}`;
  return { id: "replay", title: "When it could have been known", short: "When known", body };
}
