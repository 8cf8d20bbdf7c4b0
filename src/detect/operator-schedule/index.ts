import { groupBy, unique } from "../../kernel/group-by.js";
import { SECOND } from "../../kernel/time.js";
import type { AssessedSchedule } from "../../model/assessed-schedule.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { namesOnServers } from "../shared/servers.js";
import { askAccounts } from "./account/index.js";
import { type ContactOptions, contactsOf, type PairContact } from "./contacts.js";
import { sensorsUp } from "./exposure.js";
import { findingsOf } from "./finding.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Pair, pairsOf } from "./pairs.js";
import { presenceOf } from "./presence.js";
import { rhythmsOf } from "./rhythm.js";
import { analyseSubject, type Gathered, type Surroundings, subjectId } from "./subject.js";
import { type Cluster, clustersOf, keyOf, mostImportantFirst } from "./subjects.js";

export const detector: Detector = { manifest, run };

/** Servers of one cluster that are also analysed by themselves, those with most contact first. */
const MOST_SERVERS = 30;

async function run(context: DetectContext): Promise<DetectorResult> {
  const servers = await askServers(context);
  const accounts = await askAccounts(context);
  if (servers.notTested !== undefined && accounts.evaluated.length === 0) return servers;
  const schedules = [...(servers.schedules ?? []), ...accounts.schedules];
  const count = (verdict: AssessedSchedule["verdict"], what: string) => ({
    what,
    count: schedules.filter((each) => each.verdict === verdict).length,
  });
  return {
    findings: [...servers.findings, ...accounts.findings],
    schedules,
    evaluated: [
      ...servers.evaluated,
      ...accounts.evaluated,
      count("human", "servers, clusters and accounts behind which people keep hours"),
      count("machine", "servers, clusters and accounts whose activity a machine explains"),
      count("insufficient", "servers, clusters and accounts with insufficient interactive activity"),
    ],
  };
}

async function askServers(context: DetectContext): Promise<DetectorResult> {
  const all = mostImportantFirst(clustersOf(context.findings));
  if (all.length === 0)
    return {
      findings: [],
      evaluated: [],
      notTested: say("operator-schedule.no-server-no-hijacked"),
    };
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const clusters = all.slice(0, context.parameter("max_subjects"));
  const read = await readContact(context, clusters);
  const schedules = await analyse(context, read);
  return {
    findings: await findingsOf(context, schedules, read.byId),
    schedules,
    evaluated: [
      { what: say("operator-schedule.clusters-servers"), count: clusters.length },
      { what: say("operator-schedule.clusters-not-analysed-beyond"), count: all.length - clusters.length },
      { what: say("operator-schedule.pairs-host-server"), count: read.pairs },
      { what: say("operator-schedule.pairs-not-read-beyond"), count: read.unread },
      { what: say("operator-schedule.connections-these"), count: read.connections },
      { what: say("operator-schedule.connections-person-at-work"), count: read.interactive },
    ],
  };
}

interface Read {
  /** Clusters, each before its servers. */
  subjects: Gathered[];
  byId: ReadonlyMap<string, Gathered>;
  pairs: number;
  unread: number;
  connections: number;
  interactive: number;
}

async function readContact(context: DetectContext, clusters: readonly Cluster[]): Promise<Read> {
  const pairs = groupBy(await pairsOf(context, clusters), ({ server }) => server);
  const minDays = context.parameter("min_days");
  const mostPairs = context.parameter("max_pairs");
  let unread = 0;
  const chosen = clusters.map((cluster) => {
    const own = unique([...cluster.addresses, ...cluster.names]).flatMap((server) => pairs.get(server) ?? []);
    const kept = own.filter(({ days }) => days >= minDays).sort((a, b) => b.hours - a.hours);
    unread += Math.max(0, kept.length - mostPairs);
    return {
      cluster,
      kept: kept.slice(0, mostPairs),
      visits: own.filter(({ days }) => days < minDays),
    };
  });
  const contacts = await contactsOf(
    context,
    unique(chosen.flatMap(({ kept }) => kept)),
    contactOptions(context),
  );
  const byPair = new Map(contacts.map((contact) => [contact.pair, contact]));
  const names = await namesOnServers(
    context,
    clusters.flatMap(({ addresses }) => addresses),
  );
  const subjects = chosen.flatMap(({ cluster, kept, visits }) =>
    subjectsOf(
      cluster,
      kept.flatMap((pair) => byPair.get(pair) ?? []),
      visits,
      names,
    ),
  );
  return {
    subjects,
    byId: new Map(subjects.map((each) => [subjectId(each), each])),
    pairs: contacts.length,
    unread,
    connections: contacts.reduce((sum, { connections }) => sum + connections, 0),
    interactive: contacts.reduce((sum, { interactive }) => sum + interactive.length, 0),
  };
}

function contactOptions(context: DetectContext): ContactOptions {
  return {
    alikeShare: context.parameter("alike_share"),
    gap: context.parameter("session_gap") * SECOND,
    longest: context.parameter("longest_session") * SECOND,
  };
}

/** A cluster and, where it has several, its servers. */
function subjectsOf(
  cluster: Cluster,
  contacts: readonly PairContact[],
  visits: readonly Pair[],
  names: ReadonlyMap<string, string[]>,
): Gathered[] {
  const byServer = groupBy(contacts, ({ pair }) => pair.server);
  const isSingle = byServer.size <= 1;
  const whole: Gathered = {
    kind: isSingle ? "server" : "cluster",
    key: keyOf(cluster),
    names: cluster.names,
    contacts,
    visits,
    partOf: null,
  };
  if (isSingle) return [whole];
  const partOf = subjectId(whole);
  const activity = (list: readonly PairContact[]) =>
    list.reduce((sum, { interactive }) => sum + interactive.length, 0);
  const servers = [...byServer]
    .sort(([a, one], [b, other]) => activity(other) - activity(one) || a.localeCompare(b))
    .slice(0, MOST_SERVERS)
    .map(([server, list]): Gathered => {
      const own = cluster.names.filter((name) => name === server || (names.get(server) ?? []).includes(name));
      return {
        kind: "server",
        key: server,
        names: own,
        contacts: list,
        visits: visits.filter((visit) => visit.server === server),
        partOf,
      };
    });
  return [whole, ...servers];
}

async function analyse(context: DetectContext, { subjects }: Read): Promise<AssessedSchedule[]> {
  const pairs = unique(subjects.flatMap(({ contacts }) => contacts.map(({ pair }) => pair)));
  const owners = pairs.map(({ realm, host, last }) => ({
    realm,
    orgId: context.directory.resolve(realm, host, last)?.orgId,
  }));
  const servers = pairs.filter(({ by }) => by !== "log of names").map(({ server }) => server);
  const surroundings: Surroundings = {
    isUp: await sensorsUp(context),
    presence: await presenceOf(context, pairs),
    rhythms: await rhythmsOf(
      context,
      unique(owners.flatMap(({ orgId }) => orgId ?? [])),
      unique(owners.filter(({ orgId }) => orgId === undefined).map(({ realm }) => realm)),
      unique(servers),
    ),
  };
  return subjects.map((subject) => analyseSubject(context, subject, surroundings));
}
