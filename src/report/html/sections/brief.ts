import { joinList } from "../../../kernel/lists.js";
import { parseTime } from "../../../kernel/time.js";
import { type AssessedOrganisation, isActive, likelihoodWord } from "../../../model/assessment.js";
import type { ResponseAction } from "../../../model/recommendation.js";
import { verdictWords } from "../../attribution-text.js";
import { say } from "../../catalogue.js";
import { defang } from "../../defang.js";
import { formatDay, formatNumber, formatPercent } from "../../format.js";
import { orderInfrastructure } from "../../order.js";
import { clip, shorten } from "../../text.js";
import { likelihoodName, STATUS, sectorName } from "../../words.js";
import { type Child, html, type Markup, prose } from "../markup.js";
import { pausesOf } from "../timeline.js";
import { defanged, findingLinks, type Page, type Section } from "./parts.js";

/** Bounds of the text whatever the case is, so that it can stand on one page of A4. */
const MOST = {
  names: 8,
  sectors: 4,
  servers: 4,
  pauses: 4,
  actions: 6,
  owners: 4,
  gaps: 3,
  links: 6,
} as const;
const LONGEST = { name: 48, sentence: 300, gap: 140 } as const;

/** Who, since when, by what, how sure, what now. It decides nothing: each line is counted from the assessment, and leads to its findings. */
export function briefSection(page: Page): Section {
  const { assessment } = page.input;
  const affected = assessment.organisations
    .filter(({ status }) => status === "compromised" || status === "suspected")
    .sort(
      (a, b) =>
        STATUS[a.status].rank - STATUS[b.status].rank ||
        b.likelihood - a.likelihood ||
        (a.org_id < b.org_id ? -1 : 1),
    );
  const [first] = assessment.judgements;
  // A long one would be cut in the middle of its list; it stands whole among the judgements, and its counts stand here.
  const leads = first !== undefined && first.statement.length <= LONGEST.sentence;
  const body = html`${leads && html`<p class="statement">${prose(defanged(page, first.statement))}</p>`}<dl class="brief">${[
    row("brief.who", who(page, affected)),
    row("brief.since", since(page, affected)),
    row("brief.what", what(page)),
    row("brief.sure", sure(page, affected)),
    row("brief.now", now(page)),
    row("brief.unknown", unknown(page)),
  ]}</dl>`;
  return { id: "brief", title: say("brief.title"), short: say("brief.short"), body };
}

type Row = "brief.who" | "brief.since" | "brief.what" | "brief.sure" | "brief.now" | "brief.unknown";

function row(key: Row, content: Child): Child {
  return content !== undefined && html`<div><dt>${say(key)}</dt><dd>${content}</dd></div>`;
}

function sentences(all: readonly (string | false)[], links: Child = false): Markup {
  return html`${all.filter((each) => each !== false).map((each) => html`<p>${prose(each)}</p>`)}${links !== false && html`<p class="quiet">${say("brief.evidence")}${links}</p>`}`;
}

function named(page: Page, ids: readonly string[], limit: number): string {
  return joinList(
    ids.map((id) => shorten(page.orgNames.get(id) ?? id, LONGEST.name)),
    limit,
  );
}

function who(page: Page, affected: readonly AssessedOrganisation[]): Child {
  if (affected.length === 0) return sentences([say("brief.who.none")]);
  const sectors = [...new Set(affected.map(({ sector }) => sector).filter((sector) => sector !== ""))].sort();
  const compromised = affected.filter(({ status }) => status === "compromised").length;
  const ids = affected.map(({ org_id }) => org_id);
  return sentences(
    [
      say(
        "brief.who.counts",
        compromised,
        page.input.assessment.organisations.length,
        affected.length - compromised,
      ),
      say("brief.who.names", named(page, ids, MOST.names)),
      sectors.length > 0 &&
        say(
          "brief.who.sectors",
          joinList(
            sectors.map((each) => shorten(sectorName(each), LONGEST.name)),
            MOST.sectors,
          ),
        ),
    ],
    links(
      page,
      affected.flatMap(({ findings }) => findings.slice(0, 1)),
    ),
  );
}

function since(page: Page, affected: readonly AssessedOrganisation[]): Child {
  const { telemetry } = page.input.assessment;
  const times = (pick: "first_seen" | "last_seen") =>
    affected.flatMap((each) => each[pick] ?? []).sort((a, b) => parseTime(a) - parseTime(b));
  const [first] = times("first_seen");
  const last = times("last_seen").at(-1);
  if (first === undefined || last === undefined)
    return affected.length > 0 ? sentences([say("brief.since.none")]) : undefined;
  const end = telemetry.last === null ? Number.NaN : parseTime(telemetry.last);
  const active = affected.filter(
    ({ last_seen }) => last_seen !== null && isActive(parseTime(last_seen), end),
  );
  const pauses = pausesOf(page.timeline).map(({ from, to }) => say("brief.pause", from, to));
  const earliest = affected.find(({ first_seen }) => first_seen === first);
  return sentences(
    [
      say("brief.since.span", formatDay(first), formatDay(last)),
      Number.isFinite(end) && say("brief.since.active", active.length, affected.length),
      pauses.length > 0 && say("brief.since.pauses", joinList(pauses, MOST.pauses)),
    ],
    links(page, earliest?.findings ?? []),
  );
}

function what(page: Page): Child {
  const { incidents, campaigns, infrastructure, attribution } = page.input.assessment;
  if (incidents.length + infrastructure.length === 0) return undefined;
  const basis = (kind: string) => infrastructure.filter((item) => item.basis === kind).length;
  const foremost = orderInfrastructure(infrastructure);
  const [behind] = attribution;
  const subject =
    [...campaigns, ...incidents].find(({ id }) => id === behind?.subject)?.title ?? behind?.subject ?? "";
  return sentences(
    [
      say("brief.what.counts", incidents.length, campaigns.length),
      infrastructure.length > 0 &&
        say(
          "brief.what.infrastructure",
          basis("confirmed"),
          basis("suspected"),
          basis("related"),
          joinList(
            foremost.map(({ value }) => shorten(defang(value), LONGEST.name)),
            MOST.servers,
          ),
        ),
      behind !== undefined &&
        say("brief.what.attribution", clip(defanged(page, subject), LONGEST.gap), verdictWords(behind)),
      attribution.length > 1 && say("brief.what.more-attribution", attribution.length - 1),
    ],
    links(
      page,
      foremost.flatMap(({ findings }) => findings),
    ),
  );
}

/** Likelihood and confidence never share a sentence (ICD 203). */
function sure(page: Page, affected: readonly AssessedOrganisation[]): Child {
  const compromised = affected.filter(({ status }) => status === "compromised");
  if (compromised.length === 0) return sentences([say("brief.sure.none")]);
  const likelihoods = compromised.map(({ likelihood }) => likelihood).sort((a, b) => a - b);
  const [lowest = 0] = likelihoods;
  const highest = likelihoods.at(-1) ?? lowest;
  const wordOf = (likelihood: number) => likelihoodName(likelihoodWord(likelihood));
  const confident = (word: string) => compromised.filter(({ confidence }) => confidence === word).length;
  return sentences(
    [
      formatPercent(lowest) === formatPercent(highest)
        ? say("brief.sure.one", wordOf(lowest), formatPercent(lowest))
        : say(
            "brief.sure.likelihood",
            wordOf(lowest),
            formatPercent(lowest),
            wordOf(highest),
            formatPercent(highest),
          ),
      say("brief.sure.confidence", confident("high"), confident("moderate"), confident("low")),
    ],
    links(page, page.input.assessment.judgements[0]?.findings ?? []),
  );
}

/** Each kind of action once, in order of doing, with whose it is. */
function now(page: Page): Child {
  const { response } = page.input.assessment.recommendations;
  if (response.length === 0) return sentences([say("actions.none")]);
  const owners = new Map<ResponseAction, string[]>();
  for (const { action, org_id } of response)
    owners.set(action, [...(owners.get(action) ?? []), ...(org_id === null ? [] : [org_id])]);
  const shown = [...owners].slice(0, MOST.actions).map(([action, ids]) => {
    const whose = ids.length === 0 ? say("brief.now.everybody") : named(page, [...new Set(ids)], MOST.owners);
    return html`<li>${say("brief.now.target", say(`response.${action}`), whose)}</li>`;
  });
  const more = owners.size - shown.length;
  return html`<ol>${shown}</ol>${more > 0 && html`<p>${say("brief.now.more", more)}</p>`}`;
}

function unknown(page: Page): Child {
  const { not_assessed: gaps, organisations, telemetry } = page.input.assessment;
  const silent = organisations.filter(({ status }) => status === "no_data").length;
  const hours = telemetry.outages.reduce((sum, outage) => sum + outage.hours, 0);
  return sentences([
    say("brief.unknown.data", silent, formatNumber(Math.round(hours))),
    ...gaps
      .slice(0, MOST.gaps)
      .map((gap) =>
        say("brief.unknown.gap", shorten(gap.what, LONGEST.sentence), shorten(gap.why, LONGEST.gap)),
      ),
    gaps.length > MOST.gaps && say("brief.unknown.more", gaps.length - MOST.gaps),
  ]);
}

function links(page: Page, ids: readonly string[]): Child {
  const once = [...new Set(ids)];
  return once.length > 0 && findingLinks(page, once, MOST.links);
}
