/**
 * Accounts and logons in the view `authentication`, in one form: Windows writes one domain as CONTOSO, contoso.local or CONTOSO.LOCAL, one
 * host with and without its domain, and one account as `user` or `user@DOMAIN`.
 */

/** Lower case; of the domain its first label, '' where it is not said. */
export interface AccountName {
  name: string;
  domain: string;
}

/** Of `DOMAIN\user`, `user@domain` or `user`. */
export function accountName(text: string): AccountName {
  const value = text.trim().toLowerCase();
  const cut = value.indexOf("\\");
  if (cut >= 0) return { domain: firstLabel(value.slice(0, cut)), name: value.slice(cut + 1) };
  const at = value.indexOf("@");
  return at > 0
    ? { domain: firstLabel(value.slice(at + 1)), name: value.slice(0, at) }
    : { domain: "", name: value };
}

/** Whether both may be one account: a domain that is not said rules nothing out. */
export function isSameAccount(a: AccountName, b: AccountName): boolean {
  return a.name === b.name && (a.domain === b.domain || a.domain === "" || b.domain === "");
}

/** The name of a host without its domain; an address stays as it is. */
export function hostName(text: string): string {
  const value = text.trim().toLowerCase().replace(/^\\\\/, "");
  return /^[\d.]+$|:/.test(value) ? value : firstLabel(value);
}

const firstLabel = (text: string): string => text.split(".", 1)[0] ?? "";

/** SQL of an {@link AccountName}'s name and domain. */
export const ACCOUNT_SQL = "lower(splitByChar('@', user_name)[1])";
export const DOMAIN_SQL = "lower(splitByChar('.', user_domain)[1])";
/** SQL of {@link hostName}, of the computer that wrote the event. */
export const HOST_SQL =
  "if(match(device_hostname, '^[0-9.]+$'), device_hostname, lower(splitByChar('.', toString(device_hostname))[1]))";

/**
 * SQL: where a logon came from: an address, else a host's name; the computer itself where neither is said, and where credentials were typed in on it (4648, whose
 * address is that of the server).
 */
export const SOURCE_SQL = `multiIf(metadata_event_code = 4648, ${HOST_SQL},
  src_endpoint_ip NOT IN (toIPv6('::'), toIPv6('::1'), toIPv6('127.0.0.1'), toIPv6('0.0.0.0')), replaceOne(toString(src_endpoint_ip), '::ffff:', ''),
  match(src_endpoint_hostname, '^[A-Za-z0-9]'), lower(splitByChar('.', src_endpoint_hostname)[1]), ${HOST_SQL})`;

/**
 * SQL: an account of people, or of a service that has one like people's. Not: computers (`$`), the system and its services (S-1-5-18 to 20, S-1-5-80), the font and
 * window drivers (S-1-5-90, S-1-5-96), nobody (S-1-5-7). Names of these are translated, security identifiers are not; where an event has none
 * (4648, 4776), the names that Windows does not translate must do.
 */
export const OF_PEOPLE_SQL = `(${ACCOUNT_SQL} NOT IN ('', '-') AND NOT endsWith(user_name, '$') AND NOT match(user_name, '^(DWM|UMFD)-[0-9]+$')
  AND (user_sid = '' OR startsWith(user_sid, 'S-1-5-21-') OR startsWith(user_sid, 'S-1-12-1-') OR user_sid IN ('-', 'S-1-0-0')))`;

/** Logon types by which a person or a program acts from a desk, over the network or with typed credentials: not services (5), batch jobs (4) or start-up (0). */
const BY_HAND = "logon_type IN (2, 3, 7, 8, 9, 10, 11, 12, 13)";

/**
 * SQL: events that show an account in use: logon to a host (4624), with credentials typed in for it (4648), a session taken up again (4778), and what a domain
 * controller sees of a logon elsewhere (4768 ticket, 4776 NTLM). Service tickets follow in numbers that programs choose, and are left out.
 */
export const IN_USE_SQL = `((metadata_event_code = 4624 AND ${BY_HAND}) OR metadata_event_code IN (4648, 4768, 4776, 4778))`;

/** SQL: logons of services and scheduled tasks. */
export const SERVICE_LOGON_SQL = "(metadata_event_code = 4624 AND logon_type IN (4, 5))";
