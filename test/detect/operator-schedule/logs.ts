import { calendar } from "../../../src/intel/calendars/index.js";
import { DAY, HOUR, isoDay, MINUTE } from "../../../src/kernel/time.js";
import type { Finding } from "../../../src/model/finding.js";
import type { Draw } from "../../schedule/simulate.js";
import { START } from "../infrastructure-contact/support.js";
import { DAYS, findingAbout } from "./world.js";

/** One event of a security log, synthetic. */
export interface LogonRow {
  time: number;
  computer: string;
  id: number;
  user: string;
  domain?: string;
  type?: number;
  /** Address, or a host's name. */
  from?: string;
  sid?: string;
}

export const DC = "dc01.contoso.local";
const SERVERS = ["srv1.contoso.local", "srv2.contoso.local"];
export const ACCOUNT = "CONTOSO\\adm.k";

const day = (index: number): number => START + index * DAY;
const isWeekend = (index: number): boolean => index % 7 >= 5;
const domainSid = (user: string): string =>
  `S-1-5-21-1-2-3-${1000 + [...user].reduce((sum, each) => sum + (each.codePointAt(0) ?? 0), 0)}`;

export function eventRow(
  { time, computer, id, user, domain = "CONTOSO", type, from, sid }: LogonRow,
  line: number,
) {
  const isAddress = from !== undefined && /^[\d.]+$/.test(from);
  return {
    batch_id: "b1",
    source_id: `log-${computer}`,
    source_line: line + 1,
    sensor_id: computer,
    address_realm: "r1",
    product: "evtx",
    time: new Date(time).toISOString().slice(0, 23).replace("T", " "),
    channel: "Security",
    provider: "Microsoft-Windows-Security-Auditing",
    event_id: id,
    computer,
    data: {
      TargetUserName: user,
      TargetDomainName: domain,
      TargetUserSid: sid ?? domainSid(user),
      ...(type === undefined ? {} : { LogonType: String(type) }),
      ...(from === undefined ? {} : isAddress ? { IpAddress: from } : { WorkstationName: from }),
      ...(id === 4768 || id === 4776 ? { Status: "0x0" } : {}),
    },
  };
}

/** What every log has all day: services, and computers that ask the domain controller for tickets. */
export function machinery(draw: Draw): LogonRow[] {
  return Array.from({ length: DAYS * 24 }, (_, hour) => START + hour * HOUR).flatMap((time) => [
    ...[DC, ...SERVERS].map((computer) => ({
      time: time + draw.int(3600) * 1000,
      computer,
      id: 4624,
      user: "SYSTEM",
      domain: "NT AUTHORITY",
      sid: "S-1-5-18",
      type: 5,
    })),
    { time: time + draw.int(3600) * 1000, computer: DC, id: 4768, user: "WS7$", from: "10.1.0.7" },
  ]);
}

/** Twenty people who log on at their own hours, from 8 to 17 on the clock of that offset, with an hour of lunch. */
export function people(draw: Draw, offsetHours: number): LogonRow[] {
  return Array.from({ length: 20 }, (_, index) => `user${index}`).flatMap((user, index) =>
    Array.from({ length: DAYS }, (_, date) => date)
      .filter((date) => !isWeekend(date))
      .flatMap((date) =>
        Array.from({ length: 8 }, () => ({
          time: day(date) + (ownersHour(draw) - offsetHours) * HOUR,
          computer: draw.pick([DC, ...SERVERS]),
          id: 4624,
          type: draw.pick([3, 10]),
          user,
          from: `10.1.0.${100 + index}`,
        })),
      ),
  );
}

export const operatorsHour = (draw: Draw): number =>
  draw.chance(0.45) ? draw.between(9, 12) : draw.between(13.5, 18);
export const ownersHour = (draw: Draw): number =>
  draw.chance(0.5) ? draw.between(8, 12) : draw.between(13, 17);

/** Somebody at work with the account, in sessions on weekdays, seen by the servers and by the domain controller. */
export function atWork(
  draw: Draw,
  offsetHours: number,
  { hour = operatorsHour, from = "10.1.0.66", keeps = "", share = 0.6, days = DAYS } = {},
): LogonRow[] {
  const calendarOf = keeps === "" ? undefined : calendar(keeps);
  const rows: LogonRow[] = [];
  for (let index = 0; index < days; index++) {
    if (isWeekend(index) || calendarOf?.day(isoDay(day(index)))?.kind === "holiday") continue;
    for (let session = 0; session < 3; session++) {
      if (!draw.chance(share)) continue;
      const time = day(index) + (hour(draw) - offsetHours) * HOUR;
      const user = "adm.k";
      rows.push({ time, computer: DC, id: 4768, user, domain: "CONTOSO.LOCAL", from });
      for (let step = 0; step < 4; step++)
        rows.push({
          time: time + step * draw.between(1, 5) * MINUTE,
          computer: draw.pick(SERVERS),
          id: 4624,
          type: draw.pick([3, 3, 10]),
          user,
          from,
        });
    }
  }
  return rows;
}

/** A job under the account: each hour at about the same minute, and a service that starts with it. */
export function service(draw: Draw): LogonRow[] {
  return Array.from({ length: DAYS * 24 }, (_, hour) => START + hour * HOUR).flatMap((time, index) => [
    {
      time: time + 12 * MINUTE + draw.int(20) * 1000,
      computer: SERVERS[0] as string,
      id: 4624,
      type: 3,
      user: "adm.k",
      from: "10.1.0.20",
    },
    ...(index % 5 === 0
      ? [
          {
            time: time + draw.int(3000) * 1000,
            computer: SERVERS[1] as string,
            id: 4624,
            type: 5,
            user: "adm.k",
          },
        ]
      : []),
  ]);
}

/** As a detector of hijacked accounts would say. */
export function hijackOf(
  account: string,
  sources: string[] = [],
  severity: Finding["severity"] = "high",
): Finding {
  return {
    ...findingAbout("", severity),
    id: `account-hijack-${account}`,
    detector: "account-hijack",
    entities: [
      { kind: "account", value: account, role: "hijacked", realm: "r1" },
      ...sources.map((value) => ({ kind: "address" as const, value, role: "logon_source", realm: "r1" })),
    ],
  };
}
