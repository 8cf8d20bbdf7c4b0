/** The two ports that are judged, and what belongs on them. */
export const PORTS = [443, 80] as const;
export type JudgedPort = (typeof PORTS)[number];

/** As Zeek's `service` and Suricata's `app_proto` name them. */
const EXPECTED: Readonly<Record<JudgedPort, readonly string[]>> = {
  443: ["ssl", "tls", "quic", "doh2"],
  80: ["http", "http1", "http2", "websocket"],
};

export const NAME_OF: Readonly<Record<JudgedPort, string>> = { 443: "TLS", 80: "HTTP" };

/** SQL: one of these was recognised. As a pattern on the column, so that the engine looks at each of its few values once. */
const recognised = (names: readonly string[]): string => `match(app_name, '(^|,)(${names.join("|")})(,|$)')`;

/** SQL: the sensor recognised what belongs on the port. */
export const EXPECTED_SQL = `if(dst_endpoint_port = 443, ${recognised(EXPECTED[443])}, ${recognised(EXPECTED[80])})`;

/** SQL: what it recognised, '' for nothing. Zeek writes a protocol that it gave up on with a minus in front. */
export const NAMED_SQL =
  "arrayStringConcat(arraySort(arrayFilter(a -> a != '' AND NOT startsWith(a, '-'), splitByChar(',', toString(app_name)))), ',')";

/** SQL: TLS was recognised, on whatever port. */
export const IS_TLS_SQL = recognised(["ssl", "tls"]);

export const ON_PORTS_SQL = `dst_endpoint_port IN (${PORTS.join(", ")}) AND connection_protocol = 'tcp'`;

/**
 * SQL: the sensor saw the connection begin and lost nothing of it. Where the record has a history (Zeek) it must hold a SYN or SYN-ACK, and
 * no content gap and no bad checksum (packets that Zeek does not look into). Else the state must be one that asks for a handshake.
 */
export const WHOLE_SQL = `answered = 1 AND if(connection_history != '',
    match(connection_history, '[Sh]') AND NOT match(connection_history, '[GgCc]'),
    connection_state IN ('SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR'))`;

/**
 * SQL: payload bytes one way. Zeek counts payload. Other sources count whole packets (both counts are the same there): 66 bytes a packet are
 * Ethernet, IPv4 and TCP headers with time stamps.
 */
export function payloadSql(way: "out" | "in"): string {
  return `if(ip_bytes_${way} > 0 AND traffic_bytes_${way} = ip_bytes_${way},
    greatest(toInt64(traffic_bytes_${way}) - 66 * toInt64(traffic_packets_${way}), 0), toInt64(traffic_bytes_${way}))`;
}
