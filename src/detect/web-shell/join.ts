import { groupBy } from "../../kernel/group-by.js";
import { DAY, MINUTE } from "../../kernel/time.js";
import type { ScoreComponent, Severity } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { HostOwners } from "../shared/host-owners.js";
import type { Command } from "./commands.js";
import type { Compiled, Script } from "./files.js";
import { type Page, type Site, siteKey } from "./pages.js";
import {
  commandComponent,
  commandValue,
  compiledComponent,
  type Limits,
  pageComponents,
  scoreOf,
  scriptComponent,
  scriptValue,
  severityFor,
} from "./score.js";
import { baseName } from "./web-server.js";

/** Everything that is known of one page of one host; of commands without a page, the host alone. */
export interface Suspect {
  realm: string;
  owner: string;
  /** '' where only the server's address or name is known. */
  host: string;
  pages: Page[];
  script: Script | undefined;
  compiled: Compiled | undefined;
  commands: Command[];
}

export interface Judged extends Suspect {
  components: ScoreComponent[];
  score: number;
  severity: Severity;
}

export interface Evidence {
  pages: readonly Page[];
  sites: ReadonlyMap<string, Site>;
  scripts: readonly Script[];
  compiled: readonly Compiled[];
  commands: readonly Command[];
}

/** A script is only tied to commands if it is more than what an editor saved. */
const TELLING = 0.3;

/** Joins pages, files and commands: a page and a file by name and host, commands to the page of their host that was asked for, or written, just before. */
export function suspects(
  context: Pick<DetectContext, "hosts" | "directory">,
  owners: HostOwners,
  evidence: Evidence,
  limits: Limits,
): Suspect[] {
  const { scripts, compiled, commands } = evidence;
  const hostOf = (page: Page) => context.hosts.hostAt(page.realm, page.server, page.first)?.host ?? "";
  const same = (realm: string, a: string, b: string) =>
    a !== "" && context.hosts.nameOf(realm, a) === context.hosts.nameOf(realm, b);
  const compiledBy = groupBy(compiled, ({ realm, host, page }) => nameKey(realm, host, page));
  const found: Suspect[] = scripts.map((script) => ({
    realm: script.realm,
    owner: script.owner,
    host: script.host,
    pages: [],
    script,
    compiled: (compiledBy.get(nameKey(script.realm, script.host, baseName(script.path))) ?? []).find(
      ({ at }) => at >= script.written && at - script.written <= DAY,
    ),
    commands: [],
  }));
  const byName = groupBy(found, ({ realm, script }) => JSON.stringify([realm, baseName(script?.path ?? "")]));
  const ofPage = groupBy(evidence.pages, ({ realm, server, page }) =>
    JSON.stringify([realm, server, page.toLowerCase()]),
  );
  for (const pages of ofPage.values()) {
    const [page] = pages as [Page, ...Page[]];
    const host = hostOf(page);
    const named = byName.get(JSON.stringify([page.realm, baseName(page.page)])) ?? [];
    // Of a server whose address no host is known to have had, one file of that name in all is enough.
    const match =
      host === ""
        ? named.length === 1
          ? named[0]
          : undefined
        : named.find((each) => same(page.realm, host, each.host));
    if (
      match !== undefined &&
      match.pages.length === 0 &&
      pages.some(({ last }) => last >= (match.script?.written ?? 0))
    )
      match.pages = pages;
    else
      found.push({
        realm: page.realm,
        owner: ownerOf(context, owners, page),
        host,
        pages,
        script: undefined,
        compiled: undefined,
        commands: [],
      });
  }
  const byHost = groupBy(
    found.filter(({ host }) => host !== ""),
    ({ realm, host }) => JSON.stringify([realm, context.hosts.nameOf(realm, host)]),
  );
  const onHosts = groupBy(commands, ({ realm, owner, host }) => JSON.stringify([realm, owner, host]));
  for (const own of onHosts.values()) {
    const [{ realm, owner, host }] = own as [Command, ...Command[]];
    const grave = own.filter((each) => commandValue(each, limits) >= 0.5);
    const start = Math.min(...(grave.length > 0 ? grave : own).map((each) => each.start));
    const ties = (byHost.get(JSON.stringify([realm, context.hosts.nameOf(realm, host)])) ?? [])
      .map((suspect) => ({ suspect, apart: apartFrom(suspect, start, limits) }))
      .filter(({ apart }) => apart !== undefined)
      .sort((a, b) => (a.apart ?? 0) - (b.apart ?? 0));
    const tied = ties[0]?.suspect;
    if (tied === undefined)
      found.push({ realm, owner, host, pages: [], script: undefined, compiled: undefined, commands: own });
    else tied.commands.push(...own);
  }
  return found;
}

const nameKey = (...parts: string[]): string => JSON.stringify(parts);

/** Milliseconds from what is known of a page to the first command; undefined where they have nothing to do with each other. */
function apartFrom({ script, pages }: Suspect, start: number, limits: Limits): number | undefined {
  const asked = pages.filter(
    ({ first, last, clients }) => clients <= 3 && start >= first - MINUTE && start <= last + MINUTE,
  );
  if (asked.length > 0) return Math.max(0, start - Math.max(...asked.map(({ first }) => first)));
  if (script === undefined || scriptValue(script, limits) < TELLING) return undefined;
  const after = start - script.written;
  return after >= -MINUTE && after <= DAY ? Math.max(0, after) : undefined;
}

function ownerOf(
  { directory }: Pick<DetectContext, "directory">,
  owners: HostOwners,
  { realm, server, first }: Page,
): string {
  return owners.ofRealm(realm) ?? directory.resolve(realm, server, first)?.orgId ?? "";
}

export function judge(suspect: Suspect, sites: ReadonlyMap<string, Site>, limits: Limits): Judged {
  const page =
    suspect.pages
      .map((each) => pageComponents(each, sites.get(siteKey(each)), limits))
      .sort((a, b) => scoreOf(b) - scoreOf(a))[0] ?? [];
  const components = [
    ...page,
    scriptComponent(suspect.script, limits),
    compiledComponent(suspect.compiled !== undefined),
    commandComponent(suspect.commands, limits),
  ];
  return { ...suspect, components, score: scoreOf(components), severity: severityFor(components) };
}
