import { joinList, LIST_LIMIT } from "../../../kernel/lists.js";
import { DAY, parseTime } from "../../../kernel/time.js";
import type { AssessedOrganisation } from "../../../model/assessment.js";
import { severityRank } from "../../../model/finding.js";
import type { IncidentStep } from "../../../model/incident.js";
import { say } from "../../catalogue.js";
import { formatDay } from "../../format.js";
import { type CampaignRow, campaignTimelineChart } from "../charts/campaign-timeline.js";
import { figure } from "../charts/render.js";
import { html } from "../markup.js";
import { pausesOf } from "../timeline.js";
import { dayCell, findingLinks, type Page, type Section, table } from "./parts.js";

const MOST_ROWS = 40;

interface Affected {
  organisation: AssessedOrganisation;
  incidents: number;
  step: IncidentStep | undefined;
  row: CampaignRow;
}

/** Who was reached when: organisations by first contact, with pauses that all have in common and the gravest step of each. */
export function campaignTimelineSection(page: Page): Section {
  const section = { id: "timeline", title: say("timeline.title"), short: say("timeline.short") };
  const all = affected(page);
  const shown = all.slice(0, MOST_ROWS);
  if (shown.length === 0) return { ...section, body: html`<p>${say("timeline.none")}</p>` };
  const rows = shown.map(({ row }) => row);
  const pauses = pausesOf(page.timeline);
  const columns = pauses.map(({ from, to }) => ({ from: parseTime(from), to: parseTime(to) + DAY }));
  const named = pauses.map(({ from, to }) => say("brief.pause", from, to));
  const label = say(
    "timeline.label",
    rows.length,
    formatDay(Math.min(...rows.map(({ first }) => first))),
    formatDay(Math.max(...rows.map(({ last }) => last))),
  );
  const body = figure({
    wide: campaignTimelineChart(rows, columns, { id: "chart-campaign", label, width: 1080 }),
    narrow: campaignTimelineChart(rows, columns, { id: "chart-campaign-narrow", label, width: 380 }),
    caption: html`${say("timeline.caption", named.length > 0 ? joinList(named, LIST_LIMIT) : say("timeline.no-pause"))}${
      all.length > shown.length && html` ${say("timeline.left-out", shown.length, all.length - shown.length)}`
    }`,
    tableTitle: say("timeline.table"),
    table: table({
      className: "compact",
      columns: [
        { title: say("timeline.head.organisation") },
        { title: say("timeline.head.first") },
        { title: say("timeline.head.last") },
        { title: say("timeline.head.incidents"), numeric: true },
        { title: say("timeline.head.step") },
      ],
      rows: shown.map(({ organisation, incidents, step }) => [
        organisation.name,
        dayCell(organisation.first_seen),
        dayCell(organisation.last_seen),
        incidents,
        step === undefined
          ? "–"
          : html`${dayCell(step.time)} ${step.what} ${findingLinks(page, [step.finding])}`,
      ]),
    }),
  });
  return { ...section, body };
}

function affected(page: Page): Affected[] {
  const { organisations, incidents, weeks } = page.input.assessment;
  const begins = weeks.map((week) => parseTime(week));
  return organisations
    .filter(({ status }) => status === "compromised" || status === "suspected")
    .flatMap((organisation): Affected[] => {
      const first = organisation.first_seen === null ? Number.NaN : parseTime(organisation.first_seen);
      const last = organisation.last_seen === null ? Number.NaN : parseTime(organisation.last_seen);
      if (!Number.isFinite(first + last)) return [];
      const own = incidents.filter(({ org_ids }) => org_ids.includes(organisation.org_id));
      const step = gravest(own.flatMap(({ steps }) => steps));
      const within = (state: AssessedOrganisation["weeks"][number]["state"]) =>
        begins.filter((_, at) => organisation.weeks[at]?.state === state);
      const row = {
        name: organisation.name,
        first,
        last,
        active: within("active"),
        blind: within("no_data"),
        step: step && {
          time: parseTime(step.time),
          grave: severityRank(step.severity) >= severityRank("high"),
        },
      };
      return [{ organisation, incidents: own.length, step, row }];
    })
    .sort((a, b) => a.row.first - b.row.first || (a.organisation.org_id < b.organisation.org_id ? -1 : 1));
}

/** The first of the gravest with a time. */
function gravest(steps: readonly IncidentStep[]): IncidentStep | undefined {
  return steps
    .filter(({ time }) => Number.isFinite(parseTime(time)))
    .sort(
      (a, b) => severityRank(b.severity) - severityRank(a.severity) || parseTime(a.time) - parseTime(b.time),
    )[0];
}
