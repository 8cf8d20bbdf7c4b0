import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { accountName, hostName } from "../shared/logons.js";
import { type Lines, linesSql, securityEvents } from "./events.js";
import { say } from "./messages.js";
import { type Account, CUSTOM, often, type Trait } from "./trait.js";

const MOST_ROWS = 5_000;

/**
 * Changes of accounts that hardly anybody but an intruder makes: the password of a computer changed by nobody (Zerologon, CVE-2020-1472), a computer's name without
 * its $ (CVE-2021-42278), a computer's password set by a person, a user's account made with a computer's name, a privileged identifier put into somebody's history (DCShadow, mimikatz sid::patch), the recovery
 * password of a domain controller set.
 */
const CHANGES = `SELECT realm, owner, event, what, subject_name, subject_domain, subject_sid, target_name, target_domain, count() AS count, uniqExact(toDate(time)) AS days,
    toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last, ${firstValuesSql(50, "toString(device_hostname)")} AS hosts,
    argMin(detail, ${eventOrderSql}) AS details, ${linesSql()}
  FROM (SELECT *, address_realm AS realm, ${ownerSql} AS owner, metadata_event_code AS event, data['SubjectUserName'] AS subject_name, data['SubjectDomainName'] AS subject_domain, data['SubjectUserSid'] AS subject_sid,
      user_name AS target_name, user_domain AS target_domain,
      multiIf(event = 4742 AND subject_sid = 'S-1-5-7' AND data['PasswordLastSet'] NOT IN ('', '-'), 'anonymous_password',
        event = 4742 AND data['SamAccountName'] NOT IN ('', '-') AND NOT endsWith(data['SamAccountName'], '$'), 'computer_renamed',
        event = 4724 AND endsWith(target_name, '$') AND startsWith(subject_sid, 'S-1-5-21-') AND NOT endsWith(subject_name, '$'), 'computer_password',
        event = 4720 AND endsWith(target_name, '$'), 'disguised_account',
        event = 4765, 'sid_history', event = 4794 AND data['Status'] = '0x0', 'recovery_password', '') AS what,
      multiIf(event = 4765, data['SourceSid'], event = 4742, data['SamAccountName'], '') AS detail
    FROM ${securityEvents("event_id IN (4720, 4724, 4742, 4765, 4794)")} WHERE what != '')
  GROUP BY realm, owner, event, what, subject_name, subject_domain, subject_sid, target_name, target_domain ORDER BY first, realm, owner, target_name, what LIMIT ${MOST_ROWS}`;

interface Row {
  realm: string;
  owner: string;
  what:
    | "anonymous_password"
    | "computer_renamed"
    | "computer_password"
    | "disguised_account"
    | "sid_history"
    | "recovery_password";
  subject_name: string;
  subject_domain: string;
  target_name: string;
  target_domain: string;
  count: number | string;
  days: number | string;
  first: number | string;
  last: number | string;
  hosts: string[];
  details: string;
  lines: Lines;
}

/** Relative identifiers of groups that rule a domain (Microsoft, "Security identifiers"). */
const RULING = /-(512|516|518|519|520|526|527|544)$/;

export async function changeTraits(context: DetectContext, owners: SqlParameters): Promise<Trait[]> {
  const rows = await context.query<Row>(CHANGES, owners);
  return rows.map((row): Trait => {
    const subject = accountOf(row.realm, row.subject_domain, row.subject_name);
    const target = accountOf(row.realm, row.target_domain, row.target_name);
    const isGiven = row.what === "sid_history" || row.what === "disguised_account";
    const isTargetHeld = isGiven || row.what === "anonymous_password";
    const { strength, meaning, attack } = STORIES[row.what](row, subject, target);
    const isCustom = Number(row.days) >= context.parameter("habit_days");
    return {
      kind: row.what,
      owner: row.owner,
      account: isTargetHeld ? target : subject,
      strength: isCustom ? CUSTOM : strength,
      meaning: `${meaning}${isCustom ? "; that is custom here" : ""}.`,
      attack,
      first: Number(row.first),
      last: Number(row.last),
      hosts: row.hosts,
      sources: [],
      actors: isGiven ? [subject.label] : [],
      targets: isTargetHeld || row.target_name === "" ? [] : [target.label],
      isHeld: true,
      evidence: row.lines.map(([, , , line]) => ({ line, what: meaning })),
    };
  });
}

export function accountOf(realm: string, domain: string, name: string): Account {
  const label = domain === "" || domain === "-" ? name : `${domain}\\${name}`;
  return { realm, label, ...accountName(label) };
}

const STORIES: Record<
  Row["what"],
  (row: Row, subject: Account, target: Account) => Pick<Trait, "strength" | "meaning" | "attack">
> = {
  anonymous_password: (row, _, target) => ({
    strength: 0.95,
    meaning: say(
      "account-hijack.password-computer-changed-by",
      target.label,
      often(Number(row.count), Number(row.days)),
    ),
    attack: "T1098",
  }),
  computer_renamed: (row, subject, target) => ({
    strength: 0.85,
    meaning: say("account-hijack.gave-computer-account-name", subject.label, target.label, row.details),
    attack: "T1098",
  }),
  // Help desks do so where a computer has lost its trust; a domain controller has no such need.
  computer_password: (row, subject, target) => ({
    strength: row.hosts.some((host) => `${hostName(host)}$` === target.name) ? 0.7 : 0.35,
    meaning: say(
      "account-hijack.set-password-computer-account",
      subject.label,
      target.label,
      often(Number(row.count), Number(row.days)),
    ),
    attack: "T1098",
  }),
  // A computer's account is made with 4741; trust between two domains makes a user's, with a name like this.
  disguised_account: (_, subject, target) => ({
    strength: 0.6,
    meaning: say("account-hijack.made-user-account-name", subject.label, target.label),
    attack: "T1136",
  }),
  sid_history: (row, subject, target) => ({
    strength: RULING.test(row.details) ? 0.85 : 0.5,
    meaning: say("account-hijack.put-identifier-into-history", subject.label, row.details, target.label),
    attack: "T1134.005",
  }),
  recovery_password: (row, subject) => ({
    strength: 0.6,
    meaning: say(
      "account-hijack.set-directory-recovery-password",
      subject.label,
      often(Number(row.count), Number(row.days)),
    ),
    attack: "T1098",
  }),
};
