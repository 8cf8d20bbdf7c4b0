import { utcOffset } from "../../../kernel/time.js";
import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import { type Entity, type Evidence, type Finding, strictestTlp } from "../../../model/finding.js";
import type { DetectContext } from "../../port.js";
import { type DomainNames, domainSql } from "../../shared/account-domains.js";
import { type EventLine, eventEvidence, eventLineSql, eventOrderSql } from "../../shared/event-evidence.js";
import { markings } from "../../shared/log-evidence.js";
import { ACCOUNT_SQL, IN_USE_SQL, isSameAccount, SOURCE_SQL } from "../../shared/logons.js";
import { findingOf, isWatchedOwn } from "../finding.js";
import { say } from "../messages.js";
import type { AccountLogons } from "./logons.js";

const MOST_HOSTS = 200;
const MOST_EVIDENCE = 20;

/** One finding for each hijacked account that people use. */
export async function accountFinding(
  context: DetectContext,
  schedule: AssessedSchedule,
  account: AccountLogons,
  domains: DomainNames,
): Promise<Finding> {
  const { subject, contacts, offset } = schedule;
  const [org] = subject.organisations;
  const evidence = await logonEvidence(context, account, domains);
  const marks = await markings(context, evidence);
  return findingOf(context, schedule, {
    title: isWatchedOwn(schedule)
      ? say("operator-schedule.account-used-watched-organisation", subject.name)
      : say(
          "operator-schedule.whoever-uses-account-keeps",
          subject.name,
          utcOffset(offset?.best_minutes ?? 0),
        ),
    org_id: subject.organisations.length === 1 ? (org ?? null) : null,
    entities: entitiesOf(account),
    attack: ["T1078"],
    explanation: {
      key: "operator-schedule.account",
      args: [
        { type: "text", value: subject.name, ...(org === undefined ? {} : { org }) },
        { type: "number", value: contacts.connections },
        { type: "number", value: subject.hosts },
        { type: "number", value: contacts.interactive },
        { type: "number", value: schedule.units },
        { type: "number", value: schedule.active_days },
        { type: "text", value: `${schedule.words.likelihood} ${schedule.words.confidence}` },
      ],
    },
    evidence,
    tlp: strictestTlp(evidence.map(({ source_id }) => marks.get(source_id) ?? "clear")),
  });
}

function entitiesOf({ named, hosts, realms }: AccountLogons): Entity[] {
  const realm = named.realm === "" ? realms[0] : named.realm;
  return [
    { kind: "account", value: named.label, role: "hijacked", ...(realm === undefined ? {} : { realm }) },
    ...[...hosts]
      .sort(([, a], [, b]) => b.halfHours - a.halfHours)
      .slice(0, MOST_HOSTS)
      .flatMap(
        ([
          ,
          {
            realm: own,
            computers: [computer],
          },
        ]): Entity[] =>
          computer === undefined ? [] : [{ kind: "host", value: computer, realm: own, role: "victim" }],
      ),
  ];
}

const LINES = `SELECT toString(address_realm) AS realm, toUnixTimestamp64Milli(time) AS at, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, ${SOURCE_SQL} AS source, logon_type AS type,
    ${eventLineSql} AS line
  FROM authentication
  WHERE device_hostname IN {computers:Array(String)} AND at IN {times:Array(Int64)} AND name = {name:String} AND status = 'Success' AND ${IN_USE_SQL}
  ORDER BY ${eventOrderSql}`;

/** Lines of logons that count as interactive, evenly from the first to the last, so that a reader can check what was taken for a person's work. */
async function logonEvidence(
  context: DetectContext,
  { named, hosts, interactive }: AccountLogons,
  { from, to, of }: DomainNames,
): Promise<Evidence[]> {
  const count = Math.min(MOST_EVIDENCE, interactive.length);
  const times = Array.from(
    { length: count },
    (_, index) => interactive[Math.round((index * (interactive.length - 1)) / (count - 1 || 1))] as number,
  );
  const rows = await context.query<{
    realm: string;
    at: number | string;
    name: string;
    domain: string;
    source: string;
    type: number;
    line: EventLine;
  }>(LINES, {
    computers: [...hosts.values()].slice(0, MOST_HOSTS).flatMap(({ computers }) => computers),
    times,
    name: named.account.name,
    from,
    to,
  });
  const chosen = rows.filter((row) => isSameAccount(of(row.realm, named.account), row));
  return chosen
    .filter((row, index) => chosen.findIndex(({ at }) => at === row.at) === index)
    .slice(0, MOST_EVIDENCE)
    .map(({ source, type, line }) =>
      eventEvidence(
        line,
        `interactive: ${named.label} from ${source}${type > 0 ? `, logon type ${type}` : ""}`,
      ),
    );
}
