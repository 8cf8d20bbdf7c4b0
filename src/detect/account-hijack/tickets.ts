import { DAY } from "../../kernel/time.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerKey, ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, DOMAIN_SQL, SOURCE_SQL } from "../shared/logons.js";
import { type AccountRow, aboutSql, type Lines, linesSql, securityEvents } from "./events.js";
import { say } from "./messages.js";
import { CUSTOM, often, type Trait } from "./trait.js";

const MOST_ROWS = 20_000;
/** RC4 with and without export restrictions: quick to guess at. */
const RC4 = "data['TicketEncryptionType'] IN ('0x17', '0x18')";

/** Service tickets with RC4 for accounts of services, by who asked and in which hour; computers' own accounts have long random passwords, and nobody cracks them. */
const SERVICE_TICKETS = `SELECT realm, owner, name, domain, hour, ${aboutSql()}, ${firstValuesSql(20, "source")} AS sources,
    uniqExact(service) AS services, ${firstValuesSql(20, "service")} AS service_names,
    ${linesSql()}
  FROM (SELECT *, address_realm AS realm, ${ownerSql} AS owner, ${ACCOUNT_SQL} AS name, ${DOMAIN_SQL} AS domain, ${SOURCE_SQL} AS source, lower(data['ServiceName']) AS service,
      toStartOfHour(time) AS hour
    FROM ${securityEvents(`event_id = 4769 AND ${RC4} AND lower(data['Status']) = '0x0'`)}
    WHERE NOT endsWith(service, '$') AND NOT startsWith(service, 'krbtgt') AND service != '' AND NOT endsWith(splitByChar('@', user_name)[1], '$'))
  GROUP BY realm, owner, name, domain, hour ORDER BY services DESC, realm, owner, name, domain, hour LIMIT ${MOST_ROWS}`;

/** How usual RC4 is in an organisation, for tickets of services and of accounts: it is no sign where everything is old. */
const CUSTOMS = `SELECT address_realm AS realm, ${ownerSql} AS owner, event_id AS event, count() AS tickets, countIf(${RC4}) AS rc4
  FROM (SELECT *, computer AS device_hostname FROM windows_event) WHERE channel = 'Security' AND event_id IN (4768, 4769) AND lower(data['Status']) = '0x0'
    AND (event_id = 4768 OR (NOT endsWith(data['ServiceName'], '$') AND NOT startsWith(lower(data['ServiceName']), 'krbtgt')))
  GROUP BY realm, owner, event`;

const TELLING = "(no_preauth OR rc4 OR is_computer_name)";

/** Tickets of accounts (4768) that have a trait, by account; with how the account is otherwise given tickets. */
const ACCOUNT_TICKETS = `SELECT realm, owner, name, domain, ${aboutSql(TELLING)}, ${firstValuesSql(20, "source", TELLING)} AS sources, countIf(NOT rc4 AND NOT no_preauth) AS ordinary,
    countIf(no_preauth) AS without_preauth, uniqExactIf(toDate(time), no_preauth) AS without_preauth_days, countIf(no_preauth AND rc4) AS without_preauth_rc4,
    countIf(rc4 AND NOT no_preauth) AS weak, uniqExactIf(toDate(time), rc4 AND NOT no_preauth) AS weak_days, max(is_computer_name) AS computer_name,
    ${linesSql(TELLING)}
  FROM (SELECT *, address_realm AS realm, ${ownerSql} AS owner, ${ACCOUNT_SQL} AS name, ${DOMAIN_SQL} AS domain, ${SOURCE_SQL} AS source, ${RC4} AS rc4, data['PreAuthType'] = '0' AS no_preauth,
      (realm, name) IN (SELECT address_realm, lower(splitByChar('.', toString(computer))[1]) FROM windows_event WHERE channel = 'Security' AND event_id IN (4768, 4769)) AS is_computer_name
    FROM ${securityEvents("event_id = 4768 AND lower(data['Status']) = '0x0'")}
    WHERE NOT endsWith(user_name, '$') AND name != '')
  GROUP BY realm, owner, name, domain HAVING without_preauth > 0 OR weak > 0 OR computer_name = 1
  ORDER BY realm, owner, name, domain LIMIT ${MOST_ROWS}`;

interface LinedRow extends AccountRow {
  lines: Lines;
}
interface ServiceRow extends LinedRow {
  services: number | string;
  service_names: string[];
}
interface TicketRow extends LinedRow {
  ordinary: number | string;
  without_preauth: number | string;
  without_preauth_days: number | string;
  without_preauth_rc4: number | string;
  weak: number | string;
  weak_days: number | string;
  computer_name: number;
}

/** Share of RC4 from which on it is custom, and tickets below which nobody knows. */
const OLD = 0.2;
const LEAST_TICKETS = 50;

type Network = Pick<AccountRow, "realm" | "owner">;

class Customs {
  readonly #shares = new Map<string, { tickets: number; rc4: number }>();
  add(network: Network, event: number, tickets: number, rc4: number): void {
    this.#shares.set(`${ownerKey(network)}\n${event}`, { tickets, rc4 });
  }
  /** Whether RC4 is rare among enough tickets. */
  isModern(network: Network, event: number): boolean {
    const { tickets, rc4 } = this.#shares.get(`${ownerKey(network)}\n${event}`) ?? { tickets: 0, rc4: 0 };
    return tickets >= LEAST_TICKETS && rc4 < OLD * tickets;
  }
  isOld(network: Network, event: number): boolean {
    const { tickets, rc4 } = this.#shares.get(`${ownerKey(network)}\n${event}`) ?? { tickets: 0, rc4: 0 };
    return tickets >= LEAST_TICKETS && rc4 >= OLD * tickets;
  }
}

export async function ticketTraits(context: DetectContext, owners: SqlParameters): Promise<Trait[]> {
  const customs = new Customs();
  const shares = await context.query<{
    realm: string;
    owner: string;
    event: number | string;
    tickets: number | string;
    rc4: number | string;
  }>(CUSTOMS, owners);
  for (const { realm, owner, event, tickets, rc4 } of shares)
    customs.add({ realm, owner }, Number(event), Number(tickets), Number(rc4));
  const habit = context.parameter("habit_days");
  const services = await context.query<ServiceRow>(SERVICE_TICKETS, owners);
  const tickets = await context.query<TicketRow>(ACCOUNT_TICKETS, owners);
  return [
    ...roasting(services, context.parameter("roasted_services"), habit, customs),
    ...tickets.flatMap((row) => accountTicketTraits(row, habit, customs)),
  ];
}

/** The busiest hour of each account counts; hours like it on many days are a habit. */
function roasting(rows: readonly ServiceRow[], least: number, habit: number, customs: Customs): Trait[] {
  const busiest = new Map<string, ServiceRow>();
  const days = new Map<string, Set<number>>();
  for (const row of rows) {
    if (Number(row.services) < least) continue;
    const key = JSON.stringify([row.realm, row.owner, row.domain, row.name]);
    if (!busiest.has(key)) busiest.set(key, row);
    const seen = days.get(key) ?? new Set();
    days.set(key, seen);
    seen.add(Math.floor(Number(row.first) / DAY));
  }
  return [...busiest].map(([key, row]) => {
    const count = Number(row.services);
    const isCustom = (days.get(key)?.size ?? 0) >= habit || customs.isOld(row, 4769);
    return traitOf(row, {
      kind: "kerberoasting",
      // A half at the least number, three quarters at twice as many.
      strength: isCustom ? CUSTOM : 1 - 0.5 ** (count / least),
      meaning: say(
        "account-hijack.within-hour-asked-rc",
        count,
        row.service_names.slice(0, 5).join(", "),
        isCustom ? say("account-hijack.custom-here") : "",
      ),
      attack: "T1558.003",
      what: "RC4 ticket of a service",
      targets: row.service_names,
    });
  });
}

function accountTicketTraits(row: TicketRow, habit: number, customs: Customs): Trait[] {
  const traits: Trait[] = [];
  const without = Number(row.without_preauth);
  if (without > 0) {
    const rc4 = Number(row.without_preauth_rc4) > 0;
    const isCustom = Number(row.without_preauth_days) >= habit;
    traits.push(
      traitOf(row, {
        kind: "asrep_roasting",
        strength: isCustom ? CUSTOM : rc4 ? 0.65 : 0.5,
        meaning: say(
          "account-hijack.ticket-account-given-without",
          often(without, Number(row.without_preauth_days)),
          rc4 ? say("account-hijack.rc") : "",
          isCustom ? say("account-hijack.custom-here") : "",
        ),
        attack: "T1558.004",
        what: "ticket without pre-authentication",
        isHeld: false,
      }),
    );
  }
  const weak = Number(row.weak);
  // Where the account is otherwise given AES, or the whole realm is, a client that has only the NTLM hash asks so.
  if (weak > 0 && (Number(row.ordinary) > 0 || customs.isModern(row, 4768))) {
    const isCustom = Number(row.weak_days) >= habit || customs.isOld(row, 4768);
    traits.push(
      traitOf(row, {
        kind: "weak_ticket",
        strength: isCustom ? CUSTOM : 0.55,
        meaning: say(
          "account-hijack.given-tickets-rc-where",
          often(weak, Number(row.weak_days)),
          isCustom ? say("account-hijack.custom-here") : "",
        ),
        attack: "T1550.002",
        what: "ticket with RC4",
      }),
    );
  }
  if (row.computer_name === 1)
    traits.push(
      traitOf(row, {
        kind: "computer_name",
        strength: 0.85,
        meaning: say("account-hijack.ticket-asked-name-domain"),
        attack: "T1078",
        what: "ticket in the name of a domain controller",
      }),
    );
  return traits;
}

type Story = Pick<Trait, "kind" | "strength" | "meaning" | "attack"> & {
  what: string;
  targets?: string[];
  isHeld?: boolean;
};

function traitOf(row: LinedRow, { what, targets = [], isHeld = true, ...story }: Story): Trait {
  const { realm, owner, name, domain, label, hosts, sources } = row;
  return {
    ...story,
    account: { realm, name, domain, label },
    owner,
    first: Number(row.first),
    last: Number(row.last),
    hosts,
    sources,
    actors: [],
    targets,
    isHeld,
    evidence: row.lines.map(([, , , line]) => ({ line, what: `${label}: ${what}` })),
  };
}
