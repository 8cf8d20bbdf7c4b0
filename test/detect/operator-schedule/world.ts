import { calendar } from "../../../src/intel/calendars/index.js";
import { DAY, HOUR, isoDay, MINUTE } from "../../../src/kernel/time.js";
import type { Finding } from "../../../src/model/finding.js";
import type { Draw } from "../../schedule/simulate.js";
import { type FlowRow, START } from "../infrastructure-contact/support.js";

export const SERVER = "203.0.113.9";
export const HOSTS = ["10.1.0.5", "10.1.0.6", "10.1.0.7", "10.1.0.8", "10.1.0.9", "10.1.0.10"];
export const DAYS = 90;

const day = (index: number): number => START + index * DAY;
const isWeekend = (index: number): boolean => index % 7 >= 5;

/** Check-ins of every host, all day: much the same size each time. */
export function checkIns(draw: Draw): FlowRow[] {
  return HOSTS.flatMap((src) =>
    Array.from({ length: DAYS * 24 }, (_, hour) => ({
      time: START + hour * HOUR + draw.int(55) * MINUTE,
      src,
      dst: SERVER,
      out: 500 + draw.int(20),
      in: 300 + draw.int(10),
    })),
  );
}

/** What the hosts' own people do, from 8 to 17 on the clock of that offset, Monday to Friday, with others outside; and an hourly call home of the operating system. */
export function ownWork(draw: Draw, offsetHours: number): FlowRow[] {
  return HOSTS.flatMap((src) =>
    Array.from({ length: DAYS }, (_, index) => index).flatMap((index) => [
      ...Array.from({ length: 24 }, (_, hour) => ({
        time: day(index) + hour * HOUR + draw.int(3000) * 1000,
        src,
        dst: "198.51.100.1",
      })),
      ...(isWeekend(index)
        ? []
        : Array.from({ length: 30 }, () => ({
            time: day(index) + draw.between(8 - offsetHours, 17 - offsetHours) * HOUR,
            src,
            dst: `198.51.100.${10 + draw.int(200)}`,
          }))),
    ]),
  );
}

const operatorsHour = (draw: Draw): number =>
  draw.chance(0.45) ? draw.between(9, 12) : draw.between(13.5, 18);
/** As `ownWork` has them. */
export const ownHour = (draw: Draw): number => draw.between(8, 17);

/** Sessions by hand, on weekdays from 9 to 18 with a lunch unless told otherwise, of all sizes; none on the days off of that calendar. */
export function sessions(draw: Draw, offsetHours: number, keeps?: string, hour = operatorsHour): FlowRow[] {
  const days = keeps === undefined ? undefined : calendar(keeps);
  const rows: FlowRow[] = [];
  for (let index = 0; index < DAYS; index++) {
    const kind = days?.day(isoDay(day(index)))?.kind;
    if (isWeekend(index) || kind === "holiday") continue;
    for (const src of HOSTS) {
      if (!draw.chance(0.6)) continue;
      const begin = day(index) + (hour(draw) - offsetHours) * HOUR;
      for (let step = 0; step < 8; step++)
        rows.push({
          time: begin + step * draw.between(1, 4) * MINUTE,
          src,
          dst: SERVER,
          out: Math.round(Math.exp(draw.between(6, 14))),
          in: Math.round(Math.exp(draw.between(6, 14))),
        });
    }
  }
  return rows;
}

/** Nothing at all was written from one day to another (the latter not included). */
export function without(rows: readonly FlowRow[], from: number, to: number): FlowRow[] {
  return rows.filter(({ time }) => time < day(from) || time >= day(to));
}

/** As another detector would have found the server. */
export function findingAbout(server: string, severity: Finding["severity"] = "high"): Finding {
  return {
    id: `infrastructure-contact-${server}`,
    detector: "infrastructure-contact",
    title: "Contact",
    severity,
    score: 0.9,
    components: [],
    first_seen: "2023-08-07T00:00:00Z",
    last_seen: "2023-11-05T00:00:00Z",
    org_id: "alpha",
    entities: [{ kind: "address", value: server, role: "server" }],
    attack: [],
    evidence: [],
    explanation: { key: "", args: [] },
    caveats: [],
    facts: {},
    tlp: "amber",
  };
}
