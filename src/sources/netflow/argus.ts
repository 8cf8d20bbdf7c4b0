/**
 * Argus records as `ra -c ,` (or tabs) prints them, known as binetflow from the CTU-13 data set: bidirectional flows.
 * https://openargus.org/oldsite/man/man1/ra.1.pdf
 */
import { contentId } from "../../kernel/ids.js";
import { Checks, type Field } from "../checked.js";
import { Columns, cutAtDelimiter, cutHeader, fieldCountDiffers } from "../delimited.js";
import type { InsertPlan, LineKind, Probe, Reader, Shape } from "../port.js";
import { Prelude, sqlProtocol, sqlSet } from "../sql.js";
import { flowTime } from "./times.js";

const REQUIRED = ["StartTime", "Proto", "SrcAddr", "DstAddr"];

/** Records that are no IP traffic: of Argus itself, and of protocols below IP. */
const NOT_IP = [
  "man",
  "arp",
  "rarp",
  "llc",
  "lldp",
  "stp",
  "spanning-tree",
  "cdp",
  "loop",
  "eap",
  "pppoe",
  "mpls",
  "ether",
  "unas",
  "x25",
];

const MAC_ADDRESS = "'^(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$'";

export interface ArgusLayout {
  delimiter: "," | "\t";
  columns: Columns;
}

export function argusLayout(line: string): ArgusLayout | undefined {
  for (const delimiter of [",", "\t"] as const) {
    const columns = new Columns(cutHeader(line, delimiter));
    if (REQUIRED.every((name) => columns.has(name))) return { delimiter, columns };
  }
  return undefined;
}

export class ArgusReader implements Reader {
  readonly format = "argus-csv";
  readonly log = "argus";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number>;
  readonly sensorInLog = undefined;
  readonly #firstHeader: string;
  #shape: Shape;

  constructor(header: string, layout: ArgusLayout) {
    this.#firstHeader = header;
    this.#shape = argusShape(layout);
    this.specialFirstBytes = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, Buffer.from(header)[0] ?? 0x53]);
  }

  get shape(): Shape {
    return this.#shape;
  }

  special(line: string): LineKind {
    if (line.trim() === "") return "blank";
    if (line === this.#firstHeader) return "header";
    const layout = argusLayout(line);
    if (layout === undefined) return "data";
    this.#shape = argusShape(layout);
    return "header";
  }

  wholeWithoutNewline(): boolean {
    return false;
  }
}

export function argusReader(probe: Probe): ArgusReader | undefined {
  const header = probe.lines.find((line) => line.trim() !== "") ?? "";
  const layout = argusLayout(header);
  return layout === undefined ? undefined : new ArgusReader(header, layout);
}

function argusShape({ delimiter, columns }: ArgusLayout): Shape {
  const prelude = new Prelude();
  const proto = prelude.define(`lower(${columns.field("Proto").raw})`);
  const source = columns.field("SrcAddr").raw;
  const destination = columns.field("DstAddr").raw;
  const belowIp = prelude.define(
    `${proto} IN ${sqlSet(NOT_IP)} OR match(${source}, ${MAC_ADDRESS}) OR match(${destination}, ${MAC_ADDRESS})`,
  );
  const checks = new Checks(prelude);
  const plan = argusPlan(columns, prelude, checks);
  return {
    key: contentId("argus", delimiter, ...columns.names),
    prelude: [cutAtDelimiter(delimiter), ...prelude.entries],
    rejectLine: fieldCountDiffers(columns.names.length),
    kind: `if(${belowIp}, 'not-ip', 'flow')`,
    plans: [{ ...plan, kinds: ["flow"], ...checks.verdict }],
  };
}

function argusPlan(
  columns: Columns,
  prelude: Prelude,
  checks: Checks,
): Omit<InsertPlan, "accept" | "reject" | "kinds"> {
  const start = columns.field("StartTime");
  const time = checks.instant(start, flowTime(start.raw));
  const source = checks.address(columns.field("SrcAddr"));
  const destination = checks.address(columns.field("DstAddr"));
  const protocol = prelude.define(sqlProtocol(columns.field("Proto").raw));
  const [sourcePort, destinationPort] = portsOf(columns, prelude, checks, protocol);
  const bytes = volumes(columns, prelude, checks, "Bytes");
  const packets = volumes(columns, prelude, checks, "Pkts");
  // `<-` and `<?`: the side that Argus lists second began.
  const turned = prelude.define(`match(${columns.field("Dir").raw}, '^<[?]?-?$')`);
  const orient = (one: string, other: string) => `if(${turned}, ${other}, ${one})`;
  const state = tcpState(columns, prelude, protocol, turned, orient(packets.back, packets.there));
  const bytesOut = orient(bytes.there, bytes.back);
  const bytesIn = orient(bytes.back, bytes.there);
  return {
    table: "network_activity",
    columns: {
      product: "'argus'",
      time,
      src_endpoint_ip: orient(source, destination),
      src_endpoint_port: orient(sourcePort, destinationPort),
      dst_endpoint_ip: orient(destination, source),
      dst_endpoint_port: orient(destinationPort, sourcePort),
      connection_protocol: protocol,
      duration: checks.seconds(columns.field("Dur")),
      // Argus counts whole frames.
      traffic_bytes_out: bytesOut,
      traffic_bytes_in: bytesIn,
      traffic_packets_out: orient(packets.there, packets.back),
      traffic_packets_in: orient(packets.back, packets.there),
      ip_bytes_out: bytesOut,
      ip_bytes_in: bytesIn,
      connection_state: state.state,
      answered: state.answered,
      connection_history: `if(${turned}, '^', '')`,
      record_state: "'final'",
      sampling_rate: "1",
    },
  };
}

/** Counts there and back: `SrcBytes` with `DstBytes`, or with `TotBytes` which holds both. */
function volumes(
  columns: Columns,
  prelude: Prelude,
  checks: Checks,
  what: "Bytes" | "Pkts",
): { there: string; back: string } {
  const sourceField = columns.field(`Src${what}`);
  const totalField = columns.field(`Tot${what}`);
  const there = checks.count(sourceField);
  if (columns.has(`Dst${what}`)) return { there, back: checks.count(columns.field(`Dst${what}`)) };
  const total = checks.count(totalField);
  if (sourceField.absent === "1") return { there: total, back: "0" };
  if (totalField.absent === "1") return { there, back: "0" };
  checks.require(`(${total} >= ${there} OR ${totalField.absent})`, `'Src${what} is greater than Tot${what}'`);
  return { there, back: prelude.define(`if(${total} > ${there}, ${total} - ${there}, 0)`) };
}

/** Ports as numbers, as hex, or for ICMP as code and type in one hex number (`0x0303`: type in the low byte, as Zeek's first port). */
function portsOf(
  columns: Columns,
  prelude: Prelude,
  checks: Checks,
  protocol: string,
): [source: string, destination: string] {
  const typed = prelude.define(
    `${protocol} = 'icmp' AND match(${columns.field("Sport").raw}, '^0x[0-9a-fA-F]{1,4}$')`,
  );
  const hex = (raw: string) => `reinterpretAsUInt32(reverse(unhex(leftPad(substring(${raw}, 3), 8, '0'))))`;
  const number = (field: Field, ifTyped: string): Field => {
    if (field.absent === "1") return field;
    const decimal = `if(match(${field.raw}, '^0x[0-9a-fA-F]{1,8}$'), toString(${hex(field.raw)}), ${field.raw})`;
    const raw = prelude.define(`if(${typed}, toString(${ifTyped}), ${decimal})`);
    return { name: field.name, raw, absent: `${raw} = ''` };
  };
  const icmp = hex(columns.field("Sport").raw);
  return [
    checks.port(number(columns.field("Sport"), `bitAnd(${icmp}, 255)`)),
    checks.port(number(columns.field("Dport"), `bitShiftRight(${icmp}, 8)`)),
  ];
}

/** `FSPA_FSPA`: TCP flags that the two sides sent. Without the underscore it is a state of its own or not TCP. */
function tcpState(
  columns: Columns,
  prelude: Prelude,
  protocol: string,
  turned: string,
  packetsIn: string,
): { state: string; answered: string } {
  const raw = columns.field("State").raw;
  const sides = `splitByChar('_', ${raw})`;
  const flagged = prelude.define(`${protocol} = 'tcp' AND position(${raw}, '_') > 0`);
  const there = prelude.define(`if(${turned}, ${sides}[2], ${sides}[1])`);
  const back = prelude.define(`if(${turned}, ${sides}[1], ${sides}[2])`);
  const has = (flags: string, letter: string) => `position(${flags}, '${letter}') > 0`;
  const silent = `${packetsIn} = 0`;
  const refused = prelude.define(
    `${flagged} AND ${has(back, "R")} AND NOT ${has(back, "S")} AND NOT ${has(back, "P")}`,
  );
  const tcp = `multiIf(${refused}, 'REJ', ${has(there, "R")}, 'RSTO', ${has(back, "R")}, 'RSTR', ${has(there, "F")} AND ${has(back, "F")}, 'SF', ${has(back, "S")}, 'S1', 'OTH')`;
  return {
    state: `multiIf(${silent}, 'S0', ${flagged}, ${tcp}, ${protocol} = 'tcp', 'OTH', 'SF')`,
    answered: `NOT (${silent}) AND NOT ${refused}`,
  };
}
