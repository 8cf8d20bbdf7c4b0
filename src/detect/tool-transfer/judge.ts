import { plural } from "../../kernel/plural.js";
import { DAY, HOUR } from "../../kernel/time.js";
import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import type { Seen } from "./files.js";
import { lists } from "./lists.js";
import type { Server } from "./servers.js";
import type { Transfers } from "./transfers.js";

/** How much each trait takes of what is left to doubt: score = (1 − Π(1 − weight × value)) × (1 − 0.8 × routine). */
export const WEIGHT = {
  content: 0.15,
  name: 0.35,
  address: 0.3,
  port: 0.15,
  client: 0.25,
  webdav: 0.25,
  "both ways": 0.35,
  certificate: 0.2,
  rare: 0.15,
  new: 0.15,
  routine: 0.8,
};
type Trait = keyof typeof WEIGHT;

/** Least scores for low, medium, high, critical. Never critical: what the file does is not known. */
const LADDER: readonly [number, number, number, number] = [0.4, 0.55, 0.75, 1.1];

/** Traits that are independent of each other, and of what kind of file it is. Of a server within our own network that it has no name is none: many have none. */
const SIGNS: readonly Trait[] = ["name", "address", "port", "client", "webdav", "both ways", "certificate"];
/** From this value on a trait is a sign. */
const SIGN = 0.5;
/** Signs with a server outside that medium and high take. */
const OUTSIDE_SIGNS = { medium: 2, high: 4 };

/** What is known beside the transfers themselves. */
export interface Circumstances {
  server: Server;
  /** Hosts of ours in the address plan that contact anybody. */
  hosts: number;
  /** When logs of the address plan begin; undefined where nobody says. */
  began: number | undefined;
  /** Transfers the other way, of anybody with this server, the nearest in time. */
  opposite: Transfers | undefined;
  file: Seen | undefined;
}

export interface Limits {
  insideSigns: number;
  windowDays: number;
  newHours: number;
  routineDays: number;
  commonHosts: number;
  commonShare: number;
}

export interface Judged {
  transfers: Transfers;
  circumstances: Circumstances;
  components: ScoreComponent[];
  signs: string[];
  score: number;
  /** `informational`: not to be told. */
  severity: Severity;
}

interface Worth {
  value: number;
  words: string;
}

export function judge(transfers: Transfers, circumstances: Circumstances, limits: Limits): Judged {
  const worths: Record<Trait, Worth> = {
    content: contentOf(transfers),
    name: nameOf(transfers, circumstances.file),
    address: addressOf(transfers),
    port: portOf(transfers),
    client: clientOf(transfers),
    webdav: webdavOf(transfers),
    "both ways": bothWays(transfers, circumstances, limits),
    certificate: certificateOf(transfers, circumstances, limits),
    rare: rareOf(circumstances, limits),
    new: newOf(transfers, circumstances, limits),
    routine: { value: 0, words: "" },
  };
  worths.routine = routineOf(transfers, circumstances, limits, worths.name.value);
  const traits = Object.keys(WEIGHT) as Trait[];
  const components = traits.map((name) => ({
    name,
    value: Math.round(worths[name].value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning: worths[name].words,
  }));
  const doubt = traits
    .filter((name) => name !== "routine")
    .reduce((rest, name) => rest * (1 - WEIGHT[name] * worths[name].value), 1);
  const score = Math.round((1 - doubt) * (1 - WEIGHT.routine * worths.routine.value) * 1000) / 1000;
  const signs = SIGNS.filter(
    (name) => worths[name].value >= SIGN && !(name === "address" && transfers.inside),
  );
  const most = mostSevere(transfers, signs, limits);
  const severity = SEVERITIES[Math.min(severityRank(severityOf(score, LADDER)), severityRank(most))];
  return { transfers, circumstances, components, signs, score, severity: severity ?? "informational" };
}

/** Scripts fetch programs from servers with names every day: there a tool by itself is nothing to tell. What nobody knows to be a program is at most low. */
function mostSevere(
  { inside, way, form }: Transfers,
  signs: readonly Trait[],
  { insideSigns }: Limits,
): Severity {
  const count = signs.length;
  if (inside && form === "unknown") return "informational";
  if (inside) return count >= insideSigns ? "medium" : count >= insideSigns - 1 ? "low" : "informational";
  if (form === "unknown") return "low";
  if (count >= OUTSIDE_SIGNS.high) return "high";
  if (count >= OUTSIDE_SIGNS.medium) return "medium";
  const isOnlyTool = way === "fetch" && signs[0] === "client";
  return count === 0 || isOnlyTool ? "informational" : "low";
}

function contentOf({ form }: Transfers): Worth {
  switch (form) {
    case "program":
      return { value: 1, words: "It is a program, by its content." };
    case "archive":
      return { value: 1, words: "It is an archive, by its content." };
    case "script":
      return { value: 0.5, words: "It is a script, by its content." };
    case "named program":
      return { value: 0.7, words: "It is a program, by its name alone." };
    case "named archive":
      return { value: 0.7, words: "It is an archive, by its name alone." };
    case "unknown":
      return { value: 0.3, words: "It is a large file, and nothing says of what kind." };
  }
}

/** Servers with names deliver programs under addresses of all kinds (`/download/latest`): there a missing extension is no sign. */
function nameOf({ promise, bare, form }: Transfers, file: Seen | undefined): Worth {
  if (promise !== "fits" && file !== undefined && isProgramName(file.name))
    return { value: 0, words: `The server says that the file is called ${file.name}.` };
  switch (promise) {
    case "other":
      return { value: 1, words: "Its name says that it is something else." };
    case "nothing":
      return { value: bare ? 0.6 : 0.4, words: "Its name has no extension." };
    case "packed":
      return { value: 0.6, words: "Its name is that of an archive." };
    case "fits":
      return {
        value: 0,
        words: form.startsWith("named") ? "Its name says what it is." : "Its name hides nothing.",
      };
  }
}

function isProgramName(name: string): boolean {
  const { programs, scripts } = lists().extensions;
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return programs.includes(extension) || scripts.includes(extension);
}

function addressOf({ bare, inside }: Transfers): Worth {
  if (!bare) return { value: 0, words: "The server was called by a name." };
  return inside
    ? { value: 0.5, words: "The server, one of our own network, was called by its address." }
    : { value: 1, words: "The server was called by its address." };
}

const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);
/** IANA's alternatives and what proxies, application servers and WSUS listen on. */
const OTHER_WEB_PORTS: ReadonlySet<number> = new Set([
  591, 3128, 8000, 8008, 8080, 8081, 8088, 8443, 8530, 8531,
]);

/** A server with a name on another port is a service; port 0 is what the log does not know. */
function portOf({ port, bare }: Transfers): Worth {
  if (!bare || port === 0 || WEB_PORTS.has(port)) return { value: 0, words: "Its port says nothing." };
  return OTHER_WEB_PORTS.has(port)
    ? { value: 0.5, words: `It listens on port ${port}.` }
    : { value: 1, words: `It listens on port ${port}, which is no web server's.` };
}

function clientOf({ agent, example }: Transfers): Worth {
  switch (agent) {
    case "none":
      return { value: 1, words: "The client does not say what it is." };
    case "tool":
      return { value: 0.7, words: `The client is a tool: ${example.agent.slice(0, 80)}.` };
    case "unknown":
      return { value: 0, words: "The log does not say what the client is." };
    default:
      return { value: 0, words: "The client is no tool for scripts." };
  }
}

function webdavOf({ agent, bare, inside }: Transfers): Worth {
  if (agent !== "webdav") return { value: 0, words: "It did not go by WebDAV." };
  if (!bare) return { value: 0, words: "It went by WebDAV to a server with a name." };
  return {
    value: inside ? 0.6 : 1,
    words: "It went by WebDAV, as a drive of the host, to a server without a name.",
  };
}

function bothWays(
  { first, last, way, client }: Transfers,
  { opposite }: Circumstances,
  limits: Limits,
): Worth {
  const none = { value: 0, words: "The server was not seen to give programs and take archives." };
  if (opposite === undefined) return none;
  const gap = Math.max(0, opposite.first - last, first - opposite.last);
  if (gap > limits.windowDays * DAY) return none;
  const other = way === "fetch" ? "takes archives" : "gives programs";
  return opposite.client === client
    ? { value: 1, words: `The server ${other} as well, with the same host.` }
    : { value: 0.7, words: `The server ${other} as well, with another host.` };
}

/** Devices within a network vouch for themselves; an address for a server name is no browser's there either. */
function certificateOf(
  { inside, first, last }: Transfers,
  { server: { certificate } }: Circumstances,
  limits: Limits,
): Worth {
  const window = limits.windowDays * DAY;
  if (certificate === undefined || certificate.first > last + window || certificate.last < first - window)
    return { value: 0, words: "No certificate of its own making was seen." };
  const { handshakes, ports, addressAsName } = certificate;
  const words = `It speaks TLS with a certificate of its own making (${plural(handshakes, "handshake")}, port ${ports.join(", ")})`;
  if (addressAsName > 0) return { value: 1, words: `${words}, with an address where a name belongs.` };
  return { value: inside ? 0.3 : 0.6, words: `${words}.` };
}

/** In a small network that few use a server says little. */
function rareOf({ server: { clients }, hosts }: Circumstances, { commonHosts }: Limits): Worth {
  const few = clients <= 1 ? 1 : clients <= 3 ? 0.7 : 0;
  const value = hosts >= 4 * commonHosts ? few : few / 2;
  return { value, words: `${plural(clients, "host")} of our ${hosts} used the server.` };
}

function newOf({ first }: Transfers, { server, began }: Circumstances, limits: Limits): Worth {
  if (began === undefined || !Number.isFinite(server.met) || server.met - began < limits.windowDays * DAY)
    return { value: 0, words: "The logs are too young to say whether the server is new here." };
  const hours = (first - server.met) / HOUR;
  return hours <= limits.newHours
    ? { value: 1, words: "Nobody here had met the server before that day." }
    : { value: 0, words: `The server had been met ${plural(Math.floor(hours / 24), "day")} before.` };
}

/**
 * What many hosts do, and what a host does for days or with a server that has been here for weeks. Intruders who stay have habits as well: with a server outside that has no name, or whose
 * files have false ones, habit counts a quarter; and there a false name is nobody's custom, so that many hosts count half.
 */
function routineOf(
  { days, client, first, bare, inside }: Transfers,
  { server, hosts }: Circumstances,
  limits: Limits,
  falseName: number,
): Worth {
  const daily = Math.min(1, (days - 1) / Math.max(1, limits.routineDays - 1));
  const isOld = Number.isFinite(server.met) && first - server.met >= 2 * limits.windowDays * DAY;
  const known = isOld || server.daysOf(client) >= 2 * limits.routineDays ? 0.5 : 0;
  const common =
    server.clients <= 3
      ? 0
      : Math.min(1, server.clients / Math.max(limits.commonHosts, limits.commonShare * hosts));
  const isFalse = !inside && falseName >= 1;
  const habit = Math.max(daily, known) / (!inside && (bare || isFalse) ? 4 : 1);
  const custom = common / (isFalse ? 2 : 1);
  if (habit === 0 && custom === 0) return { value: 0, words: "Nothing of the kind is usual here." };
  if (custom >= habit)
    return { value: custom, words: `${plural(server.clients, "host")} of ours used the server.` };
  return {
    value: habit,
    words:
      daily >= known ? `The same host does so on ${days} days.` : "The server has been in use here for long.",
  };
}
