import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { detector } from "../../src/detect/beaconing/index.js";
import { ritaPairs } from "../../src/detect/beaconing/rita/pairs.js";
import type { DetectContext } from "../../src/detect/port.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { HOUR } from "../../src/kernel/time.js";
import type { Finding } from "../../src/model/finding.js";
import { resolveHosts } from "../../src/pipeline/hosts.js";
import { ingestStep, loadSettings, openCase } from "../../src/pipeline/index.js";
import { NO_HOSTS } from "../../test/support/no-hosts.js";
import { machine, print } from "../measure.js";
import { averagePrecision, type Labelled, precisionAt } from "./curve.js";
import { connLog, type Planted, type PlantOptions, plant } from "./plant.js";

/** Real logs that span a day or more; the shorter ones of the corpus have too few pairs. */
const LOGS = [
  { name: "rita-missing-host", path: "zeek/rita-missing-host", directions: [false, true] },
  { name: "netflow test2", path: "netflow/test2-malicious.binetflow", directions: [false] },
  { name: "suricata test6", path: "suricata/test6-malicious.suricata.json", directions: [false] },
] as const;

/** Known beforehand to be regular: RITA's own planted pair, and services that are so by nature (time, names, ping). Not decided by any score. */
const KNOWN_REGULAR = new Set(["73.54.23.243 64.225.56.201"]);
const REGULAR_PORTS = "dst_port IN (53, 123) OR protocol = 'icmp'";

/** Intervals in seconds. Beacons of the first kind live within the log; of the second they may begin days before it. */
const LENGTHS = [
  { name: "10 s to 1 h", intervals: [10, 3600], mayBeginEarlier: false },
  { name: "1 h to 1 day", intervals: [3600, 86_400], mayBeginEarlier: true },
] as const;

/** One pair of addresses with the scores that compete. */
interface Pair {
  planted: Planted | undefined;
  ours: number;
  /** Of ours, what the times and sizes alone give: no reputation, rarity or direction. */
  rhythm: number;
  rita: number;
  ritaWhole: number;
  knownRegular: boolean;
}

const SCORES = [
  ["ours", "ours"],
  ["ours, times and sizes only", "rhythm"],
  ["RITA, its last 24 h", "rita"],
  ["RITA, all of the log", "ritaWhole"],
] as const;

export async function benchBeacons(folder: string, count: number): Promise<void> {
  const corpus = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");
  if (!existsSync(corpus))
    throw new Error(`real logs are needed: there is no ${corpus} (set LONGWATCH_CORPUS)`);
  process.stdout.write(`${machine()}\n`);
  for (const set of [1, 2]) {
    process.stdout.write(
      `\n== seeds, set ${set}: ${count} planted beacons (synthetic) in each log and length\n`,
    );
    for (const length of LENGTHS) {
      const all: Pair[] = [];
      for (const [at, log] of LOGS.entries()) {
        for (const inbound of log.directions) {
          const seed = set * 100 + at * 10 + (inbound ? 5 : 0) + (length.mayBeginEarlier ? 1 : 0);
          const pairs = await oneLog(folder, join(corpus, log.path), { seed, count, inbound, ...length });
          report(`${log.name}, ${length.name}${inbound ? ", inbound" : ""}`, pairs);
          all.push(...pairs);
        }
      }
      byClass(`all logs, ${length.name}`, all);
    }
  }
}

async function oneLog(
  folder: string,
  input: string,
  options: Pick<PlantOptions, "seed" | "count" | "inbound" | "intervals" | "mayBeginEarlier">,
): Promise<Pair[]> {
  const work = join(folder, "beacons");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const settings = loadSettings(undefined, [input]);
  const opened = await openCase({ folder: join(work, "case") });
  try {
    const { store } = opened;
    await ingestStep(opened, settings, [input], silentProgress);
    await resolveHosts(store, settings.directory);
    const [span] = await store.query<{ from: number; to: number }>(
      "SELECT toUnixTimestamp(min(first_time)) * 1000 AS `from`, toUnixTimestamp(max(last_time)) * 1000 AS `to` FROM contact_hourly WHERE toUnixTimestamp(hour) > 86400",
    );
    const insiders = await store.query<{ ip: string }>(
      `SELECT replaceOne(toString(src_ip), '::ffff:', '') AS ip FROM contact_hourly
       WHERE channel = 'flow' AND answered > 0 AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host) AND src_ip < toIPv6('::ffff:224.0.0.0')
       GROUP BY src_ip HAVING sum(answered) >= 100 ORDER BY ip`,
    );
    const { from = 0, to = 0 } = span ?? {};
    const beacons = plant({ ...options, insiders: insiders.map(({ ip }) => ip), from, to });
    const planted = join(work, "conn.log");
    writeFileSync(planted, [...connLog(beacons)].join(""));
    await ingestStep(opened, settings, [planted], silentProgress);
    await resolveHosts(store, settings.directory);
    const [covered] = await store.query<{ first: number; last: number }>(
      "SELECT toUnixTimestamp(min(hour)) * 1000 AS first, toUnixTimestamp(max(hour)) * 1000 + 3600000 AS last FROM coverage_hourly",
    );
    const context: DetectContext = {
      query: (sql, parameters, query) => store.query(sql, parameters, query),
      stream: (sql, parameters, query) => store.stream(sql, parameters, query),
      directory: settings.directory,
      indicators: [],
      allow: settings.allow,
      hosts: NO_HOSTS,
      sigmaRules: () => ({ rules: [], logSources: [] }),
      dllHijacks: () => ({ entries: [], unreadable: 0 }),
      calendars: settings.calendars,
      // Nothing is cut off, so that the whole ranking is seen; all else as it is delivered.
      parameter: (name) =>
        ({ max_findings: 1e6, min_score: 0, min_bits: 0 })[name] ??
        (detector.manifest.parameters[name]?.default as number),
      findings: [],
      span: covered ?? { first: from, last: to + HOUR },
    };
    const { findings } = await detector.run(context);
    return await pairsOf(context, findings, beacons);
  } finally {
    await opened.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** All pairs of one inside and one outside address with four connections or more, with every score; 0 where one gives none. */
async function pairsOf(
  context: DetectContext,
  findings: readonly Finding[],
  beacons: readonly Planted[],
): Promise<Pair[]> {
  const rows = await context.query<{ realm: string; source: string; target: string; regular: number }>(
    `SELECT address_realm AS realm, replaceOne(toString(src_ip), '::ffff:', '') AS source, replaceOne(toString(dst_ip), '::ffff:', '') AS target,
       sumIf(connections, ${REGULAR_PORTS}) * 2 > sum(connections) AS regular
     FROM contact_hourly
     WHERE channel = 'flow' AND ((address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)) != ((address_realm, dst_ip) IN (SELECT address_realm, ip FROM internal_host))
     GROUP BY realm, src_ip, dst_ip HAVING sum(connections) >= 4`,
  );
  const rita = await ritaPairs(context, rows);
  const whole = await ritaPairs(context, rows, Number.POSITIVE_INFINITY);
  const ours = scoresByPair(findings);
  const planted = new Map(beacons.map((each) => [`${each.source} ${each.target}`, each]));
  return rows.map(({ realm, source, target, regular }) => {
    const key = `${source} ${target}`;
    const own = ours.get(key);
    return {
      planted: planted.get(key),
      ours: own?.score ?? 0,
      rhythm: own?.rhythm ?? 0,
      rita: rita.get(`${realm}|${key.replace(" ", "|")}`)?.score ?? 0,
      ritaWhole: whole.get(`${realm}|${key.replace(" ", "|")}`)?.score ?? 0,
      knownRegular: KNOWN_REGULAR.has(key) || Number(regular) === 1,
    };
  });
}

/** A finding speaks for every pair of its hosts and addresses. */
function scoresByPair(findings: readonly Finding[]): Map<string, { score: number; rhythm: number }> {
  const scores = new Map<string, { score: number; rhythm: number }>();
  for (const { entities, components, score, facts } of findings) {
    const factor = (name: string) => {
      const found = components.find((each) => each.name === name);
      return found === undefined ? 1 : 1 - found.weight * (1 - found.value);
    };
    const rhythm = factor("rhythm") * factor("endurance") * factor("steadiness");
    const hosts = entities.filter((each) => each.kind === "host").map((each) => each.value);
    const others = entities.filter((each) => each.kind === "address").map((each) => each.value);
    for (const host of hosts) {
      for (const other of others) {
        const key = facts.direction === "inbound" ? `${other} ${host}` : `${host} ${other}`;
        if ((scores.get(key)?.score ?? 0) < score) scores.set(key, { score, rhythm });
      }
    }
  }
  return scores;
}

function labelled(pairs: readonly Pair[], score: (typeof SCORES)[number][1]): Labelled[] {
  return pairs.map((each) => ({ score: each[score], planted: each.planted !== undefined }));
}

/** Average precision, and precision at recall 0.5 and 0.8, against all real pairs and against those not known to be regular. */
function report(name: string, pairs: readonly Pair[]): void {
  const unknown = pairs.filter((each) => each.planted !== undefined || !each.knownRegular);
  const planted = pairs.filter((each) => each.planted !== undefined).length;
  process.stdout.write(
    `\n${name}: ${planted} planted, ${pairs.length - planted} real pairs, ${pairs.length - unknown.length} of them known to be regular\n`,
  );
  for (const [label, key] of SCORES) {
    const all = labelled(pairs, key);
    const some = labelled(unknown, key);
    print(
      `  ${label}`,
      `AP ${averagePrecision(all).toFixed(3)}, precision at recall 0.5/0.8/0.9 ${[0.5, 0.8, 0.9].map((recall) => precisionAt(all, recall).toFixed(2)).join("/")}; without the known ones AP ${averagePrecision(some).toFixed(3)}`,
    );
  }
}

const CLASSES: readonly (readonly [string, (beacon: Planted) => boolean])[] = [
  ["all", () => true],
  ["jitter 0–10 %", ({ jitter }) => jitter <= 0.1],
  ["jitter 20–30 %", ({ jitter }) => jitter > 0.1 && jitter <= 0.3],
  ["jitter 45–60 %", ({ jitter }) => jitter > 0.3],
  ["nothing lost", ({ loss }) => loss === 0],
  ["half lost", ({ loss }) => loss === 0.5],
  ["jitter 45–60 %, half lost", ({ jitter, loss }) => jitter > 0.3 && loss === 0.5],
  ["office hours", ({ officeHours }) => officeHours],
  ["interval changes", ({ changes }) => changes > 0],
  ["several connections", ({ connections }) => connections > 1],
  ["under 60 s", ({ interval }) => interval < 60],
  ["1 to 10 minutes", ({ interval }) => interval >= 60 && interval < 600],
  ["10 to 60 minutes", ({ interval }) => interval >= 600 && interval < 3600],
  ["1 to 6 hours", ({ interval }) => interval >= 3600 && interval < 21_600],
  ["6 hours to a day", ({ interval }) => interval >= 21_600],
  ["under 15 connections", ({ times }) => times.length < 15],
];

/** Average precision of each class of planted beacons against all real pairs. */
function byClass(name: string, pairs: readonly Pair[]): void {
  process.stdout.write(`\n${name}: average precision by class\n`);
  print("  class", `planted ${SCORES.map(([label]) => label.padStart(28)).join("")}`);
  for (const [label, isOf] of CLASSES) {
    const some = pairs.filter(({ planted }) => planted === undefined || isOf(planted));
    const planted = some.filter((each) => each.planted !== undefined).length;
    if (planted === 0) continue;
    const values = SCORES.map(([, key]) => averagePrecision(labelled(some, key)).toFixed(3).padStart(28));
    print(`  ${label}`, `${String(planted).padStart(7)} ${values.join("")}`);
  }
}
