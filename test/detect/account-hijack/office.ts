import { DAY, HOUR } from "../../../src/kernel/time.js";
import type { Draw } from "../../schedule/simulate.js";
import { START } from "../infrastructure-contact/support.js";

/** One event of a security log, synthetic; `data` is added to what the kind of event has. */
export interface SecurityEvent {
  time: number;
  computer: string;
  id: number;
  data: Record<string, string>;
  realm?: string;
}

export const DC = "dc01.contoso.local";
export const at = (day: number, hour: number): number => START + day * DAY + hour * HOUR;
const SID = "S-1-5-21-1-2-3";

export function rowsOf(events: readonly SecurityEvent[]) {
  return events.map(({ time, computer, id, data, realm = "r1" }, index) => ({
    batch_id: "b1",
    source_id: `log-${computer}`,
    source_line: index + 1,
    sensor_id: computer,
    address_realm: realm,
    product: "evtx",
    time: new Date(time).toISOString().slice(0, 23).replace("T", " "),
    channel: "Security",
    provider: "Microsoft-Windows-Security-Auditing",
    event_id: id,
    computer,
    data,
  }));
}

export interface Logon {
  user: string;
  domain?: string;
  computer?: string;
  from?: string;
  type?: number;
  ntlm?: boolean;
  rid?: number;
  more?: Record<string, string>;
}

export function logon(
  time: number,
  {
    user,
    domain = "CONTOSO",
    computer = "srv1.contoso.local",
    from = "10.1.0.30",
    type = 10,
    ntlm = false,
    rid = 1100,
    more = {},
  }: Logon,
): SecurityEvent {
  return {
    time,
    computer,
    id: 4624,
    data: {
      TargetUserName: user,
      TargetDomainName: domain,
      TargetUserSid: `${SID}-${rid}`,
      TargetLogonId: `0x${time % 1_000_000}`,
      LogonType: String(type),
      LogonProcessName: ntlm ? "NtLmSsp " : "Kerberos",
      AuthenticationPackageName: ntlm ? "NTLM" : "Kerberos",
      KeyLength: ntlm ? "128" : "0",
      IpAddress: from,
      ...more,
    },
  };
}

/** Special privileges: what makes somebody an administrator here. */
export const privileges = (
  time: number,
  user: string,
  computer = "srv1.contoso.local",
  id = "",
): SecurityEvent => ({
  time,
  computer,
  id: 4672,
  data: {
    SubjectUserName: user,
    SubjectDomainName: "CONTOSO",
    SubjectUserSid: `${SID}-1100`,
    SubjectLogonId: id,
    PrivilegeList: "SeDebugPrivilege",
  },
});

export function ticket(
  time: number,
  id: 4768 | 4769,
  { user, from = "10.1.0.30", ...data }: { user: string; from?: string } & Record<string, string>,
): SecurityEvent {
  return {
    time,
    computer: DC,
    id,
    data: {
      TargetUserName: id === 4769 ? `${user}@CONTOSO.LOCAL` : user,
      TargetDomainName: "CONTOSO.LOCAL",
      ...(id === 4768
        ? { TargetSid: `${SID}-${1100 + [...user].length}`, PreAuthType: "2", ServiceName: "krbtgt" }
        : {}),
      Status: "0x0",
      TicketEncryptionType: "0x12",
      IpAddress: `::ffff:${from}`,
      ...data,
    },
  };
}

/** An administrator's ordinary weeks: from one desk, at office hours of UTC, on two servers, by remote desktop. */
export function ordinary(draw: Draw, days: number, more: Partial<Logon> = {}): SecurityEvent[] {
  const user = more.user ?? "anna";
  return Array.from({ length: days }, (_, day) => day)
    .filter((day) => day % 7 < 5)
    .flatMap((day) =>
      Array.from({ length: 3 }, () => {
        const computer = draw.pick(["srv1.contoso.local", "srv2.contoso.local"]);
        const time = at(day, draw.between(8, 17));
        return [logon(time, { user, computer, ...more }), privileges(time + 1, user, computer)];
      }).flat(),
    );
}

export function added(
  time: number,
  {
    group = "S-1-5-32-544",
    name = "Administrators",
    member = `${SID}-1200`,
    by = "boss",
    bySid = `${SID}-1000`,
    computer = DC,
    id = 4732,
    dn = "-",
  } = {},
): SecurityEvent {
  return {
    time,
    computer,
    id,
    data: {
      MemberName: dn,
      MemberSid: member,
      TargetUserName: name,
      TargetDomainName: "Builtin",
      TargetSid: group,
      SubjectUserName: by,
      SubjectDomainName: "CONTOSO",
      SubjectUserSid: bySid,
    },
  };
}

export function made(time: number, user: string, member = `${SID}-1200`): SecurityEvent {
  return {
    time,
    computer: DC,
    id: 4720,
    data: { TargetUserName: user, TargetDomainName: "CONTOSO", TargetSid: member, SubjectUserName: "boss" },
  };
}
