import { chunks } from "../../kernel/group-by.js";
import { DAY } from "../../kernel/time.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { accountOf } from "./changes.js";
import { type Lines, linesSql, securityEvents } from "./events.js";
import { say } from "./messages.js";
import { CUSTOM, type Trait } from "./trait.js";

const MOST_ROWS = 10_000;

/** Groups whose members rule a host or a domain (Microsoft, "Active Directory security groups"): by identifier, because names are translated. */
const BUILT_IN = [
  "S-1-5-32-544",
  "S-1-5-32-548",
  "S-1-5-32-549",
  "S-1-5-32-550",
  "S-1-5-32-551",
  "S-1-5-32-578",
];
const OF_DOMAIN = "-(512|516|518|519|520|526|527)$";

/** Members that came to such a group, by whom. A computer's first days, in which its set-up makes its accounts, show by how long the host had a log before. */
const ADDED = `SELECT realm, owner, host, member_sid, member_dn, subject_name, subject_domain, subject_sid, ${firstValuesSql(10, "user_name")} AS groups,
    toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last, ${linesSql()}
  FROM (SELECT *, address_realm AS realm, ${ownerSql} AS owner, toString(device_hostname) AS host, data['MemberSid'] AS member_sid, data['MemberName'] AS member_dn, data['SubjectUserName'] AS subject_name,
      data['SubjectDomainName'] AS subject_domain, data['SubjectUserSid'] AS subject_sid
    FROM ${securityEvents("event_id IN (4728, 4732, 4756)")}
    WHERE user_sid IN {groups:Array(String)} OR match(user_sid, '${OF_DOMAIN}'))
  GROUP BY realm, owner, host, member_sid, member_dn, subject_name, subject_domain, subject_sid ORDER BY first, member_sid LIMIT ${MOST_ROWS}`;

/** Names of identifiers, and when an account was made (4720, a computer's 4741), from whatever says so. */
const MEMBERS = `SELECT address_realm AS realm, sid, argMin(user, time) AS name, argMin(user_domain, time) AS domain, toUnixTimestamp64Milli(minIf(time, event_id IN (4720, 4741))) AS made
  FROM (SELECT address_realm, time, event_id, if(data['TargetUserSid'] = '', data['TargetSid'], data['TargetUserSid']) AS sid, data['TargetUserName'] AS user, data['TargetDomainName'] AS user_domain
    FROM windows_event WHERE channel = 'Security' AND event_id IN (4624, 4720, 4722, 4724, 4738, 4741, 4742, 4768))
  WHERE sid IN {sids:Array(String)} AND user NOT IN ('', '-') GROUP BY realm, sid`;

/** From when on the security logs of these hosts are known. */
const KNOWN_SINCE = `SELECT address_realm AS realm, computer AS host, toUnixTimestamp64Milli(min(time)) AS since
  FROM windows_event WHERE channel = 'Security' AND computer IN {hosts:Array(String)} GROUP BY realm, host`;

interface Row {
  realm: string;
  owner: string;
  host: string;
  member_sid: string;
  member_dn: string;
  subject_name: string;
  subject_domain: string;
  subject_sid: string;
  groups: string[];
  first: number | string;
  last: number | string;
  lines: Lines;
}

interface Member {
  name: string;
  domain: string;
  made: number;
}

/** A host whose log is younger may still be in set-up. */
const SET_UP = 2 * DAY;
const SYSTEM = "S-1-5-18";
const CHUNK = 1_000;

export async function administratorTraits(context: DetectContext, owners: SqlParameters): Promise<Trait[]> {
  const rows = await context.query<Row>(ADDED, { ...owners, groups: BUILT_IN });
  const members = await membersOf(context, rows);
  const since = await knownSince(context, rows);
  const habit = context.parameter("habit_days");
  const days = new Map<string, Set<number>>();
  for (const row of rows) {
    const own = days.get(actorKey(row)) ?? new Set();
    days.set(actorKey(row), own);
    own.add(Math.floor(Number(row.first) / DAY));
  }
  return rows.map((row): Trait => {
    const { realm, host, groups } = row;
    const member = members.get(`${realm} ${row.member_sid}`);
    const account = accountOf(
      realm,
      member?.domain ?? "",
      member?.name ?? commonName(row.member_dn) ?? knownName(row.member_sid, host),
    );
    const first = Number(row.first);
    const bySystem = row.subject_sid === SYSTEM;
    const actor = accountOf(realm, row.subject_domain, row.subject_name);
    const isSetUp = bySystem && first - (since.get(`${realm} ${host}`) ?? first) < SET_UP;
    const isCustom = !bySystem && (days.get(actorKey(row))?.size ?? 0) >= habit;
    const made =
      member !== undefined && member.made > 0 && first >= member.made ? first - member.made : undefined;
    const isNew = made !== undefined && made < DAY;
    const builtIn = notAPerson(row.member_sid);
    const strength = isSetUp
      ? 0.1
      : isCustom
        ? CUSTOM
        : Math.max(0.45, builtIn === undefined ? 0 : 0.8, isNew ? 0.65 : 0, bySystem ? 0.55 : 0);
    const why = [
      builtIn,
      isNew ? "was made less than a day before" : undefined,
      isSetUp
        ? "was added while the host was set up, as far as its log tells"
        : bySystem
          ? "was added by the system itself"
          : undefined,
      isCustom ? "was added by somebody who does so on many days" : undefined,
    ].filter((each) => each !== undefined);
    const what = `${account.label} became a member of ${groups.join(", ")} by ${actor.label}`;
    return {
      kind: "new_administrator",
      owner: row.owner,
      account,
      strength,
      meaning: say(
        "account-hijack.on",
        what,
        host,
        why.length > 0 ? say("account-hijack.it", why.join(", and ")) : "",
      ),
      attack: isNew ? "T1136" : "T1098",
      first,
      last: Number(row.last),
      hosts: [host],
      sources: [],
      actors: bySystem ? [] : [actor.label],
      targets: [],
      isHeld: true,
      evidence: row.lines.map(([, , , line]) => ({ line, what })),
    };
  });
}

const actorKey = ({ realm, subject_sid, subject_name }: Row): string =>
  JSON.stringify([realm, subject_sid, subject_name]);

/** Accounts that no person has, and that rule nothing on any host. */
function notAPerson(sid: string): string | undefined {
  if (sid.endsWith("-501")) return "is the guest account";
  if (sid.endsWith("-513")) return "is everybody in the domain";
  if (["S-1-1-0", "S-1-5-11", "S-1-5-7", "S-1-5-32-545", "S-1-5-32-546", "S-1-5-4"].includes(sid))
    return "is everybody";
  return sid === "S-1-5-19" || sid === "S-1-5-20" ? "is what services of little rights run as" : undefined;
}

/** The name in a distinguished name, undefined where there is none; with the `$` of a computer's account in the containers that Windows makes for computers. */
function commonName(dn: string): string | undefined {
  const name = /^CN=((?:\\.|[^,\\])+)/i.exec(dn)?.[1];
  const isComputer = /(?<!\\),(CN=Computers|OU=Domain Controllers),DC=/i.test(dn);
  return name !== undefined && isComputer ? `${name}$` : name;
}

/** Of an identifier that no event names: the built-in accounts have the same number everywhere. */
function knownName(sid: string, host: string): string {
  const name = sid.endsWith("-500") ? "Administrator" : sid.endsWith("-501") ? "Guest" : undefined;
  return name === undefined ? sid : `${host.split(".", 1)[0]}\\${name}`;
}

async function membersOf(context: DetectContext, rows: readonly Row[]): Promise<ReadonlyMap<string, Member>> {
  const found = new Map<string, Member>();
  for (const sids of chunks([...new Set(rows.map((row) => row.member_sid))], CHUNK)) {
    const names = await context.query<{
      realm: string;
      sid: string;
      name: string;
      domain: string;
      made: number | string;
    }>(MEMBERS, { sids });
    for (const { realm, sid, name, domain, made } of names)
      found.set(`${realm} ${sid}`, { name, domain, made: Number(made) });
  }
  return found;
}

async function knownSince(
  context: DetectContext,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const hosts of chunks([...new Set(rows.map(({ host }) => host))], CHUNK)) {
    const since = await context.query<{ realm: string; host: string; since: number | string }>(KNOWN_SINCE, {
      hosts,
    });
    for (const each of since) found.set(`${each.realm} ${each.host}`, Number(each.since));
  }
  return found;
}
