import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { CampaignEvent } from "./campaign.js";
import { rfc3339 } from "./clock.js";
import { protocolOn } from "./infrastructure.js";
import { rngFor } from "./rng.js";
import type { World } from "./world.js";

export const NOTE =
  "Synthetic data from a simulator. Organisations, people and traffic are invented. It tests the pipeline; " +
  "results on it are not evidence of detection quality on real networks.";
export const GENERATOR = "longwatch simulate";

export function csv(rows: string[][]): string {
  const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function organisations(world: World): string {
  const rows = [
    ["cidr", "realm", "org_id", "org", "sector", "subsector", "valid_from", "valid_to", "source"],
  ];
  for (const sensor of world.sensors) {
    for (const org of sensor.organisations) {
      // Public addresses are the same place for everybody; private ones belong to a realm.
      const realm = org.translated ? "*" : sensor.realm;
      rows.push([
        org.cidr,
        realm,
        org.id,
        org.name,
        org.sector,
        org.subsector,
        "",
        "",
        "simulated inventory",
      ]);
    }
  }
  return csv(rows);
}

function assets(world: World): string {
  const rows = [["address", "realm", "name", "role", "criticality"]];
  for (const sensor of world.sensors) {
    for (const org of sensor.organisations.filter((candidate) => !candidate.translated)) {
      rows.push([org.directory.text, sensor.realm, `dc01.${org.id}`, "domain_controller", "5"]);
      rows.push([org.mail.text, sensor.realm, `mail.${org.id}`, "mail_server", "4"]);
      rows.push([org.files.text, sensor.realm, `files.${org.id}`, "file_server", "4"]);
      rows.push([org.web.text, sensor.realm, `web.${org.id}`, "web_server", "3"]);
    }
  }
  return csv(rows);
}

/** What somebody already knew: a few of the addresses that were really used, no name. */
export function watchedAddresses(world: World): string[] {
  const uses = new Map<string, number>();
  for (const events of world.campaign.events.values()) {
    for (const { address } of events) uses.set(address, (uses.get(address) ?? 0) + 1);
  }
  return rngFor(world.seed, "watched")
    .shuffled([...uses.keys()].sort())
    .slice(0, world.description.watched_addresses);
}

function watchlist(world: World): string {
  const rows = [["value", "kind", "role", "source", "confidence", "valid_from", "valid_to", "description"]];
  for (const address of watchedAddresses(world)) {
    rows.push([
      address,
      "address",
      "c2",
      "simulated sharing group",
      "0.9",
      "",
      "",
      "known to belong to the campaign (synthetic)",
    ]);
  }
  return csv(rows);
}

function configuration(world: World): string {
  const header = [
    `# Written by ${GENERATOR} (scenario ${world.description.id}, seed ${world.seed}, scale ${world.scale}).`,
    `# ${NOTE}`,
    "",
  ].join("\n");
  const sensors = world.sensors.map((sensor) => ({
    id: sensor.id,
    path: `logs/${sensor.id}/**`,
    realm: sensor.realm,
  }));
  return (
    header +
    stringify({
      case: { name: world.description.case_name, tlp: "amber", synthetic: true },
      organisations: "organisations.csv",
      assets: "assets.csv",
      watchlists: ["intel/watchlist.csv"],
      internal_networks: [],
      home: { countries: [world.description.office.country], time_zone: world.description.office.time_zone },
      sensors,
    })
  );
}

interface Step {
  id: string;
  step: string;
  technique: string;
  org_id: string;
  host: string;
  account: null;
  time: string;
}

function stepsOf(org: string, events: CampaignEvent[]): Step[] {
  const first = (purpose: CampaignEvent["purpose"]) => events.find((event) => event.purpose === purpose);
  const made: Step[] = [];
  const add = (step: string, technique: string, event: CampaignEvent | undefined): void => {
    if (!event) return;
    const time = rfc3339(event.ts);
    made.push({
      id: `${org}:${step}`,
      step,
      technique,
      org_id: org,
      host: event.host.text,
      account: null,
      time,
    });
  };
  add("first-contact", "T1071.001", events[0]);
  add("first-interactive-session", "T1219", first("session"));
  add("first-upload", "T1567.002", first("upload"));
  return made;
}

/** What really happened, as far as a sensor could see it. `hunt` must not read this. */
export function truth(world: World): Record<string, unknown> {
  const { campaign, description } = world;
  const byOrg = new Map<string, CampaignEvent[]>();
  const roles = new Map<string, { value: string; kind: string; role: string }>();
  const all = [...campaign.events.values()].flat();
  const uploads = new Set(
    all.filter((event) => event.purpose === "upload").map((event) => event.server.name),
  );
  for (const event of all) {
    const org = event.host.organisation.id;
    const events = byOrg.get(org) ?? [];
    events.push(event);
    byOrg.set(org, events);
    const role = uploads.has(event.server.name) ? "command-and-control, exfiltration" : "command-and-control";
    if (event.named) roles.set(event.server.name, { value: event.server.name, kind: "domain", role });
    roles.set(event.address, { value: event.address, kind: "address", role: "command-and-control" });
    const { certificate, tls13 } = event.server;
    const { fingerprint } = certificate;
    // A certificate that no sensor could see is no truth that anybody could find.
    if (!tls13 && protocolOn(event.port) === "tls")
      roles.set(fingerprint, { value: fingerprint, kind: "certificate", role: "command-and-control" });
  }
  const { lull, utc_offset_minutes, calendar } = campaign.rhythm;
  const everybody = world.sensors.flatMap((sensor) => sensor.organisations);
  const victims = everybody.filter((org) => org.victim);
  const steps = victims.flatMap((org) => stepsOf(org.id, byOrg.get(org.id) ?? []));
  return {
    version: 1,
    generator: GENERATOR,
    synthetic: true,
    note: NOTE,
    scenario: description.id,
    seed: world.seed,
    scale: world.scale,
    period: { from: rfc3339(world.days[0] ?? 0), to: `${description.period.to}T23:59:59Z` },
    victims: victims.map((org) => {
      const events = byOrg.get(org.id) ?? [];
      const last = events[events.length - 1];
      return {
        org_id: org.id,
        first_contact: rfc3339(events[0]?.ts ?? 0),
        last_contact: rfc3339(last?.ts ?? 0),
        hosts: [...new Set(events.map((event) => event.host.text))].sort(),
        connections: events.length,
      };
    }),
    clean: everybody.filter((org) => !org.victim).map((org) => org.id),
    // Clean organisations that touched a server once: somebody's visit, or a survey of the Internet.
    contacted: world.scenes
      .filter((scene) => scene.kind !== "upload" && campaign.infrastructure.ports.has(scene.address))
      .map(({ kind, host, ts }) => ({
        org_id: host.organisation.id,
        host: host.text,
        time: rfc3339(ts),
        how: kind === "visit" ? "single visit" : "scan",
      })),
    infrastructure: [...roles.values()].sort((a, b) =>
      `${a.kind} ${a.value}`.localeCompare(`${b.kind} ${b.value}`, "en"),
    ),
    watched: watchedAddresses(world),
    schedule: { utc_offset_minutes, calendar, lull },
    outages: [
      {
        sensor_id: campaign.outage.sensor,
        from: rfc3339(campaign.outage.from),
        to: rfc3339(campaign.outage.to),
      },
    ],
    steps,
    intrusions: victims.map((org) => ({
      id: `intrusion-${org.id}`,
      cluster: null,
      org_id: org.id,
      steps: steps.filter((step) => step.org_id === org.id).map((step) => step.id),
    })),
  };
}

/** The files beside the logs. Truth goes first: it marks the folder as ours if the run is broken off. */
export async function writeOutputs(world: World, out: string): Promise<number> {
  await mkdir(join(out, "intel"), { recursive: true });
  const files: [string, string][] = [
    ["truth.json", `${JSON.stringify(truth(world), null, 2)}\n`],
    ["longwatch.yaml", configuration(world)],
    ["organisations.csv", organisations(world)],
    ["assets.csv", assets(world)],
    [join("intel", "watchlist.csv"), watchlist(world)],
  ];
  for (const [name, content] of files) await writeFile(join(out, name), content);
  return files.length;
}
