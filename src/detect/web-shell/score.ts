import { DAY } from "../../kernel/time.js";
import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import { commandTraits } from "../shared/command-line.js";
import { clamp } from "../shared/robust.js";
import { writableValue } from "../shared/windows-path.js";
import type { Command } from "./commands.js";
import type { Script } from "./files.js";
import { say } from "./messages.js";
import type { Page, Site } from "./pages.js";
import { baseName, isScript, isWebServer } from "./web-server.js";

/** How much each sign takes of what is left to doubt: score = 1 − Π (1 − weight × value). */
export const WEIGHT = {
  clients: 0.15,
  agents: 0.1,
  orphan: 0.15,
  new: 0.25,
  posts: 0.2,
  asked: 0.65,
  tunnel: 0.65,
  file: 0.5,
  compiled: 0.2,
  started: 0.7,
};
type Sign = keyof typeof WEIGHT;

/** Least scores for low, medium, high, critical. */
const LADDER: readonly [number, number, number, number] = [0.4, 0.48, 0.65, 0.9];

export interface Limits {
  newDays: number;
  tunnelRequests: number;
  tunnelRate: number;
  deployedFiles: number;
  habitDays: number;
}

const component = (name: Sign, value: number, meaning: string): ScoreComponent => ({
  name,
  value: Math.round(clamp(value) * 1000) / 1000,
  weight: WEIGHT[name],
  meaning,
});

export function scoreOf(components: readonly ScoreComponent[]): number {
  const doubt = components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1);
  return Math.round((1 - doubt) * 1000) / 1000;
}

const speaks = (components: readonly ScoreComponent[], ...names: Sign[]): boolean =>
  components.some(({ name, value }) => (names as string[]).includes(name) && value >= 0.5);

/**
 * How a page is asked for, and that a file appeared, are medium at most: new interfaces between programs look so. More needs a command, a tunnel, or a file and requests for it together; critical needs
 * what the server started and one of the other two sides.
 */
export function severityFor(components: readonly ScoreComponent[]): Severity {
  const reached = severityOf(scoreOf(components), LADDER);
  const sides = [
    speaks(components, "posts", "asked", "tunnel"),
    speaks(components, "file"),
    speaks(components, "started"),
  ].filter(Boolean).length;
  const most: Severity =
    sides >= 2
      ? speaks(components, "started")
        ? "critical"
        : "high"
      : speaks(components, "asked", "tunnel", "started")
        ? "high"
        : "medium";
  return SEVERITIES[Math.min(severityRank(reached), severityRank(most))] ?? "informational";
}

/** What the requests for a page say. A page that is no script counts half: interfaces of programs have such names; so does one whose users log in. */
export function pageComponents(page: Page, site: Site | undefined, limits: Limits): ScoreComponent[] {
  const doubt = (isScript(page.page) ? 1 : 0.5) * (page.loggedIn * 2 > page.requests ? 0.5 : 1);
  const [orphan, orphanMeaning] = orphanOf(page, site);
  const [fresh, newMeaning] = newOf(page, site, limits);
  // Interfaces between programs are sent to as long as the log goes back.
  const posts =
    (page.posts / Math.max(1, page.requests)) * Math.min(1, page.posts / 5) * (fresh < 0.1 ? 0.3 : 1);
  const tunnel = tunnelOf(page, limits);
  const agents =
    site === undefined || site.withAgent === 0 ? 0.5 : page.agents <= 1 ? 1 : page.agents === 2 ? 0.5 : 0;
  return [
    component(
      "clients",
      doubt * rarity(page, site),
      say("web-shell.clients-server-given-page", page.clients, site?.clients ?? 0),
    ),
    component(
      "agents",
      doubt * agents,
      site === undefined || site.withAgent === 0
        ? say("web-shell.log-has-no-user")
        : say("web-shell.asked-user-agents", page.agents),
    ),
    component("orphan", doubt * orphan, orphanMeaning),
    component("new", doubt * fresh, newMeaning),
    component(
      "posts",
      doubt * posts,
      say("web-shell.requests-sent-something-post", page.posts, page.requests),
    ),
    component(
      "asked",
      page.commands === 0 ? 0 : Math.min(1, 0.7 + 0.1 * page.commands),
      page.commands === 0
        ? say("web-shell.no-query-has-command")
        : say("web-shell.queries-have-commands-operating", page.commands),
    ),
    component("tunnel", tunnel.value, tunnel.meaning),
  ];
}

function rarity({ clients }: Page, site: Site | undefined): number {
  if (site === undefined || site.clients < 10) return 0.5;
  return 1 - Math.log2(Math.max(1, clients)) / Math.log2(site.clients);
}

function orphanOf(page: Page, site: Site | undefined): [number, string] {
  if (site === undefined || site.withReferrer === 0)
    return [0.5, "The log has no referrers: whether a page leads to it is not known."];
  const share = page.referred / Math.max(1, page.requests);
  return [1 - Math.min(1, share * 4), `Another page led to ${page.referred} of ${page.requests} requests.`];
}

function newOf(page: Page, site: Site | undefined, { newDays }: Limits): [number, string] {
  // Who finds a page missing and then finds it was there when it was made.
  if (page.firstStatus === 404)
    return [1, "The server did not have the page when it was first asked for it."];
  if (site === undefined || site.last - site.first < DAY)
    return [0.5, "The server's log is too short to say what is new."];
  const after = (page.first - site.first) / DAY;
  return [
    after / newDays,
    `First answered ${Math.round(after * 10) / 10} days after the server's log begins.`,
  ];
}

function tunnelOf(page: Page, { tunnelRequests, tunnelRate }: Limits): { value: number; meaning: string } {
  const rate = page.requests / Math.max(1, page.minutes);
  const steady =
    page.requests >= tunnelRequests
      ? clamp(Math.log(Math.max(1, rate / tunnelRate)) / Math.log(3) + 0.01)
      : 0;
  const isFast = page.requests >= tunnelRequests && rate >= tunnelRate;
  const own =
    page.clients <= 3 &&
    page.referred * 4 <= page.requests &&
    page.loggedIn * 2 <= page.requests &&
    isScript(page.page);
  const sends = page.posts / Math.max(1, page.requests) >= 0.2 ? 1 : 0;
  const asks = page.tunnelling > 0;
  const rhythm = `${page.requests} requests, ${Math.round(rate)} in each active minute, with ${page.queries} different queries`;
  if (asks && isFast && own)
    return { value: 1, meaning: say("web-shell.queries-ask-tunnel", page.tunnelling, rhythm) };
  if (asks && own)
    return { value: 0.7, meaning: say("web-shell.queries-ask-tunnel", page.tunnelling, rhythm) };
  if (isFast && own && sends > 0)
    return { value: 0.4 + 0.4 * steady, meaning: say("web-shell.requests-follow-one-another", rhythm) };
  return { value: 0, meaning: say("web-shell.neither-its-queries-nor") };
}

/** Programs that run what a web server hands them, and what intruders bring files with. */
const SHELLS = new Set([
  "cmd.exe",
  "powershell.exe",
  "pwsh.exe",
  "wscript.exe",
  "cscript.exe",
  "mshta.exe",
  "sh",
  "bash",
  "dash",
  "zsh",
]);
const TOOLS = new Set(
  "whoami.exe systeminfo.exe ipconfig.exe net.exe net1.exe netstat.exe tasklist.exe nltest.exe quser.exe query.exe qwinsta.exe hostname.exe arp.exe nslookup.exe wmic.exe dsquery.exe certutil.exe bitsadmin.exe reg.exe sc.exe schtasks.exe procdump.exe procdump64.exe rar.exe appcmd.exe whoami id uname ifconfig netstat wget curl nc ncat socat".split(
    " ",
  ),
);
/** China Chopper's frame, and what asks where one has come to. */
const LOOKS_AROUND =
  /\bwhoami\b|\bsysteminfo\b|\bip(?:config|addr)\b|\bifconfig\b|\bnet1?(?:\.exe)?"?\s+(?:user|group|localgroup|view|share|use|accounts|time)\b|\bnetstat\b|\btasklist\b|\bnltest\b|\bquser\b|\bquery\s+user\b|\bwmic\b|\barp\s+-a\b|\bdsquery\b|\buname\s+-|\bcat\s+\/etc\/|&\s*echo\s+\[\w+\]/i;

/** What one command that a web server started says, 0..1. */
export function commandValue(
  { program, command, days }: Pick<Command, "program" | "command" | "days">,
  { habitDays }: Limits,
): number {
  const name = baseName(program);
  const traits = commandTraits(command);
  const isGrave = LOOKS_AROUND.test(command) || traits.deed >= 0.8;
  const isBareShell = SHELLS.has(name) && /^"?[^"\s]*"?$/.test(command.trim());
  const value = isGrave
    ? 1
    : TOOLS.has(name)
      ? 0.8
      : isBareShell
        ? 0.8
        : SHELLS.has(name)
          ? 0.5
          : program.includes("\\") && writableValue(program) >= 1
            ? 0.7
            : 0.2;
  return days >= habitDays ? value * (isGrave ? 0.7 : 0.3) : value;
}

export function commandComponent(commands: readonly Command[], limits: Limits): ScoreComponent {
  const values = commands.map((each) => commandValue(each, limits));
  const grave = values.filter((value) => value >= 0.5).length;
  const value = Math.max(0, ...values) + (grave > 1 ? 0.1 * (grave - 1) : 0);
  return component(
    "started",
    value,
    commands.length === 0
      ? say("web-shell.nothing-known-web-server")
      : say("web-shell.web-server-process-or", commands.length, grave),
  );
}

const WRITERS = new Set([
  "cmd.exe",
  "powershell.exe",
  "pwsh.exe",
  "certutil.exe",
  "bitsadmin.exe",
  "curl.exe",
  "wget.exe",
  "wscript.exe",
  "cscript.exe",
  "mshta.exe",
  "sh",
  "bash",
  "wget",
  "curl",
]);
/** Exchange writes mailboxes and address books where it is told to (CVE-2021-34473, CVE-2021-27065). */
const EXCHANGE = /^(?:msexchange|um(?:workerprocess|service)\.exe)/;
/** Applications keep compiled templates where they write themselves. */
const CACHE = /[\\/](?:cache|caches|templates_c|compiled|twig|smarty|framework[\\/]views|sessions?)[\\/]/i;
const ODD_FOLDER =
  /[\\/](?:aspnet_client|owa[\\/]auth|ecp[\\/]auth|images?|img|uploads?|files|temp|tmp|css|fonts|js)[\\/]/i;

export function scriptValue(
  { path, by, around }: Pick<Script, "path" | "by" | "around">,
  { deployedFiles }: Limits,
): number {
  const writer = baseName(by);
  const base = EXCHANGE.test(writer)
    ? 1
    : WRITERS.has(writer)
      ? 0.9
      : isWebServer(by)
        ? 0.8
        : writer === "system"
          ? 0.7
          : by.includes("\\") && writableValue(by) >= 1
            ? 0.8
            : 0.2;
  const value = Math.min(1, base + (ODD_FOLDER.test(path) ? 0.2 : 0));
  return value * (around >= deployedFiles ? 0.2 : 1) * (CACHE.test(path) ? 0.2 : 1);
}

export function scriptComponent(script: Script | undefined, limits: Limits): ScoreComponent {
  if (script === undefined) return component("file", 0, say("web-shell.no-event-says-when"));
  const over =
    baseName(script.by) === "system"
      ? "the system process, so over the network"
      : script.by || "a program that the event does not name";
  const many =
    script.around >= limits.deployedFiles
      ? `, with ${script.around} scripts in that hour: rather deployed`
      : "";
  return component("file", scriptValue(script, limits), say("web-shell.written-by", script.path, over, many));
}

export function compiledComponent(isCompiled: boolean): ScoreComponent {
  return component(
    "compiled",
    isCompiled ? 1 : 0,
    isCompiled ? say("web-shell.asp-net-compiled-page") : say("web-shell.nothing-says-page-compiled"),
  );
}
