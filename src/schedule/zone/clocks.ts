import { DAY, MINUTE } from "../../kernel/time.js";

/**
 * Zones from the runtime's IANA data, enough of them that every offset and every rule of daylight saving in use is there, and that an offset
 * shared by many countries is seen to be.
 */
const ZONES = [
  "Pacific/Pago_Pago",
  "Pacific/Honolulu",
  "Pacific/Marquesas",
  "America/Adak",
  "America/Anchorage",
  "Pacific/Gambier",
  "America/Los_Angeles",
  "America/Vancouver",
  "America/Tijuana",
  "America/Phoenix",
  "America/Denver",
  "America/Chicago",
  "America/Mexico_City",
  "America/Costa_Rica",
  "America/New_York",
  "America/Toronto",
  "America/Havana",
  "America/Bogota",
  "America/Lima",
  "America/Panama",
  "America/Caracas",
  "America/Halifax",
  "America/Santiago",
  "America/La_Paz",
  "America/Asuncion",
  "America/St_Johns",
  "America/Sao_Paulo",
  "America/Argentina/Buenos_Aires",
  "America/Montevideo",
  "America/Noronha",
  "America/Nuuk",
  "Atlantic/Azores",
  "Atlantic/Cape_Verde",
  "Atlantic/Reykjavik",
  "Africa/Abidjan",
  "Europe/London",
  "Europe/Lisbon",
  "Africa/Casablanca",
  "Africa/Lagos",
  "Africa/Algiers",
  "Africa/Tunis",
  "Europe/Berlin",
  "Europe/Paris",
  "Europe/Madrid",
  "Europe/Rome",
  "Europe/Warsaw",
  "Europe/Stockholm",
  "Africa/Johannesburg",
  "Africa/Cairo",
  "Africa/Tripoli",
  "Europe/Kyiv",
  "Europe/Bucharest",
  "Europe/Athens",
  "Europe/Helsinki",
  "Europe/Chisinau",
  "Asia/Jerusalem",
  "Asia/Beirut",
  "Asia/Amman",
  "Asia/Damascus",
  "Europe/Kaliningrad",
  "Europe/Moscow",
  "Europe/Minsk",
  "Europe/Istanbul",
  "Asia/Baghdad",
  "Asia/Riyadh",
  "Africa/Nairobi",
  "Asia/Tehran",
  "Asia/Dubai",
  "Asia/Baku",
  "Europe/Samara",
  "Asia/Kabul",
  "Asia/Karachi",
  "Asia/Tashkent",
  "Asia/Yekaterinburg",
  "Asia/Almaty",
  "Asia/Kolkata",
  "Asia/Colombo",
  "Asia/Kathmandu",
  "Asia/Dhaka",
  "Asia/Bishkek",
  "Asia/Omsk",
  "Asia/Yangon",
  "Asia/Bangkok",
  "Asia/Ho_Chi_Minh",
  "Asia/Phnom_Penh",
  "Asia/Jakarta",
  "Asia/Novosibirsk",
  "Asia/Shanghai",
  "Asia/Taipei",
  "Asia/Hong_Kong",
  "Asia/Singapore",
  "Asia/Kuala_Lumpur",
  "Asia/Manila",
  "Asia/Irkutsk",
  "Australia/Perth",
  "Australia/Eucla",
  "Asia/Seoul",
  "Asia/Pyongyang",
  "Asia/Tokyo",
  "Asia/Yakutsk",
  "Australia/Darwin",
  "Australia/Adelaide",
  "Australia/Brisbane",
  "Australia/Sydney",
  "Asia/Vladivostok",
  "Pacific/Port_Moresby",
  "Australia/Lord_Howe",
  "Pacific/Noumea",
  "Asia/Magadan",
  "Pacific/Auckland",
  "Pacific/Fiji",
  "Asia/Kamchatka",
  "Pacific/Chatham",
  "Pacific/Tongatapu",
  "Pacific/Apia",
  "Pacific/Kiritimati",
] as const;

/** A stretch of time with one offset; from inclusive, to exclusive, in milliseconds. */
export interface ClockPeriod {
  from: number;
  to: number;
  offsetMinutes: number;
}

/** Zones whose clocks read the same over the whole span. */
export interface ClockGroup {
  zones: string[];
  periods: ClockPeriod[];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes east of UTC. @throws RangeError for a zone that the runtime does not know. */
export function offsetAt(zone: string, time: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  const text = format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** Shorter than the shortest stretch between two changes of any zone (Morocco's Ramadan). */
const STEP = 14 * DAY;

const changesByZone = new Map<string, { from: number; to: number; periods: ClockPeriod[] }>();

/** The zone's periods over at least [from, to); kept, since a calibration asks thousands of times. */
function periodsOf(zone: string, from: number, to: number): ClockPeriod[] {
  const known = changesByZone.get(zone);
  if (known !== undefined && known.from <= from && known.to >= to) return known.periods;
  const widened = { from: Math.min(from, known?.from ?? from), to: Math.max(to, known?.to ?? to) };
  const periods: ClockPeriod[] = [{ ...widened, offsetMinutes: offsetAt(zone, widened.from) }];
  for (let at = widened.from; at < widened.to; at += STEP) {
    const end = Math.min(at + STEP, widened.to);
    const before = periods.at(-1) as ClockPeriod;
    const offsetMinutes = offsetAt(zone, end);
    if (offsetMinutes === before.offsetMinutes) continue;
    before.to = changeBetween(zone, at, end, before.offsetMinutes);
    periods.push({ from: before.to, to: widened.to, offsetMinutes });
  }
  changesByZone.set(zone, { ...widened, periods });
  return periods;
}

/** The minute at which the clocks change, by halving. */
function changeBetween(zone: string, from: number, to: number, offsetBefore: number): number {
  let low = from;
  let high = to;
  while (high - low > MINUTE) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offsetBefore) low = middle;
    else high = middle;
  }
  return Math.round(high / MINUTE) * MINUTE;
}

/** All zones, grouped where no clock of theirs differs between the two times. */
export function clockGroups(from: number, to: number): ClockGroup[] {
  const groups = new Map<string, ClockGroup>();
  for (const zone of ZONES) {
    const periods = periodsOf(zone, from, to)
      .filter((period) => period.to > from && period.from <= to)
      .map((period) => ({ ...period, from: Math.max(from, period.from), to: Math.min(to, period.to) }));
    const key = JSON.stringify(periods);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { zones: [zone], periods });
    else group.zones.push(zone);
  }
  return [...groups.values()];
}

/** The offset of a clock at a time inside its periods; its nearest period's outside. */
export function clockOffset(periods: readonly ClockPeriod[], time: number): number {
  const period = periods.find(({ to }) => time < to) ?? periods.at(-1);
  if (period === undefined) throw new Error("a clock has at least one period");
  return period.offsetMinutes;
}

/** Index of the first of the ordered times that is not before `time`. */
export function firstAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the ordered times each period holds; what lies outside of all counts with the nearest. */
export function countsByPeriod(periods: readonly ClockPeriod[], times: Float64Array): number[] {
  const ends = periods.map(({ to }, index) =>
    index === periods.length - 1 ? times.length : firstAt(times, to),
  );
  return ends.map((end, index) => end - (ends[index - 1] ?? 0));
}
