import type { Checks, Field } from "../checked.js";
import type { Columns } from "../delimited.js";
import type { CsvField, CsvMapping, InsertPlan } from "../port.js";
import { type Prelude, sqlProtocol, sqlString } from "../sql.js";
import { mappedTime } from "./times.js";

/** What firewalls call a connection that they did not let through. */
const DENIED = "'^(deny|denied|drop|block|reject|discard|refuse|prohibit)'";

/** Markers of firewalls for "no value". */
const NO_VALUE = ["-", "N/A", "n/a", "null", "NULL", "none"];

export function csvPlan(
  mapping: CsvMapping,
  columns: Columns,
  prelude: Prelude,
  checks: Checks,
): Omit<InsertPlan, "accept" | "reject"> {
  const field = (name: CsvField): Field => {
    const column = mapping.columns[name];
    if (column === undefined) return { name, raw: "''", absent: "1" };
    const { raw } = columns.field(column);
    return { name: column, raw, absent: `${raw} IN (${["", ...NO_VALUE].map(sqlString).join(", ")})` };
  };
  const text = (name: CsvField) => {
    const { raw, absent } = field(name);
    return absent === "1" ? "''" : `if(${absent}, '', ${raw})`;
  };
  const time = field("time");
  const bytesIn = checks.count(field("bytes_in"));
  const packetsIn = checks.count(field("packets_in"));
  const bytesOut = checks.count(field("bytes_out"));
  const denied = prelude.define(`match(lower(${text("action")}), ${DENIED})`);
  return {
    table: "network_activity",
    columns: {
      product: sqlString(`csv:${mapping.name}`),
      time: checks.instant(time, mappedTime(mapping, time.raw)),
      src_endpoint_ip: checks.address(field("src_ip")),
      src_endpoint_port: checks.port(field("src_port")),
      dst_endpoint_ip: checks.address(field("dst_ip")),
      dst_endpoint_port: checks.port(field("dst_port")),
      connection_protocol: sqlProtocol(text("protocol")),
      app_name: `lower(${text("application")})`,
      duration: checks.seconds(field("duration_seconds")),
      traffic_bytes_out: bytesOut,
      traffic_bytes_in: bytesIn,
      traffic_packets_out: checks.count(field("packets_out")),
      traffic_packets_in: packetsIn,
      connection_state: `if(${denied}, 'REJ', '')`,
      answered: `multiIf(${denied}, 0, ${silent(field("bytes_in"), field("packets_in"), bytesIn, packetsIn)}, 0, 1)`,
      record_state: "'final'",
      sampling_rate: "1",
    },
  };
}

/** Does the record say that nothing came back? A record without such a count does not say it. */
function silent(bytes: Field, packets: Field, bytesIn: string, packetsIn: string): string {
  const said = `NOT (${bytes.absent}) OR NOT (${packets.absent})`;
  return `(${said}) AND ${bytesIn} = 0 AND ${packetsIn} = 0`;
}
