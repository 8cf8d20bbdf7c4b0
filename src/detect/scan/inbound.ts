import { plainAddress } from "../../kernel/plain-address.js";
import { rfc3339 } from "../../kernel/time.js";
import { type Finding, findingId } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Weights } from "./sweeps.js";

/** Scans of one organisation's machines by addresses that are not ours. */
interface Summary {
  /** Empty where no inventory line covers the machines. */
  orgId: string;
  realm: string;
  scanners: number;
  connections: number;
  machines: number;
  first: number;
  last: number;
  /** Ports that were tried most, by number of targets' hours. */
  ports: number[];
  /** Those that tried most targets of this organisation, and one machine that each tried. */
  busiest: { address: string; targets: number; realm: string; machine: string }[];
}

const BUSIEST = 20;
const PORTS = 8;
/** Organisations (or realms without an inventory) summed up. */
const MOST = 2_000;

/** Whose machine was knocked at; an address that changed owners counts for its last one. */
const OWNER =
  "(SELECT address_realm AS realm, ip AS machine, argMax(org_id, valid_to) AS org FROM host_organisation GROUP BY realm, machine)";

const KNOCKS = `channel = 'flow' AND connections > 0 AND protocol IN ('tcp', 'udp', 'icmp') AND ${oneMachineSql("dst_ip")}`;

/**
 * Addresses, not ours, that tried enough machines and ports in vain: the same test as for our hosts, over targets (machine and port). The
 * inner condition is cheap and necessary: a row of the roll-up is one target in one hour.
 */
const SCANNERS = `SELECT address_realm, src_ip FROM (
    SELECT address_realm, src_ip, uniqCombined(12)(dst_ip, dst_port) AS targets,
      uniqCombinedIf(12)((dst_ip, dst_port), answered > 0) AS answering, toInt64(targets) - toInt64(answering) AS failed
    FROM contact_hourly
    WHERE ${KNOCKS} AND (address_realm, src_ip) IN (
      SELECT address_realm, src_ip FROM contact_hourly WHERE connections > answered AND ${KNOCKS} AND NOT ${insideSql("src_ip")}
      GROUP BY address_realm, src_ip HAVING count() >= {least:UInt32})
    GROUP BY address_realm, src_ip
    HAVING failed >= {least:UInt32} AND failed * {gain:Float64} - toInt64(answering) * {loss:Float64} >= {evidence:Float64})`;

/** One row for each scanner and owner of what it tried, then one for each owner. */
const SUMMARIES = `SELECT org, key_realm, min(some_realm) AS realm, count() AS scanners, sum(c) AS connections,
    uniqCombinedMerge(12)(tried) AS machines, topKMerge(${PORTS})(top_ports) AS ports, toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last,
    groupArraySorted(${BUSIEST})((-toInt64(targets), scanner, some_realm, sample)) AS busiest
  FROM (SELECT org, if(org = '', knocks.realm, '') AS key_realm, min(knocks.realm) AS some_realm, toString(src) AS scanner,
      uniqCombined(12)(machine, port) AS targets, uniqCombinedState(12)(machine) AS tried, toString(min(machine)) AS sample,
      topKState(${PORTS})(port) AS top_ports,
      sum(n) AS c, min(began) AS f, max(ended) AS l
    FROM (SELECT address_realm AS realm, src_ip AS src, dst_ip AS machine, dst_port AS port, connections AS n, first_time AS began, last_time AS ended
      FROM contact_hourly WHERE ${KNOCKS} AND (address_realm, src_ip) IN (${SCANNERS})) AS knocks
    LEFT JOIN ${OWNER} AS owner USING (realm, machine)
    GROUP BY org, key_realm, src)
  GROUP BY org, key_realm ORDER BY scanners DESC, org, key_realm LIMIT ${MOST}`;

interface Row {
  org: string;
  realm: string;
  scanners: number;
  connections: number;
  machines: number;
  first: number;
  last: number;
  ports: number[];
  busiest: [number, string, string, string][];
}

async function summaries(context: DetectContext, least: number, weights: Weights): Promise<Summary[]> {
  const rows = await context.query<Row>(SUMMARIES, { least: Math.round(least), ...weights });
  return rows.map((row) => ({
    orgId: row.org,
    realm: row.realm,
    scanners: Number(row.scanners),
    connections: Number(row.connections),
    machines: Number(row.machines),
    first: row.first,
    last: row.last,
    ports: row.ports.map(Number),
    busiest: row.busiest.map(([targets, address, realm, machine]) => ({
      address: plainAddress(address),
      targets: -Number(targets),
      realm,
      machine: plainAddress(machine),
    })),
  }));
}

/** One informational finding for each organisation that was scanned, most scanned first. */
export async function inboundFindings(
  context: DetectContext,
  { least, weights, most }: { least: number; weights: Weights; most: number },
): Promise<{ findings: Finding[]; scanners: number; left: number }> {
  const all = (await summaries(context, least, weights)).filter(
    ({ busiest }) => !busiest.every(({ address }) => context.allow.address(address)),
  );
  const reported = all.slice(0, most);
  const index = await EvidenceIndex.load(context, reported.flatMap(pairsOf));
  return {
    findings: reported.map((summary) => makeFinding(context, summary, index)),
    scanners: all.reduce((sum, { scanners }) => sum + scanners, 0),
    left: all.length - reported.length,
  };
}

function pairsOf({ busiest, first, last }: Summary): EvidencePair[] {
  return busiest
    .slice(0, 4)
    .map(({ realm, address, machine }) => ({ realm, host: machine, server: address, from: first, to: last }));
}

function makeFinding(context: DetectContext, summary: Summary, index: EvidenceIndex): Finding {
  const { orgId, realm, busiest } = summary;
  const name = context.directory.organisations.get(orgId)?.name ?? "";
  const evidence = index.of(pairsOf(summary), [], 8);
  return {
    id: findingId(manifest.id, orgId === "" ? null : orgId, orgId === "" ? realm : "", "inbound"),
    detector: manifest.id,
    title: say(
      "scan.scanned",
      summary.scanners,
      summary.scanners === 1 ? say("scan.address") : say("scan.addresses"),
      name === "" ? say("scan.machines-realm", realm) : name,
    ),
    severity: "informational",
    score: 0,
    components: [
      {
        name: "noise",
        value: 0,
        weight: 1,
        meaning: say("scan.machines-internet-scanned-all"),
      },
    ],
    first_seen: rfc3339(summary.first),
    last_seen: rfc3339(summary.last),
    org_id: orgId === "" ? null : orgId,
    entities: busiest.map(({ address }) => ({ kind: "address" as const, value: address, role: "scanner" })),
    attack: ["T1595.001"],
    evidence,
    explanation: {
      key: "scan.inbound",
      args: [
        { type: "number", value: summary.scanners },
        orgId === ""
          ? { type: "text", value: `realm ${realm}` }
          : { type: "organisation", value: name === "" ? orgId : name, org: orgId },
        { type: "time", value: rfc3339(summary.first) },
        { type: "time", value: rfc3339(summary.last) },
        { type: "number", value: summary.connections },
        { type: "number", value: summary.machines },
        { type: "list", value: summary.ports.map(String) },
        { type: "list", value: busiest.slice(0, 10).map(({ address }) => address) },
      ],
    },
    caveats: [say("scan.scan-nobody-answered-no")],
    facts: {
      shape: "inbound",
      direction: "inbound",
      scanners: summary.scanners,
      connections: summary.connections,
      machines: summary.machines,
      ports: summary.ports,
      busiest: busiest.map(({ address }) => address),
      busiest_targets: busiest.map(({ targets }) => targets),
    },
    tlp: index.tlpOf(evidence),
  };
}
