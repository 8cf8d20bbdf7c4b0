import { languageTag } from "../kernel/language.js";
import { joinItems } from "../kernel/lists.js";
import { utcOffset } from "../kernel/time.js";
import type { AssessedSchedule } from "../model/assessed-schedule.js";
import { say } from "./catalogue.js";
import { formatFixed, formatNumber, formatPercent } from "./format.js";

type Calendar = AssessedSchedule["calendars"][number];
type Lull = AssessedSchedule["lulls"][number];

const ZONES_NAMED = 8;

/** `China (CN)`. */
export function calendarName(country: string): string {
  const name = /^[A-Z]{2}$/.test(country) ? regionName(country) : undefined;
  return name === undefined || name === country ? country : say("hours.calendar", name, country);
}

function regionName(country: string): string | undefined {
  return new Intl.DisplayNames([languageTag()], { type: "region" }).of(country);
}

/** Which places keep the clock of the best offset. */
export function zoneNames({ zones, offset }: AssessedSchedule): string {
  const [best] = zones;
  if (best === undefined || offset === null) return "";
  const all = [best.zone, ...best.same_clock];
  const more = all.length - ZONES_NAMED;
  const named = joinItems(all.slice(0, ZONES_NAMED));
  return say(
    "hours.clock",
    formatPercent(best.probability),
    more > 0 ? say("list.more", named, more) : named,
  );
}

/** Calendars that go with the activity: `CN (fits)`; empty where none does. */
export function goingText({ calendars }: Pick<AssessedSchedule, "calendars">): string {
  return joinItems(
    calendars
      .filter(({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode")
      .map(({ country, verdict }) => say("hours.going", country, say(`calendar.${verdict}`))),
  );
}

/** Natural logarithm of the likelihood ratio against the rival that comes closest; 0 without one. */
export function closestRival({ rivals }: Calendar): number {
  return rivals.length === 0
    ? 0
    : Math.min(...rivals.map(({ log_likelihood_ratio }) => log_likelihood_ratio));
}

/** `2.1 : 1 over KH`, or `1 : 8 behind CN`. */
export function nearestRivalText({ rivals }: Calendar): string {
  const nearest = rivals.toSorted((a, b) => a.log_likelihood_ratio - b.log_likelihood_ratio)[0];
  if (nearest === undefined) return "–";
  const ratio = Math.exp(Math.abs(nearest.log_likelihood_ratio));
  const shown = ratio < 10 ? formatFixed(ratio, 1) : formatNumber(Math.round(Math.min(ratio, 1e6)));
  return say(
    nearest.log_likelihood_ratio >= 0 ? "hours.rival.ahead" : "hours.rival.behind",
    shown,
    nearest.country,
  );
}

/** `From 2023-09-29 to 2023-10-08 there were 0 half-hours where 236 were to be expected, while the organisations worked at 102 % of their usual.` */
export function lullSentence(schedule: AssessedSchedule, lull: Lull): string {
  const watched =
    lull.watched_activity === null ? "" : say("hours.lull.watched", formatPercent(lull.watched_activity));
  const unseen = lull.unseen_days > 0 ? say("hours.lull.unseen", lull.unseen_days) : "";
  const expected = Math.round(lull.expected);
  return [
    say("hours.lull", lull.from, lull.to, unseen, lull.units, expected, watched),
    ...makeupSentences(schedule, lull),
  ].join(" ");
}

/** Calendars whose holidays cover the lull, and the working days that it covers as well. */
function makeupSentences({ calendars }: AssessedSchedule, lull: Lull): string[] {
  const good = new Set(
    calendars
      .filter(({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode")
      .map(({ country }) => country),
  );
  const covered = lull.calendars.filter(
    ({ country, explains, makeup_days }) => good.has(country) && explains !== "not" && makeup_days > 0,
  );
  return covered.map(({ country, makeup_days, holidays }) =>
    say("hours.lull.makeup", country, holidays, makeup_days),
  );
}

/** `UTC+08:00 (95 % between UTC+07:00 and UTC+08:00)`. */
export function offsetText({ offset }: AssessedSchedule): string {
  if (offset === null) return say("hours.no-offset");
  const [from, to] = offset.interval95;
  return say("hours.offset", utcOffset(offset.best_minutes), utcOffset(from), utcOffset(to));
}
