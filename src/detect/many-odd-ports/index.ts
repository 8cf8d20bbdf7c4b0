import { groupBy } from "../../kernel/group-by.js";
import { RELATION_THRESHOLDS } from "../../model/relation.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { type DailyContact, dailyContacts } from "../shared/contacts.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { prevalenceOf } from "../shared/prevalence.js";
import { namesOnServers } from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import { siteOf } from "../shared/site.js";
import { findingsOf, type Suspect } from "./findings.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { componentsOf, type Limits, severityOfServer, sumOf } from "./score.js";
import { candidateServers, peerClients, portCommonness } from "./servers.js";
import { type OwnerOf, weigh } from "./weigh.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const untested = (notTested: string): DetectorResult => ({ findings: [], evaluated: [], notTested });
  if (!(await knowsInside(context))) return untested(NO_INSIDE);
  if (context.directory.organisations.size < 2)
    return untested("the inventory names fewer than two organisations: nobody can be unrelated");
  const commonness = await portCommonness(context);
  const least = context.parameter("min_servers");
  if (commonness.all < least)
    return untested(
      `${commonness.all} servers outside answered a TCP connection: with fewer than ${least} nothing can be said of which ports are usual`,
    );
  const { servers, portRich, beyond } = await candidateServers(context);
  const stopped = await stop(context, servers);
  const { suspects, weighed } = await suspectsAmong(context, stopped.left, commonness);
  const kept = suspects.slice(0, context.parameter("max_servers"));
  return {
    findings: await findingsOf(context, kept),
    evaluated: [
      { what: say("many-odd-ports.servers-outside-answered"), count: commonness.all },
      { what: say("many-odd-ports.servers-two-or-more"), count: servers.length + beyond },
      { what: say("many-odd-ports.these-beyond-number-looked"), count: beyond },
      { what: say("many-odd-ports.servers-too-many-ports"), count: portRich },
      { what: say("many-odd-ports.popular-servers-set-aside"), count: stopped.popular },
      { what: say("many-odd-ports.shared-hosting-providers-set"), count: stopped.shared },
      { what: say("many-odd-ports.allowed-servers-set-aside"), count: stopped.allowed },
      { what: say("many-odd-ports.servers-weighed"), count: weighed },
      { what: say("many-odd-ports.servers-not-reported-beyond"), count: suspects.length - kept.length },
    ],
  };
}

interface Stopped {
  left: { server: string; names: string[] }[];
  popular: number;
  shared: number;
  allowed: number;
}

/** Servers whose names or whose crowd of users say what they are. */
async function stop(context: DetectContext, servers: readonly string[]): Promise<Stopped> {
  const names = await namesOnServers(context, servers);
  const prevalence = await prevalenceOf(context, servers);
  const result: Stopped = { left: [], popular: 0, shared: 0, allowed: 0 };
  for (const server of servers) {
    const known = (names.get(server) ?? []).filter((name) => siteOf(name) !== undefined);
    if (context.allow.address(server) || known.some((name) => context.allow.domain(name)))
      result.allowed += 1;
    else if ((prevalence.get(server)?.hosts ?? 0) > context.parameter("max_hosts")) result.popular += 1;
    else if (isShared(known, context.parameter("shared_sites"))) result.shared += 1;
    else result.left.push({ server, names: known });
  }
  return result;
}

async function suspectsAmong(
  context: DetectContext,
  candidates: Stopped["left"],
  commonness: Awaited<ReturnType<typeof portCommonness>>,
): Promise<{ suspects: Suspect[]; weighed: number }> {
  if (candidates.length === 0) return { suspects: [], weighed: 0 };
  const peers = await peerClients(context);
  const contacts = await dailyContacts(
    context,
    candidates.map(({ server }) => server),
    "tcp",
  );
  const byServer = groupBy(
    contacts.filter(({ realm, client }) => !peers.has(`${realm} ${client}`)),
    ({ server }) => server,
  );
  const organisations = await organisationsSeen(context);
  const ownerOf: OwnerOf = ({ realm, client, first }: DailyContact) =>
    context.directory.resolve(realm, client, first);
  const limits = limitsOf(context);
  const suspects = candidates
    .map(({ server, names }) =>
      weigh(server, names, byServer.get(server) ?? [], commonness, ownerOf, organisations),
    )
    .flatMap((weighed): Suspect[] => {
      const severity = severityOfServer(weighed.facts, limits);
      if (severity === undefined) return [];
      const components = componentsOf(weighed.facts);
      return [{ ...weighed, severity, components, score: sumOf(components), limits }];
    })
    .sort((a, b) => b.score - a.score || a.server.localeCompare(b.server));
  return { suspects, weighed: candidates.length };
}

async function organisationsSeen(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ organisations: number | string }>(
    "SELECT uniqExact(org_id) AS organisations FROM host_organisation WHERE org_id != ''",
  );
  return Number(row?.organisations ?? 0);
}

function limitsOf(context: DetectContext): Limits {
  return {
    minPoints: context.parameter("min_points"),
    mediumPoints: context.parameter("medium_points"),
    mediumOrganisations: context.parameter("medium_organisations"),
    unitsInCommon: context.parameter("units_in_common"),
    hostsPerOrganisation: context.parameter("hosts_per_organisation"),
    maxShare: context.parameter("max_share"),
    persistentDays: RELATION_THRESHOLDS.persistentDays,
    persistentSpanDays: RELATION_THRESHOLDS.persistentSpanDays,
  };
}
