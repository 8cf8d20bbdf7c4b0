import type { MachinePart } from "../../../schedule/index.js";
import type { DetectContext } from "../../port.js";
import { type DomainNames, domainSql } from "../../shared/account-domains.js";
import {
  ACCOUNT_SQL,
  HOST_SQL,
  IN_USE_SQL,
  isSameAccount,
  SERVICE_LOGON_SQL,
  SOURCE_SQL,
} from "../../shared/logons.js";
import { type SessionLimits, tellSessionsApart } from "../sessions.js";
import type { HijackedAccount } from "./named.js";

/** What became of the logons of one account. */
export interface AccountLogons {
  named: HijackedAccount;
  /** All that are counted below, and none twice. */
  logons: number;
  failed: number;
  /** From elsewhere than the findings name, where they name sources: its owner's, as far as anybody knows. */
  elsewhere: number;
  folded: number;
  automated: number;
  /** Milliseconds, in order. */
  interactive: number[];
  machines: MachinePart[];
  /** By host whose log has them: half-hours with logons that no machine made. */
  hosts: ReadonlyMap<string, LoggingHost>;
  /** Pairs of a source and a logging host. */
  pairs: number;
  sensors: string[];
  realms: string[];
}

export interface LoggingHost {
  realm: string;
  /** As its events spell it, in all spellings. */
  computers: string[];
  halfHours: number;
}

const HALF_HOUR = 1_800_000;
/** Logons of one account in one half-hour that are read: more say no more about who was at work when. */
const MOST_OF_HALF_HOUR = 12;

/**
 * One row for each half-hour of a stream: an account on one host's log from one source in one way. Whatever logs on by itself does so in a stream of its own. NTLM
 * events (4776) do not say the domain: they count on domain controllers only, where they are of domain accounts.
 */
const LOGONS = `SELECT realm, name, domain, host, source, way, status, service, toUInt32(half) AS half_hour, count() AS logons,
    groupArraySorted(${MOST_OF_HALF_HOUR})(at) AS times, arraySort(groupUniqArray(computer)) AS computers, groupUniqArray(sensor) AS sensors
  FROM (SELECT address_realm AS realm, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, ${HOST_SQL} AS host, ${SOURCE_SQL} AS source,
      concat(toString(metadata_event_code), '/', toString(logon_type)) AS way, status, ${SERVICE_LOGON_SQL} AS service, toUnixTimestamp64Milli(time) AS at,
      intDiv(at, ${HALF_HOUR}) AS half, toString(device_hostname) AS computer, toString(sensor_id) AS sensor
    FROM authentication
    WHERE name IN {names:Array(String)} AND (${IN_USE_SQL} OR service OR metadata_event_code IN (4625, 4771))
      AND (user_domain != '' OR metadata_event_code != 4776 OR (address_realm, device_hostname) IN (
        SELECT address_realm, computer FROM windows_event WHERE channel = 'Security' AND event_id IN (4768, 4769))))
  GROUP BY realm, name, domain, host, source, way, status, service, half
  ORDER BY realm, name, domain, host, source, way, status, service, half`;

interface Row {
  realm: string;
  name: string;
  domain: string;
  host: string;
  source: string;
  way: string;
  status: string;
  service: number;
  half_hour: number;
  logons: number | string;
  times: (number | string)[];
  computers: string[];
  sensors: string[];
}

/** Reads the logons of these accounts, and tells what a person at work may have caused from the rest. Accounts without any are left out. */
export async function logonsOf(
  context: DetectContext,
  accounts: readonly HijackedAccount[],
  domains: DomainNames,
  limits: SessionLimits,
): Promise<AccountLogons[]> {
  const gathering = accounts.map((named) => ({
    named,
    // Where nothing came from the sources that a finding names, they tell nothing apart.
    fromSources: new Gathering(named, limits),
    all: new Gathering(named, limits),
  }));
  const names = [...new Set(accounts.map(({ account }) => account.name))];
  let stream: Row[] = [];
  const take = () => {
    const [first] = stream;
    if (first === undefined) return;
    for (const { named, fromSources, all } of gathering) {
      if (
        !isSameAccount(domains.of(first.realm, named.account), first) ||
        (named.realm !== "" && named.realm !== first.realm)
      )
        continue;
      all.add(stream);
      if (named.sources.has(first.source)) fromSources.add(stream);
    }
    stream = [];
  };
  for await (const row of context.stream<Row>(LOGONS, { names, from: domains.from, to: domains.to })) {
    const [last] = stream;
    if (last !== undefined && streamOf(last) !== streamOf(row)) take();
    stream.push(row);
  }
  take();
  return gathering.flatMap(({ fromSources, all }) => {
    if (all.logons === 0) return [];
    return [fromSources.logons === 0 ? all.finish(0) : fromSources.finish(all.logons - fromSources.logons)];
  });
}

const streamOf = ({ realm, name, domain, host, source, way, status, service }: Row): string =>
  JSON.stringify([realm, name, domain, host, source, way, status, service]);

/** One account's, stream by stream; what is kept of a half-hour is bounded however many streams there are. */
class Gathering {
  logons = 0;
  #failed = 0;
  #service = 0;
  readonly #times = new Map<number, number[]>();
  readonly #machines: MachinePart[] = [];
  readonly #hosts = new Map<string, LoggingHost>();
  readonly #pairs = new Set<string>();
  readonly #sensors = new Set<string>();
  #byMachines = 0;

  constructor(
    private readonly named: HijackedAccount,
    private readonly limits: SessionLimits,
  ) {}

  add(rows: readonly Row[]): void {
    const [first] = rows as [Row, ...Row[]];
    const count = rows.reduce((sum, { logons }) => sum + Number(logons), 0);
    this.logons += count;
    if (first.status === "Failure") {
      this.#failed += count;
      return;
    }
    const actor = `${this.named.label} from ${first.source} on ${first.host}`;
    this.#pairs.add(`${first.realm} ${first.source} ${first.host}`);
    for (const { sensors } of rows) for (const sensor of sensors) this.#sensors.add(sensor);
    if (first.service === 1 || first.name.endsWith("$")) {
      this.#service += count;
      this.#machines.push({ actor, events: count, test: "machine_logon", seconds: meanPause(rows, count) });
      return;
    }
    const times = rows.flatMap((row) => row.times.map(Number));
    const { interactive, machines } = tellSessionsApart(actor, times, this.limits);
    this.#machines.push(...machines);
    this.#byMachines += times.length - interactive.length;
    const halfHours = new Set(interactive.map(halfHourOf));
    for (const time of interactive) {
      const kept = this.#times.get(halfHourOf(time)) ?? [];
      this.#times.set(halfHourOf(time), kept);
      kept.push(time);
      // The earliest stay.
      if (kept.length > MOST_OF_HALF_HOUR) kept.splice(kept.indexOf(Math.max(...kept)), 1);
    }
    const key = `${first.realm} ${first.host}`;
    const host = this.#hosts.get(key) ?? { realm: first.realm, computers: [], halfHours: 0 };
    this.#hosts.set(key, host);
    host.halfHours += halfHours.size;
    for (const { computers } of rows)
      for (const computer of computers) if (!host.computers.includes(computer)) host.computers.push(computer);
  }

  finish(elsewhere: number): AccountLogons {
    const merged = [...this.#times.values()].flat().sort((a, b) => a - b);
    // A script that goes round the hosts shows itself only over all of them.
    const { interactive, machines } = tellSessionsApart(this.named.label, merged, this.limits);
    const automated = this.#service + this.#byMachines + merged.length - interactive.length;
    return {
      named: this.named,
      logons: this.logons + elsewhere,
      failed: this.#failed,
      elsewhere,
      folded: this.logons - this.#failed - automated - interactive.length,
      automated,
      interactive,
      machines: [...this.#machines, ...machines],
      hosts: this.#hosts,
      pairs: this.#pairs.size,
      sensors: [...this.#sensors].sort(),
      realms: [...new Set([...this.#hosts.values()].map(({ realm }) => realm))].sort(),
    };
  }
}

const halfHourOf = (time: number): number => Math.floor(time / HALF_HOUR);

/** Seconds. */
function meanPause(rows: readonly Row[], count: number): number {
  const times = rows.flatMap((row) => row.times.map(Number));
  return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 / Math.max(1, count - 1);
}
