import type { Store } from "../../store/port.js";
import { caseState, setCaseState } from "../case-state.js";
import { DERIVED_BATCH, type Manifest } from "./manifest.js";
import { OPEN_PRODUCT } from "./statements.js";

/** A flow that a second observer reports may begin this much later, in seconds: clocks and time-outs differ. */
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Makes the rows of `contact_hourly` that need the whole case, anew, unless they are current:
 *
 * - connections that are still open or were only reported as long, where no final record came (counted once, with their greatest extent);
 * - names of such connections, from Zeek's open_ssl and open_http, where ssl and http do not have them;
 * - negative sums for flows that two observers (sensor and product) of one realm both saw: same five-tuple, and begun within the other's
 *   duration or {@link CLOCK_TOLERANCE_SECONDS}. So volumes over the roll-up count a link once, while raw rows stay as they were seen.
 */
export async function deriveContacts(store: Store, manifest: Manifest): Promise<void> {
  const digest = manifest.digest();
  if ((await caseState(store, "derived_from")) === digest) return;
  await store.command(DROP_DERIVED);
  // Asked first: to leave out what has ended, the statements read the identifiers of all connections.
  for (const { some, statement } of OPEN)
    if ((await store.query(some)).length > 0) await store.command(statement);
  const realms = await store.query<{ address_realm: string }>(
    `SELECT address_realm FROM coverage_hourly WHERE class = 'network_activity'
     GROUP BY address_realm HAVING uniqExact(sensor_id, product) > 1`,
  );
  if (realms.length > 0)
    await store.command(OVERLAPS, {
      realms: realms.map((row) => row.address_realm),
      tolerance: CLOCK_TOLERANCE_SECONDS,
    });
  await setCaseState(store, "derived_from", digest);
}

/** Derived rows of a process that was killed while making them, or of other content than the case has now, count for nothing. */
export async function dropStaleDerived(store: Store, manifest: Manifest): Promise<void> {
  if ((await caseState(store, "derived_from")) !== manifest.digest()) await store.command(DROP_DERIVED);
}

const DROP_DERIVED = `ALTER TABLE contact_hourly DROP PARTITION '${DERIVED_BATCH}'`;

/** Rows for what has not ended yet, and whether there is anything of the kind. */
interface Open {
  some: string;
  statement: string;
}

const OPEN_CONNECTIONS = `INSERT INTO contact_hourly
SELECT '${DERIVED_BATCH}', sensor_id, address_realm, product, 'flow', toStartOfHour(started) AS hour, src, dst, port, protocol, '',
  count(), sum(was_answered), sum(bytes_out), sum(bytes_in), max(longest), min(started), max(ended)
FROM (
  SELECT sensor_id, address_realm, product, src_endpoint_ip AS src, dst_endpoint_ip AS dst, dst_endpoint_port AS port,
    connection_protocol AS protocol, connection_uid, min(time) AS started, max(answered) AS was_answered,
    max(traffic_bytes_out) AS bytes_out, max(traffic_bytes_in) AS bytes_in, max(duration) AS longest,
    max(addMicroseconds(time, toInt64(duration * 1e6))) AS ended
  FROM network_activity
  WHERE record_state != 'final' AND connection_uid NOT IN (
    SELECT connection_uid FROM network_activity WHERE record_state = 'final' AND connection_uid IN (
      SELECT connection_uid FROM network_activity WHERE record_state != 'final'))
  GROUP BY sensor_id, address_realm, product, src, dst, port, protocol, connection_uid
)
GROUP BY sensor_id, address_realm, product, hour, src, dst, port, protocol`;

const OPEN_NAMES: readonly Open[] = [
  { channel: "tls", table: "tls_activity", name: "sni", answered: "max(established)" },
  { channel: "http", table: "http_activity", name: "url_hostname", answered: "max(http_status > 0)" },
].map(({ channel, table, name, answered }) => ({
  some: `SELECT 1 FROM ${table} WHERE product = '${OPEN_PRODUCT}' LIMIT 1`,
  statement: `INSERT INTO contact_hourly
SELECT '${DERIVED_BATCH}', sensor_id, address_realm, '${OPEN_PRODUCT}', '${channel}', toStartOfHour(started) AS hour, src, dst, port, 'tcp',
  name, count(), sum(was_answered), 0, 0, 0, min(started), max(started)
FROM (
  SELECT sensor_id, address_realm, src_endpoint_ip AS src, dst_endpoint_ip AS dst, dst_endpoint_port AS port, ${name} AS name,
    connection_uid, min(time) AS started, ${answered} AS was_answered
  FROM ${table}
  WHERE product = '${OPEN_PRODUCT}' AND ${name} != '' AND connection_uid NOT IN (
    SELECT connection_uid FROM ${table} WHERE product != '${OPEN_PRODUCT}' AND connection_uid IN (
      SELECT connection_uid FROM ${table} WHERE product = '${OPEN_PRODUCT}'))
  GROUP BY sensor_id, address_realm, src, dst, port, name, connection_uid
)
GROUP BY sensor_id, address_realm, hour, src, dst, port, name`,
}));

const OPEN: readonly Open[] = [
  {
    some: "SELECT 1 FROM network_activity WHERE record_state != 'final' LIMIT 1",
    statement: OPEN_CONNECTIONS,
  },
  ...OPEN_NAMES,
];

const OVERLAPS = `INSERT INTO contact_hourly
SELECT '${DERIVED_BATCH}', sensor_id, address_realm, product, 'flow', toStartOfHour(time) AS hour, src_endpoint_ip, dst_endpoint_ip,
  dst_endpoint_port, connection_protocol, '', -count(), -sum(answered), -sum(toInt64(traffic_bytes_out)), -sum(toInt64(traffic_bytes_in)),
  0, min(time), max(time)
FROM (
  SELECT *,
    lagInFrame((sensor_id, product), 1, ('', '')) OVER flow AS before_observer,
    lagInFrame(time, 1, toDateTime64(0, 6, 'UTC')) OVER flow AS before_time,
    lagInFrame(duration, 1, 0.) OVER flow AS before_duration
  FROM network_activity
  WHERE record_state = 'final' AND address_realm IN {realms:Array(String)}
    AND (address_realm, src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, toStartOfHour(time)) IN (
      SELECT address_realm, src_ip, dst_ip, dst_port, arrayJoin([hour, hour + 3600, hour - 3600]) AS near FROM (
        SELECT address_realm, src_ip, dst_ip, dst_port, hour FROM contact_hourly
        WHERE channel = 'flow' AND address_realm IN {realms:Array(String)}
        GROUP BY address_realm, src_ip, dst_ip, dst_port, hour
        HAVING uniqExact(sensor_id, product) > 1))
  WINDOW flow AS (
    PARTITION BY address_realm, src_endpoint_ip, src_endpoint_port, dst_endpoint_ip, dst_endpoint_port, lower(connection_protocol)
    ORDER BY time, product = 'zeek' DESC, sensor_id, product ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
WHERE before_time > toDateTime64(0, 6, 'UTC') AND before_observer != (sensor_id, product)
  AND dateDiff('millisecond', before_time, time) <= 1000 * greatest({tolerance:Float64}, before_duration)
GROUP BY sensor_id, address_realm, product, hour, src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, connection_protocol`;
