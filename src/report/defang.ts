import { isAddress } from "../model/look-for.js";

/** A name, address, network or URL that no program takes for a link: `hxxp`, `[.]`, `[:]`. Hexadecimal fingerprints stay as they are. */
export function defang(value: string): string {
  return value
    .replace(/^http(s?):\/\//i, "hxxp$1[:]//")
    .replace(/(?<!\[)\.(?!\])/g, "[.]")
    .replace(/^[\da-f:[\].]*:[\da-f:[\].]*(?:\/\d+)?$/i, (address) =>
      address.replace(/(?<!\[):(?!\])/g, "[:]"),
    );
}

/** What could be a URL, a name or an address in running text. */
const TOKEN = /https?:\/\/[^\s"'<>]+|[\w-]+(?:\.[\w-]+)+|[\da-f]*(?::[\da-f]*){2,}/gi;

/** A sentence in which URLs, addresses, and the names given or anything below them are defanged; other words with dots stay. */
export function defangText(text: string, names: ReadonlySet<string>): string {
  return text.replace(TOKEN, (token) => (isLive(token, names) ? defang(token) : token));
}

function isLive(token: string, names: ReadonlySet<string>): boolean {
  if (/^https?:\/\//i.test(token) || isAddress(token)) return true;
  const labels = token.toLowerCase().split(".");
  return labels.some((_, at) => names.has(labels.slice(at).join(".")));
}
