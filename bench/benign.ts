import { readFileSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { simulate } from "../scenarios/index.js";
import { groupBy } from "../src/kernel/group-by.js";
import { type Finding, SEVERITIES, severityRank } from "../src/model/finding.js";
import type { Incident } from "../src/model/incident.js";
import type { Case } from "../src/pipeline/index.js";
import { machine } from "./measure.js";
import { corpus, type Detection, detectIn, SIGMA_RULES } from "./windows-case.js";

const SEED = 2026;
const HIGH = severityRank("high");

/** Hosts that the attack of a set of OTRF's touched, by its publisher's description and its events; others there are ordinary. */
const ATTACKED: Readonly<Record<string, readonly string[]>> = {
  "cmd_wevtutil_modify_security_eventlog_path.zip": ["desktop-cqf82l6"],
  "covenant_dcom_iertutil_dll_hijack.zip": ["workstation5", "workstation6"],
  "empire_psexec_dcerpc_tcp_svcctl.zip": ["workstation5", "workstation6"],
  "empire_scm_dll_hijack_ikeext.tar.gz": ["it001", "hr001"],
  "proxylogon_ssrf_rce_poc.zip": ["mxs01"],
  "purplesharp_ad_playbook_I.zip": ["workstation5", "workstation6", "workstation7", "mordordc"],
};

/**
 * What is found where nobody attacks: on an ordinary machine, with our rules and with SigmaHQ's; and, because it has no Sysmon, on the hosts beside the
 * attacked ones of OTRF's sets and of a simulated network.
 *
 * @param scale of the simulated network: 1 is 200 hosts over two months
 */
export async function benchBenign(folder: string, scale: number): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  const machineLogs = join(corpus, "evtx/benign-windows10");
  await tell(folder, "evtx/benign-windows10", machineLogs, {});
  await tell(folder, "evtx/benign-windows10 with SigmaHQ's rules", machineLogs, {
    sigma: { rules: SIGMA_RULES },
  });
  const sets = Object.keys(ATTACKED).map((set) => ({ id: set, path: `${set}!/**`, realm: set }));
  await tell(
    folder,
    "windows-json/otrf, each set a realm of its own",
    join(corpus, "windows-json/otrf"),
    { sensors: sets },
    Object.entries(ATTACKED).flatMap(([set, hosts]) => hosts.map((host) => keyOf(set, host))),
  );
  const simulated = join(folder, `benign-story-${scale}`);
  rmSync(simulated, { recursive: true, force: true });
  await simulate({ scenario: "south-east-asia-2026", out: simulated, seed: SEED, scale });
  const { victims, hosts, infrastructure } = JSON.parse(
    readFileSync(join(simulated, "truth.json"), "utf8"),
  ) as {
    victims: { org_id: string }[];
    hosts: { host: string; address: string }[];
    infrastructure: { kind: string; value: string }[];
  };
  await tell(
    folder,
    `south-east-asia-2026, seed ${SEED}, scale ${scale} (synthetic)`,
    simulated,
    join(simulated, "longwatch.yaml"),
    [
      ...victims.flatMap(({ org_id }) =>
        hosts.flatMap(({ host, address }) => [keyOf(org_id, host), keyOf(org_id, address)]),
      ),
      // Also the domain of a server's name.
      ...infrastructure.flatMap(({ kind, value }) =>
        kind === "domain" ? [value, value.slice(value.indexOf(".") + 1)] : [value],
      ),
    ],
  );
}

/** A host by its name without domain, or its address. The simulated organisation's realm has its name. */
const keyOf = (realm: string, host: string): string =>
  `${realm} ${isIP(host) > 0 ? host : host.toLowerCase().split(".")[0]}`;

/** @param attacked hosts as {@link keyOf} has them, and servers of the attackers: what names one of them is left out */
async function tell(
  folder: string,
  name: string,
  logs: string,
  configuration: string | Record<string, unknown>,
  attacked: readonly string[] = [],
): Promise<void> {
  const touched = new Set(attacked);
  await detectIn(folder, logs, configuration, async (detection, opened) => {
    const { days, hosts, events } = await ordinary(opened, touched);
    process.stdout.write(
      `\n## ${name}\n\n${hosts} ordinary hosts, ${days} days of hosts, ${events.toLocaleString("en")} events of theirs\n\n`,
    );
    process.stdout.write(textOf(detection, touched, days));
  });
}

/** Hosts that no attack touched, and on how many of their days they wrote anything. */
async function ordinary({ store }: Case, touched: ReadonlySet<string>) {
  const [row] = await store.query<{ days: number; hosts: number; events: number }>(
    `SELECT uniqExact(host, toDate(time)) AS days, uniqExact(host) AS hosts, count() AS events
     FROM (SELECT concat(toString(address_realm), ' ', splitByChar('.', lower(toString(computer)))[1]) AS host, time FROM windows_event)
     WHERE host NOT IN {touched:Array(String)}`,
    { touched: [...touched] },
  );
  return {
    days: Number(row?.days ?? 0),
    hosts: Number(row?.hosts ?? 0),
    events: Number(row?.events ?? 0),
  };
}

function textOf(
  { findings, runs, incidents }: Detection,
  touched: ReadonlySet<string>,
  days: number,
): string {
  const ours = findings.filter(({ entities }) =>
    entities.every(({ value, realm }) => !touched.has(keyOf(realm ?? "", value)) && !touched.has(value)),
  );
  const ids = new Set(ours.map(({ id }) => id));
  const alone = incidents.filter((incident) => incident.findings.every((id) => ids.has(id)));
  const perDay = (count: number) => (days === 0 ? "-" : (count / days).toFixed(3));
  const severities = (of: readonly Finding[]) =>
    [...SEVERITIES]
      .reverse()
      .flatMap((severity) => {
        const count = of.filter((finding) => finding.severity === severity).length;
        return count === 0 ? [] : [`${count} ${severity}`];
      })
      .join(", ") || "none";
  const high = ours.filter(({ severity }) => severityRank(severity) >= HIGH);
  const rows = runs
    .filter(({ status }) => status === "ran")
    .map(({ id, evaluated }) => {
      const own = ours.filter(({ detector }) => detector === id);
      const looked = evaluated.map(({ what, count }) => `${count.toLocaleString("en")} ${what}`).join("; ");
      return `| ${id} | ${looked} | ${severities(own)} | ${perDay(own.filter((finding) => high.includes(finding)).length)} |`;
    });
  const untested = groupBy(
    runs.filter(({ status }) => status !== "ran"),
    ({ reason }) => reason,
  );
  const listed = [...ours]
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity))
    .filter(({ severity }) => severityRank(severity) >= severityRank("medium"))
    .map(({ severity, detector, title }) => `- ${severity}: ${detector}: ${title}\n`);
  return [
    "| detector | evaluated | findings | high+ a host and day |",
    "|---|---|---|---|",
    ...rows,
    "",
    ...[...untested].map(([reason, of]) => `not tested (${reason}): ${of.map(({ id }) => id).join(", ")}`),
    "",
    `findings: ${severities(ours)}; high or above ${perDay(high.length)} a host and day`,
    `incidents of ordinary hosts alone: ${alone.length}; ${perDay(alone.length)} a host and day; high or above: ${alone.filter(isHigh).length}`,
    ...alone.map(({ severity, title }) => `- ${severity}: ${title}`),
    "findings at medium or above:",
    ...listed.map((line) => line.trimEnd()),
    "",
  ].join("\n");
}

const isHigh = ({ severity }: Incident): boolean => severityRank(severity) >= HIGH;
