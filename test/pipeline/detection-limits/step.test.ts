import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DETECTORS } from "../../../src/detect/registry.js";
import { silentProgress } from "../../../src/kernel/progress.js";
import type { DetectionLimits } from "../../../src/model/detection-limits.js";
import { type Case, openCase } from "../../../src/pipeline/case.js";
import { loadFindings } from "../../../src/pipeline/detect.js";
import { type Place, placesOf } from "../../../src/pipeline/detection-limits/places.js";
import { dropPlants, PLANTED, showPlants } from "../../../src/pipeline/detection-limits/planted-batch.js";
import { detectionLimitsStep, type LimitOptions } from "../../../src/pipeline/detection-limits/step.js";
import { detectStep, ingestStep, reportStep } from "../../../src/pipeline/hunt.js";
import { loadSettings, type Settings } from "../../../src/pipeline/settings.js";
import { plantingOf, randomOf, type Shape, serverOf, shapes } from "../../../src/plant/index.js";
import { EXPORT_FORMATS } from "../../../src/report/index.js";
import { contentOfTables, partitions } from "../support/tables.js";

const START = 1_690_156_800;
const DAYS = 40;
const HOSTS = 6;
/** All but two, so that the answer is known and comes soon. */
const OFF = DETECTORS.map(({ manifest }) => manifest.id).filter(
  (id) => !["beaconing", "cloud-masquerade"].includes(id),
);
const header = (path: string, fields: string) =>
  `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${path}\n#fields\t${fields.replaceAll(" ", "\t")}\n`;

/** Two organisations behind a sensor each; that of `south` was down for two days, and `unseen` has no records. Everybody uses the same few services. */
function writeLogs(folder: string): void {
  for (const [net, sensor] of ["north", "south"].entries()) {
    const conn = [
      header(
        "conn",
        "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state",
      ),
    ];
    const dns = [
      header(
        "dns",
        "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto query qtype_name rcode_name answers",
      ),
    ];
    const ssl = [header("ssl", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p server_name established")];
    for (let hour = 0; hour < DAYS * 24; hour++) {
      if (sensor === "south" && hour >= 240 && hour < 288) continue;
      for (let host = 0; host < HOSTS; host++) {
        // A third of them at night.
        if (host % 3 !== 0 && (hour % 24 < 6 || hour % 24 > 17)) continue;
        const second = START + hour * 3600 + ((host * 977 + hour * 131) % 3600);
        const service = (host + hour) % 6;
        const ends = `C${net}-${hour}-${host}\t10.${net + 1}.0.${host + 10}\t${40_000 + host}\t192.0.2.${10 + service}\t443`;
        const name = `www.service${service}.example.com`;
        conn.push(`${second}.5\t${ends}\ttcp\tssl\t2.5\t${2000 + ((hour * 37) % 900)}\t9000\tSF\n`);
        ssl.push(`${second}.5\t${ends}\t${name}\tT\n`);
        dns.push(
          `${second}.4\tD${net}-${hour}-${host}\t10.${net + 1}.0.${host + 10}\t50000\t10.${net + 1}.0.2\t53\tudp\t${name}\tA\tNOERROR\t192.0.2.${10 + service}\n`,
        );
      }
    }
    for (const [log, lines] of Object.entries({ conn, dns, ssl }))
      writeFileSync(join(folder, `${sensor}.${log}.log`), lines.join(""));
  }
  writeFileSync(
    join(folder, "orgs.csv"),
    "cidr,realm,org_id,org,sector,subsector,valid_from,valid_to,source\n10.1.0.0/16,,north,North Office,energy,,,,\n10.2.0.0/16,,south,South Office,energy,,,,\n10.3.0.0/16,,unseen,Unseen Office,energy,,,,\n",
  );
  writeFileSync(
    join(folder, "longwatch.yaml"),
    `organisations: orgs.csv\ndetectors:\n${OFF.map((id) => `  ${id}: { enabled: false }\n`).join("")}sensors:\n  - id: north\n    path: north.*\n    realm: default\n  - id: south\n    path: south.*\n    realm: default\n`,
  );
}

const root = mkdtempSync(join(tmpdir(), "longwatch-limits-"));
const STRONG = { contacts_per_day: 288, jitter: 0.1, loss: 0.02 };
/** Two contacts or so in two weeks: no rhythm can be in them. */
const WEAK = { contacts_per_day: 1, jitter: 1, loss: 0.85 };
/** Two shapes in two levels, of which the detectors that are on must see the first and cannot see the second; and one that no telemetry of 40 days has room for. */
const [raw, named] = [shape("beacon-raw"), shape("beacon-name")];
const dwell = shape("dwell");
const options: LimitOptions = {
  plantings: 1,
  seed: 7,
  shapes: [
    { ...raw, days: 14, levels: [STRONG, WEAK] },
    { ...named, days: 14, levels: [STRONG, WEAK] },
    { ...dwell, levels: [{ days: 40, weeks: 8 }] },
  ],
};
function shape<Id extends string>(id: Id) {
  const found = shapes().find((each) => each.id === id);
  if (found === undefined) throw new Error(`no shape ${id}`);
  return found as Extract<
    Shape,
    { kind: Id extends "dwell" ? "dwell" : Id extends "upload" ? "upload" : "beacon" }
  >;
}

let opened: Case;
let settings: Settings;
let before: Record<string, string>;
let limits: DetectionLimits;

/** Everything but what the case notes about itself. */
async function content(): Promise<Record<string, string>> {
  const { case_state: _, ...tables } = await contentOfTables(opened.store);
  return tables;
}

beforeAll(async () => {
  writeLogs(root);
  settings = loadSettings(undefined, [root]);
  opened = await openCase({ folder: join(root, "case") });
  await ingestStep(opened, settings, [root], silentProgress);
  await detectStep(opened, settings, silentProgress);
  before = await content();
  limits = await detectionLimitsStep(opened, settings, options, silentProgress);
}, 60_000);
afterAll(async () => {
  await opened.close();
  rmSync(root, { recursive: true, force: true });
});

const measure = (org: string, shape: string) =>
  limits.measures.find(({ org_id, shape: id }) => org_id === org && id === shape);

describe("what could hide in a case", () => {
  it("is less than a strong beacon, and more than a handful of contacts", () => {
    for (const org of ["north", "south"]) {
      const strong = { level: 0, detectors: ["beaconing"] };
      expect(measure(org, "beacon-raw")).toEqual({
        org_id: org,
        name: org === "north" ? "North Office" : "South Office",
        sensor_id: org,
        shape: "beacon-raw",
        reason: null,
        strongest: 0,
        days: org === "north" ? 14 : expect.any(Number),
        listed: strong,
        medium: strong,
        suspected: strong,
      });
      // A rhythm with a name that was asked for is listed, and not held against anybody.
      expect(measure(org, "beacon-name")).toMatchObject({ listed: strong, medium: null, suspected: null });
    }
    // Two levels, one planting each; no third, since nothing was seen in the second.
    expect(limits.runs).toBe(2);
  });

  it("is not known of a shape for which the telemetry is too short", () => {
    expect(measure("north", "dwell")).toMatchObject({
      reason: "the telemetry has 40 days, and 56 are needed",
      strongest: null,
      listed: null,
    });
  });

  it("is not known where nothing was seen of an organisation", () => {
    expect(measure("unseen", "beacon-raw")).toMatchObject({
      reason: expect.stringContaining("no sensor of connections saw a host"),
      strongest: null,
      medium: null,
    });
  });

  it("is the same when it is asked again", async () => {
    expect(await detectionLimitsStep(opened, settings, options, silentProgress)).toEqual(limits);
  });
});

describe("the case", () => {
  it("is afterwards what it was", async () => {
    expect(await content()).toEqual(before);
    expect((await partitions(opened.store)).filter((place) => place.includes(PLANTED))).toEqual([]);
  });

  it("is what it was where the step failed in the middle", async () => {
    let reports = 0;
    const failing = {
      report() {
        if (++reports === 2) throw new Error("no more");
      },
      finish() {},
    };
    await expect(detectionLimitsStep(opened, settings, options, failing)).rejects.toThrow("no more");
    expect(await content()).toEqual(before);
  });

  it("is what it was once it is opened again, where the process died with everything planted", async () => {
    const [place] = await placesOf(opened.store);
    await plantOne(place);
    expect(await content()).not.toEqual(before);
    expect(
      Number(
        (
          await opened.store.query<{ n: number }>(
            "SELECT count() AS n FROM contact_hourly WHERE batch_id = 'planted'",
          )
        )[0]?.n,
      ),
    ).toBeGreaterThan(0);
    await opened.close();
    opened = await openCase({ folder: join(root, "case") });
    expect(opened.orphansDropped).toBe(4);
    expect(await content()).toEqual(before);
  });

  it("gives the planted rows no hours of coverage, and none in an outage", async () => {
    const place = (await placesOf(opened.store)).find(({ sensorId }) => sensorId === "south");
    await plantOne(place);
    const down = `time >= fromUnixTimestamp(${START + 240 * 3600}) AND time < fromUnixTimestamp(${START + 288 * 3600})`;
    const [row] = await opened.store.query<Record<string, number>>(
      `SELECT countIf(batch_id = 'planted') AS planted, countIf(batch_id = 'planted' AND ${down}) AS in_outage FROM network_activity`,
    );
    const [covered] = await opened.store.query<{ n: number }>(
      "SELECT count() AS n FROM coverage_hourly WHERE batch_id = 'planted'",
    );
    await dropPlants(opened.store, opened.manifest);
    expect(Number(row?.planted)).toBeGreaterThan(0);
    expect([Number(row?.in_outage), Number(covered?.n)]).toEqual([0, 0]);
  });
});

describe("the report", () => {
  it("says what would have been found where nothing was", async () => {
    const { assessment } = await report();
    const north = assessment.organisations.find(({ org_id }) => org_id === "north");
    expect(north?.status).toBe("no_evidence");
    expect(north?.why.at(-1)).toBe(
      "Nothing was found; a beacon in a protocol of its own of at least 288 contacts a day over 14 days would have been. What would not have come up at medium: a beacon to a named server (tried up to 288 contacts a day over 14 days).",
    );
    expect(assessment.judgements.at(-1)?.statement).toContain(
      "a beacon in a protocol of its own at 2 of 2 (from 288 contacts a day over",
    );
    expect(assessment.detection_limits).toEqual(limits);
  });

  it("has no planted server, name or row in any of its files", async () => {
    const { folder } = await report();
    const files = readdirSync(folder);
    expect(files.length).toBe(4 + EXPORT_FORMATS.length);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      expect(text, file).not.toMatch(/198\.1[89]\.\d/);
      expect(text, file).not.toContain(`${PLANTED}-`);
    }
    const kept = await opened.store.query<{ value: string }>("SELECT value FROM case_state");
    expect(kept.some(({ value }) => /198\.1[89]\.\d/.test(value))).toBe(false);
  });
});

/** As the step plants: an upload, which has a name and so rows in all tables. */
async function plantOne(place: Place | undefined): Promise<void> {
  const upload = shape("upload");
  const host = place?.hosts[0];
  if (place === undefined || host === undefined) throw new Error("nothing to plant");
  const made = plantingOf(upload, 0, place.hours, randomOf("test"));
  if (!("contacts" in made)) throw new Error(made.reason);
  const server = serverOf(upload, randomOf("test"), new Set());
  await showPlants(opened.store, opened.manifest, [{ place, host, server, contacts: made.contacts }]);
}

async function report() {
  const detected = await loadFindings(opened);
  const { assessment } = await reportStep(opened, settings, detected, 0, silentProgress, {
    exports: EXPORT_FORMATS,
  });
  return { assessment, folder: opened.reportFolder };
}
