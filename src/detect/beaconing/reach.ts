import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { siteOf } from "../shared/site.js";

/** Who contacts a destination. */
export interface Reach {
  /** Of our hosts (for somebody outside who contacts us: clients of our server). */
  hosts: number;
  /** Organisations that these hosts belong to, of at most {@link CLIENTS} hosts taken by their hash; 0 where none is known. */
  organisations: number;
}

const CLIENTS = 200;
const CHUNK = 2_000;

interface Row {
  key: string;
  hosts: number | string;
  /** `[hash, realm, address]` */
  clients: [number | string, string, string][];
}

/**
 * Distinct clients first: of more than {@link CLIENTS} the same are taken each time, and fairly from all networks. `groupUniqArray` with a limit
 * takes those that happen to be read first, and the number of organisations, and with it the score, would be one of chance.
 * @param where SQL over `contact_hourly`, of ours
 */
const reachSql = (key: string, where: string) =>
  `SELECT key, count() AS hosts, groupArraySorted(${CLIENTS})((cityHash64(realm, client), realm, client)) AS clients
  FROM (
    SELECT ${key} AS key, toString(address_realm) AS realm, toString(src_ip) AS client FROM contact_hourly
    WHERE ${where} GROUP BY key, realm, client
  ) GROUP BY key`;

/** Clients of servers of ours, from wherever. */
const OF_ANY_CLIENT = "channel = 'flow' AND dst_ip IN {keys:Array(IPv6)} AND answered > 0";
const OF_OUR_ADDRESSES = reachSql("toString(dst_ip)", OF_ANY_CLIENT);
const OF_ADDRESSES = reachSql("toString(dst_ip)", `${OF_ANY_CLIENT} AND ${insideSql("src_ip")}`);

const NAMED = `channel IN ('tls', 'http', 'dns') AND name != '' AND ${insideSql("src_ip")}`;
const OF_NAMES = reachSql("name", `${NAMED} AND name IN {keys:Array(String)}`);

/** The engine's public suffixes know no private ones (`duckdns.org`): only domains on which both agree are asked for. */
const DOMAIN = "cutToFirstSignificantSubdomain(name)";
const OF_DOMAINS = reachSql(DOMAIN, `${NAMED} AND ${DOMAIN} IN {keys:Array(String)}`);

/** How many of our hosts contact addresses, names, and registrable domains. */
export class ReachIndex {
  readonly #context: DetectContext;
  readonly #found = new Map<string, Reach>();

  private constructor(context: DetectContext) {
    this.#context = context;
  }

  static async load(
    context: DetectContext,
    {
      addresses,
      ours,
      names,
    }: { addresses: readonly string[]; ours: readonly string[]; names: readonly string[] },
  ): Promise<ReachIndex> {
    const index = new ReachIndex(context);
    const domains = names.map((name) => siteOf(name)?.domain ?? "").filter((domain) => domain !== "");
    await index.#ask(OF_ADDRESSES, addresses, "address");
    await index.#ask(OF_OUR_ADDRESSES, ours, "ours");
    await index.#ask(OF_NAMES, names, "name");
    await index.#ask(OF_DOMAINS, domains, "domain");
    return index;
  }

  async #ask(sql: string, keys: readonly string[], kind: string): Promise<void> {
    for (const part of chunks([...new Set(keys)], CHUNK)) {
      for (const { key, hosts, clients } of await this.#context.query<Row>(sql, { keys: part })) {
        const organisations = new Set<string>();
        for (const [, realm, address] of clients) {
          const owner = this.#context.directory.resolve(
            realm,
            plainAddress(address),
            this.#context.span.last,
          );
          if (owner !== undefined) organisations.add(owner.orgId);
        }
        this.#found.set(`${kind}|${plainAddress(key)}`, {
          hosts: Number(hosts),
          organisations: organisations.size,
        });
      }
    }
  }

  /** The widest reach of a destination: content networks change addresses, vendors give each client a name of its own. */
  of(addresses: readonly string[], names: readonly string[]): Reach {
    const found = [
      // With a name of its own, an address that others share says nothing about the name.
      ...(names.length > 0 ? [] : addresses.map((each) => this.#found.get(`address|${each}`))),
      ...names.map((each) => this.#found.get(`name|${each}`)),
      ...names.map((each) => this.#found.get(`domain|${siteOf(each)?.domain ?? ""}`)),
    ];
    return widest(found);
  }

  /** Clients of a server of ours. */
  ofOurs(address: string): Reach {
    return widest([this.#found.get(`ours|${address}`)]);
  }
}

function widest(found: readonly (Reach | undefined)[]): Reach {
  return found.reduce<Reach>(
    (most, each) => ({
      hosts: Math.max(most.hosts, each?.hosts ?? 0),
      organisations: Math.max(most.organisations, each?.organisations ?? 0),
    }),
    { hosts: 1, organisations: 0 },
  );
}
