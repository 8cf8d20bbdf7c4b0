import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { rfc3339 } from "../engine/clock.js";
import { csv, GENERATOR, NOTE } from "../engine/outputs.js";
import { type Estate, type Host, hostOf, odditiesOf } from "./estate.js";
import type { Intrusion } from "./intrusions.js";

/** Roles as an inventory of assets has them; the rest is `other`. */
const ASSET_ROLES: Record<string, string> = {
  domain_controller: "domain_controller",
  mail_server: "mail_server",
  database: "contract_database",
  file_server: "file_server",
  web_server: "web_server",
  gateway: "vpn_gateway",
};

/** What really happened. `hunt` must not read this. */
export function truthOf(estate: Estate, intrusions: readonly Intrusion[]): Record<string, unknown> {
  const org = estate.organisation.id;
  const oddities = odditiesOf(estate);
  const all = intrusions.flatMap((intrusion) => intrusion.steps.map((step) => ({ intrusion, step })));
  all.sort((a, b) => a.step.ts - b.step.ts);
  const steps = all.map(({ intrusion, step }) => ({
    id: step.id,
    step: step.step,
    technique: step.technique,
    org_id: org,
    host: step.host.computer,
    address: step.host.address,
    account: step.account?.name ?? null,
    time: rfc3339(step.ts),
    cluster: intrusion.cluster,
    intrusion: intrusion.id,
  }));
  const hosts = new Map<string, Host>(all.map(({ step }) => [step.host.computer, step.host]));
  return {
    version: 1,
    generator: GENERATOR,
    synthetic: true,
    note: NOTE,
    scenario: estate.description.id,
    seed: estate.seed,
    scale: estate.scale,
    period: { from: rfc3339(estate.days[0] ?? 0), to: `${estate.description.period.to}T23:59:59Z` },
    victims: [
      {
        org_id: org,
        first_contact: steps[0]?.time,
        last_contact: `${estate.description.period.to}T23:59:59Z`,
        hosts: [...hosts.keys()].sort(),
      },
    ],
    clean: [],
    infrastructure: intrusions.flatMap(({ tools, cluster }) => [
      { value: tools.server, kind: "domain", role: "command-and-control", cluster },
      { value: tools.address, kind: "address", role: "command-and-control", cluster },
      { value: tools.storeAddress, kind: "address", role: "entry, exfiltration", cluster },
    ]),
    schedule: { utc_offset_minutes: 480, calendar: null },
    outages: [],
    hosts: [...hosts.values()].map(({ computer, address, role }) => ({ host: computer, address, role })),
    accounts: [...new Set(steps.flatMap(({ account }) => (account === null ? [] : [account])))].sort(),
    // Honest work that looks like an intruder's.
    benign: [
      { what: "archives with a password to the treasury by FTP", host: oddities.finance.computer },
      { what: "set up anew, logs begin again", host: oddities.rebuilt.computer },
      {
        what: "log of applications emptied by an administrator",
        host: hostOf(estate, "application").computer,
      },
    ],
    steps,
    intrusions: intrusions.map(({ id, cluster, steps: own }) => ({
      id,
      cluster,
      org_id: org,
      steps: own.map((step) => step.id),
    })),
  };
}

function configuration(estate: Estate): string {
  const { description, realm } = estate;
  const sensor = (id: string, path: string) => ({ id, path, realm });
  return `# Written by ${GENERATOR} (scenario ${description.id}, seed ${estate.seed}, scale ${estate.scale}).\n# ${NOTE}\n${stringify(
    {
      case: { name: description.case_name, tlp: "amber", synthetic: true },
      organisations: "organisations.csv",
      assets: "assets.csv",
      watchlists: ["intel/watchlist.csv"],
      internal_networks: [],
      home: { countries: [description.office.country], time_zone: description.office.time_zone },
      sensors: [
        sensor("border", "logs/zeek/**"),
        sensor("collector", "logs/windows/**"),
        sensor("web", "logs/iis/**"),
        sensor("gateway", "logs/gateway/**"),
        sensor("linux", "logs/audit/**"),
        sensor("mail", "logs/mail/**"),
      ],
    },
  )}`;
}

/** The files beside the logs. Truth goes first: it marks the folder as ours if the run is broken off. */
export async function writeEstateOutputs(
  estate: Estate,
  intrusions: readonly Intrusion[],
  out: string,
): Promise<number> {
  const { organisation, realm, hosts } = estate;
  const network = `${(hosts[0] as Host).address.split(".").slice(0, 2).join(".")}.0.0/16`;
  await mkdir(join(out, "intel"), { recursive: true });
  const files: [string, string][] = [
    ["truth.json", `${JSON.stringify(truthOf(estate, intrusions), null, 2)}\n`],
    ["longwatch.yaml", configuration(estate)],
    [
      "organisations.csv",
      csv([
        ["cidr", "realm", "org_id", "org", "sector", "subsector", "valid_from", "valid_to", "source"],
        [
          network,
          realm,
          organisation.id,
          organisation.name,
          "government",
          "ministry",
          "",
          "",
          "simulated inventory",
        ],
      ]),
    ],
    [
      "assets.csv",
      csv([
        ["address", "realm", "name", "role", "criticality"],
        ...hosts
          .filter(({ role }) => role !== "workstation")
          .map((host) => [
            host.address,
            realm,
            host.computer,
            ASSET_ROLES[host.role] ?? "other",
            String(host.criticality),
          ]),
      ]),
    ],
    [
      join("intel", "watchlist.csv"),
      csv([
        ["value", "kind", "role", "source", "confidence", "valid_from", "valid_to", "description"],
        // One server of one intrusion is all that somebody knew.
        [
          intrusions[0]?.tools.address ?? "",
          "address",
          "c2",
          "simulated sharing group",
          "0.8",
          "",
          "",
          "synthetic",
        ],
      ]),
    ],
  ];
  for (const [name, content] of files) await writeFile(join(out, name), content);
  return files.length;
}
