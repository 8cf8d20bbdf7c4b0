/**
 * CSV of nfdump: the wide layout up to 1.7.4 (`ts,te,td,sa,da,…`), the short one since (`firstSeen,duration,…`), and what `-o csv:…`
 * makes of the same names in any order. https://github.com/phaag/nfdump, src/output/output_csv.c
 */
import { contentId } from "../../kernel/ids.js";
import { Checks, type Field } from "../checked.js";
import { Columns, cutAtDelimiter, cutHeader, fieldCountDiffers, plainLine } from "../delimited.js";
import type { InsertPlan, LineKind, Probe, Reader, Shape } from "../port.js";
import { Prelude, sqlProtocol } from "../sql.js";
import { flowDuration, flowTime } from "./times.js";

const SOURCE = ["sa", "srcAddr"];
const DESTINATION = ["da", "dstAddr"];
const FIRST = ["ts", "firstSeen"];

/** Lines around the records: the summary at the end, and what nfdump says to standard output. */
const TRAILER =
  /^(Summary\b|flows,bytes,packets|Time window|Total flows|Sys:|Command line|No matched flows|Aggregated flows|Top \d)/;

const LETTERS = new Set(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz %"].map((letter) => letter.charCodeAt(0)),
);

/** The columns if this is nfdump's header line. */
export function nfdumpColumns(line: string): Columns | undefined {
  const columns = new Columns(cutHeader(line, ","));
  const has = (names: readonly string[]) => names.some((name) => columns.has(name));
  return has(SOURCE) && has(DESTINATION) && has(FIRST) ? columns : undefined;
}

export class NfdumpReader implements Reader {
  readonly format = "nfdump-csv";
  readonly log = "nfdump";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([...LETTERS, 0x09, 0x0a, 0x0d, 0xef]);
  readonly sensorInLog = undefined;
  #shape: Shape;

  constructor(columns: Columns) {
    this.#shape = nfdumpShape(columns);
  }

  get shape(): Shape {
    return this.#shape;
  }

  special(line: string): LineKind {
    if (line.trim() === "") return "blank";
    const columns = nfdumpColumns(line);
    if (columns !== undefined) {
      this.#shape = nfdumpShape(columns);
      return "header";
    }
    if (!TRAILER.test(plainLine(line))) return "data";
    // The line of totals that follows is no record either; another header may come where files were put together.
    if (line.startsWith("Summary"))
      this.#shape = { key: "nfdump/summary", prelude: [], rejectLine: "''", plans: [] };
    return "header";
  }

  wholeWithoutNewline(): boolean {
    return false;
  }
}

/** A file of nfdump begins with the header line. */
export function nfdumpReader(probe: Probe): NfdumpReader | undefined {
  const columns = nfdumpColumns(probe.lines.find((line) => line.trim() !== "") ?? "");
  return columns === undefined ? undefined : new NfdumpReader(columns);
}

/**
 * Does the record's source look like the server? A router exports a conversation as two one-way records; the answers are turned
 * round, so that both records name the client first, and out and in add up per pair. A SYN without ACK names its sender the client.
 */
function isAnswer(sourcePort: string, destinationPort: string, opening: string): string {
  const lower = `${sourcePort} < 1024 AND ${destinationPort} >= 1024`;
  const registered = `${sourcePort} < 32768 AND ${destinationPort} >= 32768`;
  return `${sourcePort} > 0 AND NOT ${opening} AND (${lower} OR ${registered})`;
}

function nfdumpShape(columns: Columns): Shape {
  const prelude = new Prelude();
  const checks = new Checks(prelude);
  const plan = nfdumpPlan(columns, prelude, checks);
  return {
    key: contentId("nfdump", ...columns.names),
    prelude: [cutAtDelimiter(","), ...prelude.entries],
    rejectLine: fieldCountDiffers(columns.names.length),
    plans: [{ ...plan, ...checks.verdict }],
  };
}

function nfdumpPlan(
  columns: Columns,
  prelude: Prelude,
  checks: Checks,
): Omit<InsertPlan, "accept" | "reject"> {
  const first = columns.field(...FIRST);
  const time = checks.instant(first, flowTime(first.raw));
  const source = checks.address(columns.field(...SOURCE));
  const destination = checks.address(columns.field(...DESTINATION));
  const protocol = prelude.define(sqlProtocol(columns.field("pr", "proto").raw));
  const ports = portsOf(columns, prelude, checks, protocol);
  const td = columns.field("td", "duration");
  const duration = checks.seconds({
    ...td,
    raw: td.absent === "1" ? td.raw : prelude.define(flowDuration(td.raw)),
  });
  const packets = checks.count(columns.field("ipkt", "inPackets", "packets", "pkt"));
  const bytes = checks.count(columns.field("ibyt", "inBytes", "bytes", "byt"));
  const packetsBack = checks.count(columns.field("opkt", "outPackets"));
  const bytesBack = checks.count(columns.field("obyt", "outBytes"));
  const flags = columns.field("flg", "flags").raw;
  const flag = (letter: string) => `position(${flags}, '${letter}') > 0`;
  const opening = prelude.define(`${protocol} = 'tcp' AND ${flag("S")} AND NOT ${flag("A")}`);
  const onlyReset = `${protocol} = 'tcp' AND ${flag("R")} AND NOT ${flag("S")} AND NOT ${flag("P")} AND NOT ${flag("F")}`;
  const turned = prelude.define(`${isAnswer(ports.source, ports.destination, opening)}`);
  const refused = prelude.define(`${turned} AND ${packetsBack} = 0 AND ${onlyReset}`);
  const unanswered = prelude.define(`NOT ${turned} AND ${packetsBack} = 0 AND ${opening}`);
  const orient = (one: string, other: string) => `if(${turned}, ${other}, ${one})`;
  const bytesOut = orient(bytes, bytesBack);
  const bytesIn = orient(bytesBack, bytes);
  return {
    table: "network_activity",
    columns: {
      product: "'nfdump'",
      time,
      src_endpoint_ip: orient(source, destination),
      src_endpoint_port: orient(ports.source, ports.destination),
      dst_endpoint_ip: orient(destination, source),
      dst_endpoint_port: orient(ports.destination, ports.source),
      connection_protocol: protocol,
      duration,
      traffic_bytes_out: bytesOut,
      traffic_bytes_in: bytesIn,
      traffic_packets_out: orient(packets, packetsBack),
      traffic_packets_in: orient(packetsBack, packets),
      ip_bytes_out: bytesOut,
      ip_bytes_in: bytesIn,
      connection_state: `multiIf(${refused}, 'REJ', ${unanswered}, 'S0', '')`,
      answered: `NOT ${refused} AND NOT ${unanswered}`,
      // As Zeek marks a connection that it turned round.
      connection_history: `if(${turned}, '^', '')`,
      record_state: "'final'",
      sampling_rate: "1",
    },
  };
}

/** ICMP has no ports: nfdump prints type and code as `8.0` in the place of the destination's. Zeek puts type and code in the two. */
function portsOf(
  columns: Columns,
  prelude: Prelude,
  checks: Checks,
  protocol: string,
): { source: string; destination: string } {
  const sourcePort = columns.field("sp", "srcPort");
  const destinationPort = columns.field("dp", "dstPort");
  if (destinationPort.absent === "1") return { source: checks.port(sourcePort), destination: "0" };
  const typed = prelude.define(
    `${protocol} = 'icmp' AND match(${destinationPort.raw}, '^[0-9]{1,3}[.][0-9]{1,3}$')`,
  );
  const place = (field: Field, at: number): Field => {
    if (field.absent === "1") return field;
    const raw = prelude.define(`if(${typed}, splitByChar('.', ${destinationPort.raw})[${at}], ${field.raw})`);
    return { name: field.name, raw, absent: `${raw} = ''` };
  };
  return { source: checks.port(place(sourcePort, 1)), destination: checks.port(place(destinationPort, 2)) };
}
