const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Zones that RFC 5322 (section 4.3) still has names for, as hours from UTC. Others count as UTC, as it says. */
const ZONES: Readonly<Record<string, number>> = {
  ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
};

const MAIL_TIME =
  /\b(\d{1,2})[ \t-]+([A-Za-z]{3})[A-Za-z]*[ \t-]+(\d{2,4})[ \t]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[ \t]+([+-]\d{4}|[A-Z]{1,4}))?/;
const ASCTIME =
  /\b([A-Z][a-z]{2})[ ]+(\d{1,2})[ ]+(\d{1,2}):(\d{2})(?::(\d{2}))?[ ]+(?:([+-]\d{4}|[A-Z]{3,4})[ ]+)?(\d{4})(?:[ ]+([+-]\d{4}))?/;

/** Milliseconds UTC of a `Date` field or of the time behind the `;` of a `Received` field; undefined where it is none. Without a zone it is UTC. */
export function mailTime(text: string): number | undefined {
  const [, day, month, year, hour, minute, second, zone] = MAIL_TIME.exec(text) ?? [];
  return time(year, month, day, hour, minute, second, zone);
}

/** Milliseconds UTC of the line that begins a message in an mbox. */
export function separatorTime(line: string): number | undefined {
  const [, month, day, hour, minute, second, before, year, behind] = ASCTIME.exec(line) ?? [];
  return time(year, month, day, hour, minute, second, before ?? behind);
}

function time(
  year: string | undefined,
  month: string | undefined,
  ...rest: (string | undefined)[]
): number | undefined {
  const [day, hour, minute, second = "0", zone = ""] = rest;
  const at = MONTHS.indexOf(month?.toLowerCase() ?? "");
  if (year === undefined || at < 0) return undefined;
  const parts = [day, hour, minute, second].map(Number) as [number, number, number, number];
  if (parts[0] > 31 || parts[1] > 23 || parts[2] > 59 || parts[3] > 60) return undefined;
  // RFC 5322, section 4.3: years of two and three digits.
  const said = Number(year);
  const full =
    year.length > 3 ? said : year.length === 3 ? said + 1900 : said < 50 ? said + 2000 : said + 1900;
  return Date.UTC(full, at, ...parts) - offset(zone);
}

function offset(zone: string): number {
  if (!/^[+-]\d{4}$/.test(zone)) return (ZONES[zone] ?? 0) * 3_600_000;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
