import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerKey, ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, DOMAIN_SQL, OF_PEOPLE_SQL, SOURCE_SQL } from "../shared/logons.js";
import { type AccountRow, aboutSql, type Lines, linesSql, securityEvents } from "./events.js";
import { say } from "./messages.js";
import { CUSTOM, often, type Trait } from "./trait.js";

const MOST_ROWS = 20_000;

/**
 * Logons whose form says that no password was typed: with new credentials through the secondary logon service (type 9; pass-the-hash starts a process so, and so does
 * `runas /netonly`), and by NTLM over the network without a session key (a relayed logon, or a client that never had the secret; also some scanners, printers and old
 * clients). Nobody (S-1-5-7) has no secret and is left out.
 */
const FORMS = `SELECT realm, owner, name, domain, form, ${aboutSql()}, ${firstValuesSql(20, "source", "source != ''")} AS sources, max(is_computer) AS computer, max(is_local) AS local,
    min(is_own) AS own,
    max(privileged) AS with_privileges, ${firstValuesSql(10, "outbound", "outbound NOT IN ('', '-')")} AS outbounds,
    ${linesSql()}
  FROM (SELECT *, address_realm AS realm, ${ownerSql} AS owner, ${ACCOUNT_SQL} AS name, ${DOMAIN_SQL} AS domain, ${SOURCE_SQL} AS source, endsWith(user_name, '$') AS is_computer,
      src_endpoint_ip IN (toIPv6('::1'), toIPv6('127.0.0.1')) AS is_local,
      NOT is_local AND lower(src_endpoint_hostname) = lower(splitByChar('.', device_hostname)[1]) AS is_own, data['TargetOutboundUserName'] AS outbound,
      (address_realm, device_hostname, data['TargetLogonId']) IN (SELECT address_realm, computer, data['SubjectLogonId'] FROM windows_event WHERE channel = 'Security' AND event_id = 4672) AS privileged,
      multiIf(data['LogonType'] = '9' AND lower(trimBoth(data['LogonProcessName'])) = 'seclogo', 'new_credentials',
        data['LogonType'] = '3' AND data['AuthenticationPackageName'] = 'NTLM' AND data['KeyLength'] = '0', 'no_session_key', '') AS form
    FROM ${securityEvents("event_id = 4624 AND (data['LogonType'] = '9' OR data['KeyLength'] = '0')")}
    WHERE form != '' AND (is_computer OR ${OF_PEOPLE_SQL}))
  GROUP BY realm, owner, name, domain, form ORDER BY realm, owner, name, domain, form LIMIT ${MOST_ROWS}`;

interface FormRow extends AccountRow {
  form: "new_credentials" | "no_session_key";
  computer: number;
  local: number;
  /** All of them name the host itself and one of its addresses in the network: what services that watch themselves do, as Exchange's health monitor. */
  own: number;
  with_privileges: number;
  outbounds: string[];
  lines: Lines;
}

export async function logonTraits(context: DetectContext, owners: SqlParameters): Promise<Trait[]> {
  const rows = await context.query<FormRow>(FORMS, owners);
  const habit = context.parameter("habit_days");
  const withoutKey = new Map<string, number>();
  for (const row of rows)
    if (row.form === "no_session_key")
      withoutKey.set(ownerKey(row), (withoutKey.get(ownerKey(row)) ?? 0) + 1);
  return rows.map((row): Trait => {
    const { realm, owner, name, domain, label, form, hosts, sources, outbounds } = row;
    const days = Number(row.days);
    const judged =
      form === "new_credentials"
        ? newCredentials(row, days >= habit)
        : noSessionKey(row, days >= habit || (withoutKey.get(ownerKey(row)) ?? 0) >= habit);
    return {
      kind: form,
      owner,
      account: { realm, name, domain, label },
      ...judged,
      first: Number(row.first),
      last: Number(row.last),
      hosts,
      sources,
      actors: [],
      targets: outbounds,
      isHeld: true,
      evidence: row.lines.map(([, , , line]) => ({ line, what: `${label}: ${EVIDENCE[form]}` })),
    };
  });
}

const EVIDENCE = {
  new_credentials: "logon with new credentials (type 9, seclogo)",
  no_session_key: "NTLM network logon without a session key",
};

type Judged = Pick<Trait, "strength" | "meaning" | "attack">;

function newCredentials(row: FormRow, isCustom: boolean): Judged {
  const privileged = row.with_privileges === 1;
  const other =
    row.outbounds.length > 0 ? `, to act elsewhere as ${row.outbounds.slice(0, 3).join(", ")}` : "";
  const when = often(Number(row.count), Number(row.days));
  return {
    strength: isCustom ? CUSTOM : Number(row.days) > 1 ? 0.45 : privileged ? 0.65 : 0.55,
    meaning: say(
      "account-hijack.took-new-credentials-through",
      when,
      privileged ? say("account-hijack.special-privileges") : "",
      other,
      isCustom ? say("account-hijack.which-custom-here") : "",
    ),
    attack: "T1550.002",
  };
}

function noSessionKey(row: FormRow, isCustom: boolean): Judged {
  const when = often(Number(row.count), Number(row.days));
  const local = row.local === 1;
  const what = row.computer === 1 ? "A computer's account" : "It";
  return {
    strength: isCustom || row.own === 1 ? CUSTOM : local || row.computer === 1 ? 0.6 : 0.5,
    meaning: `${what} logged on by NTLM without a session key ${when}${local || row.own === 1 ? ", from the host itself" : ""}: a relayed logon looks so, and so do some scanners and old clients${isCustom ? ", which are custom here" : ""}.`,
    attack: row.computer === 1 || local ? "T1557" : "T1550.002",
  };
}
