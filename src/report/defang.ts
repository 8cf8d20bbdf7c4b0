import { isAddress } from "../model/look-for.js";

/** A name, address, network or URL that no program takes for a link: `hxxp`, `[.]`, `[:]`. Hexadecimal fingerprints stay as they are. */
export function defang(value: string): string {
  return value
    .replace(/^http(s?):\/\//i, "hxxp$1[:]//")
    .replace(/(?<!\[)\.(?!\])/g, "[.]")
    .replace(/^[\da-f:[\].]+(?:\/\d+)?$/i, (address) => address.replace(/(?<!\[):(?!\])/g, "[:]"));
}

/** What could be a URL, a name or an address in running text. Names and addresses are only tried where one can begin: a log may hold words of any length. */
const TOKEN = /https?:\/\/[^\s"'<>]+|(?<![\w-])[\w-]+(?:\.[\w-]+)+|(?<![\da-f:])[\da-f]*(?::[\da-f]*){2,}/gi;
/** Labels that a name of the DNS has at most (RFC 1035, 2.3.4: 255 octets). */
const MOST_LABELS = 127;

/** A sentence in which URLs, addresses, and the names given or anything below them are defanged; other words with dots stay. */
export function defangText(text: string, names: ReadonlySet<string>): string {
  return text.replace(TOKEN, (token) => (isLive(token, names) ? defang(token) : token));
}

function isLive(token: string, names: ReadonlySet<string>): boolean {
  if (/^https?:\/\//i.test(token) || isAddress(token)) return true;
  const labels = token.toLowerCase().split(".").slice(-MOST_LABELS);
  return labels.some((_, at) => names.has(labels.slice(at).join(".")));
}
