import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { mailTime } from "./times.js";

/** A field of a message's head: its name in lower case, and its value on one line. */
export interface HeadField {
  key: string;
  value: string;
}

/** The way of a message, as the servers that passed it on say it: the last of them stands first. */
export interface Trace {
  /** When the last server took it, milliseconds UTC. */
  received: number | undefined;
  /** Addresses that handed it on, the last first. */
  addresses: string[];
  /** The first of them, from our side, that is no private one; '' where there is none. */
  outside: string;
  /** What that machine called itself. */
  hello: string;
}

/** Values of a field are looked at so far: an expression must not have to read a megabyte. */
const LONGEST = 8192;
const MOST_HOPS = 50;

/** RFC 5321, section 4.4: `from HELO (name [address]) by … ; time`. Each server puts its own above those that were there. */
export function traceOf(fields: readonly HeadField[]): Trace {
  const hops = fields
    .filter(({ key }) => key === "received")
    .slice(0, MOST_HOPS)
    .map(({ value }) => hopOf(value.slice(0, LONGEST)));
  const known = hops.filter(({ address }) => address !== "");
  const border = known.find(({ address }) => isPublic(address));
  return {
    received: hops.find(({ time }) => time !== undefined)?.time,
    addresses: known.map(({ address }) => address),
    outside: border?.address ?? "",
    hello: border?.hello ?? "",
  };
}

interface Hop {
  address: string;
  hello: string;
  time: number | undefined;
}

function hopOf(value: string): Hop {
  const time = mailTime(value.slice(value.lastIndexOf(";") + 1));
  const by = value.search(/(?:^|\s)by\s/i);
  const from = by < 0 ? value : value.slice(0, by);
  if (!/^\s*from\s/i.test(from)) return { address: "", hello: "", time };
  // Whoever connects chooses what stands first; the server adds the address behind it.
  const address = (from.match(/[0-9A-Fa-f:.]{2,45}/g) ?? []).filter((each) => isIP(bare(each)) !== 0).at(-1);
  const hello = /^\s*from\s+(\S{1,255})/i.exec(from)?.[1] ?? "";
  return { address: address === undefined ? "" : bare(address), hello, time };
}

/** `IPv6:2001:db8::1` leaves a colon before the address. */
const bare = (text: string): string => (/^:[^:]/.test(text) ? text.slice(1) : text);

/** Ranges of networks that are not the Internet. */
const LOCAL = new Set(["private", "uniqueLocal", "carrierGradeNat", "linkLocal", "loopback", "unspecified"]);

function isPublic(address: string): boolean {
  return !LOCAL.has(ipaddr.process(address).range());
}

/** What a server of ours found out about the sender: results as RFC 8601 spells them (`pass`, `fail`, `softfail`, `none`, …), '' where it says nothing. */
export interface Authentication {
  /** Who says so; '' where the field does not name it. */
  server: string;
  spf: string;
  dkim: string;
  dmarc: string;
}

/**
 * Of the outermost `Authentication-Results` (RFC 8601): the one nearest to the top, which the last server that checked has written. Others count only where the same
 * server wrote them and no `Received` stands between: what lies below may be the sender's own. `Received-SPF` (RFC 7208) says what this one leaves open, on the same terms.
 * A server that checks nothing leaves the sender's field outermost: a pass is therefore no proof of anything, and nothing here takes it for one.
 */
export function authenticationOf(fields: readonly HeadField[]): Authentication {
  const found: Authentication = { server: "", spf: "", dkim: "", dmarc: "" };
  const at = fields.findIndex(({ key }) => key === "authentication-results");
  if (at >= 0) {
    const first = resultsOf(fields[at]?.value ?? "");
    found.server = first.server;
    for (const { key, value } of fields.slice(at)) {
      if (key === "received") break;
      if (key !== "authentication-results") continue;
      const { server, results } = resultsOf(value);
      if (server === first.server) for (const [method, result] of results) note(found, method, result);
    }
  }
  const spf = fields.findIndex(({ key }) => key === "received-spf");
  if (found.spf === "" && spf >= 0)
    found.spf = /^\s*([a-z]{2,12})\b/i.exec(fields[spf]?.value ?? "")?.[1]?.toLowerCase() ?? "";
  return found;
}

/** A message can have several signatures: one that holds is enough. */
function note(found: Authentication, method: string, result: string): void {
  if (method !== "spf" && method !== "dkim" && method !== "dmarc") return;
  if (found[method] === "" || (method === "dkim" && result === "pass")) found[method] = result;
}

function resultsOf(value: string): { server: string; results: [string, string][] } {
  const plain = withoutComments(value.slice(0, LONGEST));
  const [head = ""] = plain.split(";", 1);
  // Exchange Online leaves its name out: results stand there.
  const server = head.includes("=") ? "" : (/\S+/.exec(head)?.[0] ?? "").slice(0, 255).toLowerCase();
  return {
    server,
    results: [...plain.matchAll(/(?:^|[;\s])(spf|dkim|dmarc)\s{0,4}=\s{0,4}([a-z]{2,12})\b/gi)].map(
      ([, method = "", result = ""]): [string, string] => [method.toLowerCase(), result.toLowerCase()],
    ),
  };
}

/** Comments hold what senders chose. One that does not end takes the rest. */
function withoutComments(text: string): string {
  let plain = "";
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth === 0) plain += character;
  }
  return plain;
}
