import { chunks, groupBy } from "../../../kernel/group-by.js";
import type { ScoreComponent } from "../../../model/finding.js";
import type { SqlParameters } from "../../../store/port.js";
import type { DetectContext } from "../../port.js";
import { type DomainNames, domainSql } from "../../shared/account-domains.js";
import { eventLineSql, eventOrderSql } from "../../shared/event-evidence.js";
import { firstValuesSql } from "../../shared/first-values.js";
import { ownerSql } from "../../shared/host-owners.js";
import { ACCOUNT_SQL, HOST_SQL, IN_USE_SQL, OF_PEOPLE_SQL, SOURCE_SQL } from "../../shared/logons.js";
import { type Account, keyOf } from "../trait.js";
import { type Episode, History, type UseOfHour } from "./history.js";
import { componentsOf, scoreOf } from "./score.js";

/** An account whose use on the hosts of one organisation its history does not explain; the strangest episode first. */
export interface StrangeUse {
  account: Account;
  owner: string;
  episodes: { episode: Episode; components: ScoreComponent[]; score: number }[];
}

/** Used successfully, by an account that says its domain (NTLM validations do not). */
const USED = `status = 'Success' AND ${OF_PEOPLE_SQL} AND ${IN_USE_SQL} AND metadata_event_code != 4776`;

/** Administrators: who was given special privileges (4672), and the built-in one of each domain and host. */
const ADMINISTRATORS = `SELECT address_realm AS realm, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain
  FROM authentication WHERE (metadata_event_code = 4672 OR endsWith(user_sid, '-500')) AND ${OF_PEOPLE_SQL}
  GROUP BY realm, name, domain ORDER BY count() DESC, realm, name, domain LIMIT {most:UInt32}`;

const WAY = `multiIf(metadata_event_code = 4624, concat('logon type ', toString(logon_type), if(auth_protocol IN ('', '-'), '', concat(', ', auth_protocol))),
  metadata_event_code = 4648, 'credentials typed in for another host', metadata_event_code = 4768, 'Kerberos ticket', 'session taken up again')`;

const USES = `SELECT realm, name, domain, source, owner, toUInt32(toDate(time)) AS day, toHour(time) AS hour, count() AS logons,
    ${firstValuesSql(30, "host")} AS hosts, ${firstValuesSql(10, "way")} AS ways, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last,
    argMin(label, ${eventOrderSql}) AS label, argMin(line, ${eventOrderSql}) AS line
  FROM (SELECT address_realm AS realm, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, ${SOURCE_SQL} AS source, ${ownerSql} AS owner, ${HOST_SQL} AS host, ${WAY} AS way, time, source_id, source_line,
      if(user_domain IN ('', '-'), user_name, concat(user_domain, '\\\\', user_name)) AS label, ${eventLineSql} AS line
    FROM authentication WHERE ${USED} AND (realm, name, domain) IN (SELECT realm, name, domain FROM (${ADMINISTRATORS})))
  GROUP BY realm, name, domain, source, owner, day, hour ORDER BY realm, name, domain, day, hour, source, owner`;

/** Who else uses the sources in question, on how many days. */
const DESKS = `SELECT realm, source, name, domain, uniqExact(toDate(time)) AS days
  FROM (SELECT address_realm AS realm, ${SOURCE_SQL} AS source, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, time FROM authentication
    WHERE ${USED} AND source IN {sources:Array(String)})
  GROUP BY realm, source, name, domain HAVING days >= {least:UInt8} ORDER BY realm, source, days DESC, name, domain LIMIT 10 BY realm, source`;

interface Row extends UseOfHour {
  realm: string;
  name: string;
  domain: string;
  label: string;
}

/** Days on which somebody uses a source who usually does, and accounts beyond which it is nobody's desk but a server or gateway. */
const USUALLY = 3;
const MOST_AT_DESK = 4;
const CHUNK = 1_000;
/** Below this, an episode is not worth a line. */
const LEAST_SCORE = 0.2;

export interface StrangeUses {
  uses: StrangeUse[];
  accounts: number;
  logons: number;
}

export async function strangeUses(
  context: DetectContext,
  names: DomainNames,
  owners: SqlParameters,
): Promise<StrangeUses> {
  const limits = {
    days: context.parameter("history_days"),
    activeDays: context.parameter("history_active_days"),
  };
  const { from, to } = names;
  const found: { account: Account; episodes: Episode[] }[] = [];
  let account: Account | undefined;
  let history = new History(limits);
  let day: UseOfHour[] = [];
  let accounts = 0;
  let logons = 0;
  const endAccount = () => {
    history.add(day);
    day = [];
    if (account !== undefined && history.episodes.length > 0)
      found.push({ account, episodes: history.episodes });
    history = new History(limits);
  };
  const rows = context.stream<Row>(USES, { ...owners, from, to, most: context.parameter("max_accounts") });
  for await (const { realm, name, domain, label, ...use } of rows) {
    const next: Account = { realm, name, domain, label };
    if (account === undefined || keyOf(account) !== keyOf(next)) {
      endAccount();
      account = next;
      accounts++;
    } else if (day[0]?.day !== use.day) {
      history.add(day);
      day = [];
    }
    day.push({ ...use, logons: Number(use.logons), first: Number(use.first), last: Number(use.last) });
    logons += Number(use.logons);
  }
  endAccount();
  const desks = await desksOf(context, names, found);
  const uses = found.flatMap(({ account: own, episodes }): StrangeUse[] => {
    const judged = episodes
      .map((episode) => {
        const components = componentsOf(episode, desks(own, episode.source));
        return { episode, components, score: scoreOf(components) };
      })
      .filter(({ score }) => score >= LEAST_SCORE)
      .sort((a, b) => b.score - a.score || a.episode.first - b.episode.first);
    return [...groupBy(judged, ({ episode }) => episode.owner)].map(([owner, list]) => ({
      account: own,
      owner,
      episodes: list,
    }));
  });
  return { uses, accounts, logons };
}

/** How many other accounts usually log on from a source; 0 where it is nobody's desk. */
async function desksOf(
  context: DetectContext,
  { from, to }: DomainNames,
  found: readonly { account: Account; episodes: Episode[] }[],
): Promise<(account: Account, source: string) => number> {
  const sources = new Set(found.flatMap(({ episodes }) => episodes.map(({ source }) => source)));
  sources.delete("");
  const users: { realm: string; source: string; name: string; domain: string }[] = [];
  for (const some of chunks([...sources], CHUNK))
    users.push(
      ...(await context.query<(typeof users)[number]>(DESKS, { sources: some, least: USUALLY, from, to })),
    );
  const bySource = groupBy(users, ({ realm, source }) => `${realm} ${source}`);
  return ({ realm, name, domain }, source) => {
    const others = (bySource.get(`${realm} ${source}`) ?? []).filter(
      (each) => each.name !== name || each.domain !== domain,
    ).length;
    return others <= MOST_AT_DESK ? others : 0;
  };
}
