import { utcOffset } from "../kernel/time.js";
import type { AssessedSchedule } from "../model/assessed-schedule.js";
import { formatNumber, formatPercent } from "./format.js";
import { plural } from "./text.js";

type Calendar = AssessedSchedule["calendars"][number];
type Lull = AssessedSchedule["lulls"][number];

const NAMES = new Intl.DisplayNames(["en"], { type: "region" });
const ZONES_NAMED = 8;

/** `China (CN)`. */
export function calendarName(country: string): string {
  const name = /^[A-Z]{2}$/.test(country) ? NAMES.of(country) : undefined;
  return name === undefined || name === country ? country : `${name} (${country})`;
}

/** Which places keep the clock of the best offset. */
export function zoneNames({ zones, offset }: AssessedSchedule): string {
  const [best] = zones;
  if (best === undefined || offset === null) return "";
  const all = [best.zone, ...best.same_clock];
  const more = all.length - ZONES_NAMED;
  return `The most probable clock (${formatPercent(best.probability)}) is that of ${all.slice(0, ZONES_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
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
  const shown = ratio < 10 ? ratio.toFixed(1) : formatNumber(Math.round(Math.min(ratio, 1e6)));
  return nearest.log_likelihood_ratio >= 0
    ? `${shown} : 1 over ${nearest.country}`
    : `1 : ${shown} behind ${nearest.country}`;
}

/** `From 2023-09-29 to 2023-10-08 there were 0 half-hours where 236 were to be expected, while the organisations worked at 102 % of their usual.` */
export function lullSentence(schedule: AssessedSchedule, lull: Lull): string {
  const watched =
    lull.watched_activity === null
      ? ""
      : `, while the organisations themselves were at ${formatPercent(lull.watched_activity)} of their usual activity`;
  const unseen = lull.unseen_days > 0 ? ` (${plural(lull.unseen_days, "day")} of it could not be seen)` : "";
  return `From ${lull.from} to ${lull.to}${unseen} there were ${plural(lull.units, "half-hour")} with activity where ${formatNumber(Math.round(lull.expected))} were to be expected${watched}.${makeupText(schedule, lull)}`;
}

/** Calendars whose holidays cover the lull, and the working days that it covers as well. */
function makeupText({ calendars }: AssessedSchedule, lull: Lull): string {
  const good = new Set(
    calendars
      .filter(({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode")
      .map(({ country }) => country),
  );
  const covered = lull.calendars.filter(
    ({ country, explains, makeup_days }) => good.has(country) && explains !== "not" && makeup_days > 0,
  );
  return covered
    .map(
      ({ country, makeup_days, holidays }) =>
        ` In the calendar of ${country} that is ${plural(holidays, "holiday")} and also ${plural(makeup_days, "official working day")} (make-up days).`,
    )
    .join("");
}

/** `UTC+08:00 (95 % between UTC+07:00 and UTC+08:00)`. */
export function offsetText({ offset }: AssessedSchedule): string {
  if (offset === null) return "no clock";
  const [from, to] = offset.interval95;
  return `${utcOffset(offset.best_minutes)} (95 % between ${utcOffset(from)} and ${utcOffset(to)})`;
}
