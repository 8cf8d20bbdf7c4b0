import type { Contact, Server } from "../../plant/index.js";
import type { Store } from "../../store/port.js";
import type { Manifest } from "../ingest/manifest.js";
import { isContactTable, rollupStatement, stretchParameters } from "../ingest/statements.js";
import type { Place, PlaceHost } from "./places.js";

/**
 * Partition and source of what is planted. The manifest never names it: on a server nobody else sees it, and where a process dies before
 * it is dropped, the next that opens the case drops it with all else that no manifest row stands for.
 */
export const PLANTED = "planted";

/** Contact of one host with a server that never was. */
export interface Plant {
  place: Place;
  host: PlaceHost;
  server: Server;
  contacts: readonly Contact[];
}

const TABLES = ["network_activity", "tls_activity", "dns_activity"] as const;
/** Rows held before they are written. */
const ROWS = 20_000;
/** A client asks again for a name after this many milliseconds. */
const LOOKUP_HOLDS = 3_600_000;
/** A look-up goes before its connection. */
const LOOKUP_BEFORE = 40;

type Row = Record<string, unknown>;

/** Writes the plants beside the case's own rows, rolls them up as an import does, and lets reading statements see them. */
export async function showPlants(store: Store, manifest: Manifest, plants: readonly Plant[]): Promise<void> {
  let line = 0;
  for (const table of TABLES) {
    const first = line + 1;
    let rows: Row[] = [];
    for (const [number, plant] of plants.entries()) {
      for (const row of rowsOf(table, plant)) {
        line++;
        rows.push({
          ...row,
          source_line: line,
          connection_uid: `${PLANTED}-${number}-${row.connection_uid}`,
        });
        if (rows.length < ROWS) continue;
        await store.insert(table, rows);
        rows = [];
      }
    }
    await store.insert(table, rows);
    if (line < first || !isContactTable(table)) continue;
    const stretch = { ids: [PLANTED], from: [first], to: [line + 1] };
    await store.command(rollupStatement(table, stretch, false), {
      batch_id: PLANTED,
      ...stretchParameters(stretch),
    });
  }
  // The embedded engine belongs to this process alone and shows all there is.
  store.setVisible(store.engine === "chdb" ? {} : { batches: [...manifest.liveBatches(), PLANTED] });
}

/** The case as it was. It may be called whether or not anything is planted. */
export async function dropPlants(store: Store, manifest: Manifest): Promise<void> {
  store.setVisible(store.engine === "chdb" ? {} : { batches: manifest.liveBatches() });
  for (const table of [...TABLES, "contact_hourly"])
    await store.command(`ALTER TABLE ${table} DROP PARTITION '${PLANTED}'`);
}

/** The connections of a plant, their server names, or their look-ups: as far as the sensor logs these of the host. */
function* rowsOf(table: (typeof TABLES)[number], { place, host, server, contacts }: Plant): Generator<Row> {
  const product = place.products.get(table);
  if (product === undefined) return;
  const common = {
    batch_id: PLANTED,
    source_id: PLANTED,
    sensor_id: place.sensorId,
    address_realm: host.realm,
    product,
    src_endpoint_ip: host.address,
  };
  const toServer = { dst_endpoint_ip: server.address, dst_endpoint_port: server.port };
  let asked = Number.NEGATIVE_INFINITY;
  for (const [number, contact] of contacts.entries()) {
    // Ephemeral ports (RFC 6335), another for each connection.
    const own = { ...common, connection_uid: number, src_endpoint_port: 49_152 + (number % 16_384) };
    if (table === "network_activity") {
      yield {
        ...own,
        ...toServer,
        time: stamp(contact.time),
        connection_protocol: "tcp",
        app_name: server.tls ? "ssl" : "",
        duration: contact.seconds,
        traffic_bytes_out: contact.bytesOut,
        traffic_bytes_in: contact.bytesIn,
        traffic_packets_out: packets(contact.bytesOut),
        traffic_packets_in: packets(contact.bytesIn),
        connection_state: "SF",
        answered: 1,
        src_is_local: 1,
        dst_is_local: 2,
        sampling_rate: 1,
      };
    } else if (table === "tls_activity") {
      if (!server.tls || !host.hasTls) return;
      yield { ...own, ...toServer, time: stamp(contact.time), sni: server.name ?? "", established: 1 };
    } else {
      if (server.name === undefined || !host.hasDns || place.resolver === undefined) return;
      if (contact.time - asked < LOOKUP_HOLDS) continue;
      asked = contact.time;
      yield {
        ...own,
        dst_endpoint_ip: place.resolver,
        dst_endpoint_port: 53,
        connection_protocol: "udp",
        time: stamp(contact.time - LOOKUP_BEFORE),
        query_hostname: server.name,
        query_type: "A",
        rcode: "NOERROR",
        answers: [server.address],
        answer_ips: [server.address],
      };
    }
  }
}

/** Full segments, and at least the three packets that open a connection. */
const packets = (bytes: number): number => 3 + Math.ceil(bytes / 1_400);

const stamp = (time: number): string => new Date(time).toISOString().slice(0, 23).replace("T", " ");
