import { groupBy } from "../../kernel/group-by.js";
import type { Hours } from "../../plant/index.js";
import type { Store } from "../../store/port.js";
import { OPEN_PRODUCT } from "../ingest/statements.js";

/** A host of an organisation that opens connections to the outside, as one sensor sees it. */
export interface PlaceHost {
  realm: string;
  address: string;
  /** The sensor logs this host's look-ups and server names: what is planted there shows in these logs, too. */
  hasDns: boolean;
  hasTls: boolean;
}

/** An organisation as one sensor sees it. */
export interface Place {
  orgId: string;
  sensorId: string;
  hours: Hours;
  /** Those that are there most days. */
  hosts: PlaceHost[];
  /** What wrote the records of a class, as rows name it. */
  products: ReadonlyMap<string, string>;
  /** Where look-ups go to; undefined where the sensor logs none. */
  resolver: string | undefined;
}

/** A sensor that carries less of an organisation's connections saw it by accident (docs/assessment.md). */
const LEAST_SHARE = 0.02;
const MOST_HOSTS = 50;
/** A host must be there on this share of the days of the one that is there most. */
const SHARE_OF_DAYS = 0.5;

/** Contact of hosts with owners, to servers outside. */
const OUTWARD = `contact_hourly
  INNER JOIN host_organisation AS owner ON owner.address_realm = contact_hourly.address_realm AND owner.ip = contact_hourly.src_ip
  WHERE connections > 0 AND hour >= owner.valid_from AND hour < owner.valid_to`;
const OUTSIDE = "(contact_hourly.address_realm, dst_ip) NOT IN (SELECT address_realm, ip FROM internal_host)";

const HOSTS = `SELECT owner.org_id AS org, contact_hourly.sensor_id AS sensor, contact_hourly.address_realm AS realm, toString(src_ip) AS host,
    uniqExactIf(toDate(hour), channel = 'flow' AND ${OUTSIDE}) AS days, max(channel = 'dns') AS dns, max(channel = 'tls') AS tls
  FROM ${OUTWARD}
  GROUP BY org, sensor, realm, host HAVING days > 0
  ORDER BY org, sensor, days DESC, realm, host LIMIT ${MOST_HOSTS} BY org, sensor`;

const HOURS = `SELECT org, sensor, arraySort(groupArray((h, n))) AS hours
  FROM (SELECT owner.org_id AS org, contact_hourly.sensor_id AS sensor, intDiv(toUInt32(hour), 3600) AS h, toUInt64(sum(connections)) AS n
    FROM ${OUTWARD} AND channel = 'flow' GROUP BY org, sensor, h)
  GROUP BY org, sensor ORDER BY org, sensor`;

const PRODUCTS = `SELECT sensor_id AS sensor, class, argMax(product, (n, product)) AS product
  FROM (SELECT sensor_id, class, toString(product) AS product, sum(coverage_hourly.records) AS n FROM coverage_hourly
    WHERE product != '${OPEN_PRODUCT}' GROUP BY sensor_id, class, product)
  GROUP BY sensor, class ORDER BY sensor, class`;

const RESOLVERS = `SELECT sensor, argMax(resolver, (n, resolver)) AS resolver
  FROM (SELECT sensor_id AS sensor, toString(dst_endpoint_ip) AS resolver, count() AS n FROM dns_activity GROUP BY sensor, resolver)
  GROUP BY sensor ORDER BY sensor`;

/** Every organisation of the inventory that sensors of flows saw, once for each of its main sensors, by organisation and sensor. */
export async function placesOf(store: Store): Promise<Place[]> {
  const hosts = groupBy(
    await store.query<{
      org: string;
      sensor: string;
      realm: string;
      host: string;
      days: number;
      dns: number;
      tls: number;
    }>(HOSTS),
    ({ org, sensor }) => `${org}\n${sensor}`,
  );
  const products = groupBy(
    await store.query<{ sensor: string; class: string; product: string }>(PRODUCTS),
    ({ sensor }) => sensor,
  );
  const resolvers = new Map(
    (await store.query<{ sensor: string; resolver: string }>(RESOLVERS)).map((row) => [
      row.sensor,
      row.resolver,
    ]),
  );
  const seen = await store.query<{ org: string; sensor: string; hours: HourTuple[] }>(HOURS);
  const counted = seen.map(({ org, sensor, hours }) => {
    const pairs = hours.map(pairOf);
    return { org, sensor, pairs, all: pairs.reduce((sum, [, n]) => sum + n, 0) };
  });
  return [...groupBy(counted, ({ org }) => org).values()].flatMap((own) => {
    const total = own.reduce((sum, { all }) => sum + all, 0);
    return own
      .filter(({ all }) => all >= LEAST_SHARE * total)
      .flatMap(({ org, sensor, pairs }) => {
        const rows = hosts.get(`${org}\n${sensor}`) ?? [];
        const most = rows[0]?.days ?? 0;
        const usable = rows.filter(({ days }) => days >= SHARE_OF_DAYS * most);
        if (usable.length === 0) return [];
        return [
          {
            orgId: org,
            sensorId: sensor,
            hours: hoursOf(pairs),
            hosts: usable.map(({ realm, host, dns, tls }) => ({
              realm,
              address: host,
              hasDns: dns > 0,
              hasTls: tls > 0,
            })),
            products: new Map((products.get(sensor) ?? []).map((row) => [row.class, row.product])),
            resolver: resolvers.get(sensor),
          },
        ];
      });
  });
}

/** The engine gives a tuple as a list or as an object, with 64-bit numbers as text where they are large. */
type HourTuple = [number | string, number | string] | Record<string, number | string>;

function pairOf(tuple: HourTuple): [hour: number, connections: number] {
  const [hour, n] = Array.isArray(tuple) ? tuple : Object.values(tuple);
  return [Number(hour), Number(n)];
}

function hoursOf(pairs: readonly [number, number][]): Hours {
  const byHourOfDay = new Array<number>(24).fill(0);
  for (const [hour, n] of pairs) byHourOfDay[hour % 24] = (byHourOfDay[hour % 24] ?? 0) + n;
  return { seen: pairs.map(([hour]) => hour), byHourOfDay };
}
