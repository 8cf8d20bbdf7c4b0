import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Finding, severityRank } from "../../src/model/finding.js";
import type { Detected } from "../../src/pipeline/detect.js";
import { correlateStep, detectStep, ingestStep, loadSettings, openCase } from "../../src/pipeline/index.js";
import { attributed } from "./attributed.js";

/** Whole hunts over real logs that nobody here wrote: what the detectors say there, and how much they looked at. */
const corpus = process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus");
const here = existsSync(corpus);
if (!here) console.log(`real logs: skipped, there is no folder ${corpus} (set LONGWATCH_CORPUS)`);

const FOLDERS = [
  "zeek/rita-missing-host",
  "zeek/otrf-apt29",
  "zeek/slips/test9-mixed-zeek-dir",
  "zeek/slips/test10-mixed-zeek-dir",
  "zeek/slips/test15-malicious-zeek-dir",
  "zeek/slips/test18-malicious-ctu-sme-11-win",
  "zeek/slips/port-scans",
  "suricata",
  "netflow",
];

interface Extent {
  count: number;
  duration: number;
  bytes: number;
}

interface Oracle {
  asserted: Record<"count" | "totalBytes" | "totalDuration", { value: number }>;
  recomputed: { windowFloor: number; closed: Extent; open: Extent };
}

const folder = here ? mkdtempSync(join(tmpdir(), "lw-corpus-")) : "";
afterAll(() => {
  if (here) rmSync(folder, { recursive: true });
});

const caseOf = (name: string) => join(folder, name.replaceAll("/", "-"));
const hunts = new Map<string, Promise<Detected>>();

/** Brings the logs of a folder into a case of their own and looks for everything in it, once. */
function hunt(name: string): Promise<Detected> {
  const known = hunts.get(name) ?? huntAnew(name);
  hunts.set(name, known);
  return known;
}

async function huntAnew(name: string): Promise<Detected> {
  const input = join(corpus, name);
  const settings = loadSettings(undefined, [input]);
  const opened = await openCase({ folder: caseOf(name) });
  try {
    const ingested = await ingestStep(opened, settings, [input], silentProgress);
    expect(ingested.files.reduce((sum, file) => sum + file.rows, 0)).toBeGreaterThan(0);
    return await detectStep(opened, settings, silentProgress);
  } finally {
    await opened.close();
  }
}

async function findingsIn(name: string): Promise<(detector: string) => Finding[]> {
  const { findings } = await hunt(name);
  return (detector) => findings.filter((finding) => finding.detector === detector);
}

const entityOf = ({ entities }: Finding, role: string): string | undefined =>
  entities.find((entity) => entity.role === role)?.value;

describe.skipIf(!here)("hunts over real logs", () => {
  it.each(FOLDERS)("%s: no server is said to pose as cloud storage", async (name) => {
    const settings = loadSettings(undefined, [join(corpus, name)]);
    const detected = await hunt(name);
    const { findings, runs } = detected;
    const opened = await openCase({ folder: caseOf(name), mustExist: true });
    try {
      console.table([await attributed(name, opened, settings, detected)]);
      for (const run of runs) {
        const looked = run.evaluated.map(({ what, count }) => `${count} ${what}`).join(", ");
        console.log(
          `${name}: ${run.id}: ${run.status}${run.reason && ` (${run.reason})`}, ${run.findings} findings; looked at ${looked || "nothing"}`,
        );
      }
      const high = findings.filter(
        (finding) =>
          finding.detector === "cloud-masquerade" && severityRank(finding.severity) >= severityRank("high"),
      );
      expect(high.map((finding) => finding.title)).toEqual([]);
      // Nobody knows of a theft or a lasting command server in these captures; most are too short to say, which is said.
      const lasting = findings.filter(
        ({ detector, severity }) =>
          (detector === "backup-exfiltration" || detector === "persistence") &&
          severityRank(severity) >= severityRank("medium"),
      );
      expect(lasting.map((finding) => finding.title)).toEqual([]);
      for (const run of runs.filter(({ status }) => status === "not_tested")) expect(run.reason).not.toBe("");
      // A detector that looked at nothing must say so: zero input is "not tested", not "clean".
      for (const run of runs.filter((each) => each.status === "ran"))
        expect(run.evaluated.some(({ count }) => count > 0)).toBe(true);
    } finally {
      await opened.close();
    }
  });

  it("reports no theft where no byte was sent: 718 rejected connections and one unanswered", async () => {
    const name = "zeek/slips/test18-malicious-ctu-sme-11-win";
    const opened = await openCase({ folder: caseOf(name), mustExist: true });
    try {
      const settings = loadSettings(undefined, [join(corpus, name)]);
      // Also where any capture is held to be long enough, so that it is the data that decides.
      for (const least_days of [7, 0]) {
        const parameters = { least_days, min_bytes: 1, medium_bytes: 1 };
        const detectors = new Map([["backup-exfiltration", { enabled: true, parameters }]]);
        const changed = { ...settings, config: { ...settings.config, detectors } };
        const { findings, runs } = await detectStep(opened, changed, silentProgress);
        const run = runs.find(({ id }) => id === "backup-exfiltration");
        console.log(
          `${name}: backup-exfiltration with least_days ${least_days}: ${run?.status} ${run?.reason}`,
        );
        expect(run?.status).toBe(least_days === 0 ? "ran" : "not_tested");
        expect(findings.filter(({ detector }) => detector === "backup-exfiltration")).toEqual([]);
      }
    } finally {
      await opened.close();
    }
  });

  it("agrees with RITA's figures for the planted pair", async () => {
    const oracle = JSON.parse(readFileSync(join(corpus, "oracles/rita-missing-host.json"), "utf8")) as Oracle;
    const pair = { src: "73.54.23.243", dst: "64.225.56.201" };
    const opened = await openCase({ folder: caseOf("zeek/rita-missing-host"), mustExist: true });
    try {
      const [all] = await opened.store.query<{ connections: number; sources: number }>(
        `SELECT count() AS connections, uniqExact(src_endpoint_ip) AS sources FROM network_activity WHERE record_state = 'final'`,
      );
      expect(all).toEqual({ connections: 105_918, sources: 14_991 });
      const [rejects] = await opened.store.query<{ n: number }>("SELECT count() AS n FROM rejected_record");
      expect(rejects?.n).toBe(0);
      const [closed] = await opened.store.query(
        `SELECT count() AS count, round(sum(duration), 6) AS duration, sum(ip_bytes_out + ip_bytes_in) AS bytes FROM network_activity
         WHERE src_endpoint_ip = toIPv6({src:String}) AND dst_endpoint_ip = toIPv6({dst:String}) AND record_state = 'final'
           AND time >= toDateTime64({from:Int64}, 6, 'UTC')`,
        { ...pair, from: oracle.recomputed.windowFloor },
      );
      expect(closed).toEqual(oracle.recomputed.closed);
      // Hourly open_conn logs repeat the one open session: it counts once, with its greatest extent.
      const [open] = await opened.store.query(
        `SELECT count() AS count, round(sum(longest), 6) AS duration, sum(most) AS bytes FROM (
           SELECT connection_uid, max(duration) AS longest, max(ip_bytes_out + ip_bytes_in) AS most FROM network_activity
           WHERE src_endpoint_ip = toIPv6({src:String}) AND dst_endpoint_ip = toIPv6({dst:String}) AND record_state = 'open'
           GROUP BY connection_uid)`,
        pair,
      );
      const { count, duration, bytes } = oracle.recomputed.open;
      expect(open).toEqual({ count, duration, bytes });
      expect(oracle.asserted.count.value).toBe(oracle.recomputed.closed.count);
      expect(oracle.asserted.totalBytes.value).toBeCloseTo(oracle.recomputed.closed.bytes + bytes, 2);
      expect(oracle.asserted.totalDuration.value).toBeCloseTo(
        oracle.recomputed.closed.duration + duration,
        2,
      );
    } finally {
      await opened.close();
    }
  });
});

/** What is known of them: scans, failed contact, false protocols, long connections. */
describe.skipIf(!here)("what is known of real logs", () => {
  it("slips/port-scans/horizontal: 10.0.2.112 tries port 80 of 25 machines", async () => {
    const of = await findingsIn("zeek/slips/port-scans/horizontal");
    const [scan, ...others] = of("scan");
    expect(others).toEqual([]);
    expect(scan && entityOf(scan, "scanner")).toBe("10.0.2.112");
    // 41 rows, of which 30 go to port 80 of 25 machines; 10 of these never answer.
    expect(scan?.facts).toMatchObject({
      shape: "horizontal",
      peak_targets: 25,
      failed: 10,
      services: ["80/tcp"],
    });
  });

  it("slips/port-scans/vertical: 192.168.1.9 tries the ports of 45.33.32.156", async () => {
    const of = await findingsIn("zeek/slips/port-scans/vertical");
    const [scan, ...others] = of("scan");
    expect(others).toEqual([]);
    expect(scan && entityOf(scan, "scanner")).toBe("192.168.1.9");
    // 50 rows, with some ports tried twice.
    expect(scan?.facts).toMatchObject({
      shape: "vertical",
      machines: ["45.33.32.156"],
      peak_targets: 44,
      failed: 42,
    });
  });

  it("slips/test18: a failed beacon, and no exfiltration", async () => {
    const of = await findingsIn("zeek/slips/test18-malicious-ctu-sme-11-win");
    const [beacon, ...others] = of("failed-beacon");
    expect(others).toEqual([]);
    expect(beacon).toMatchObject({
      severity: "medium",
      facts: { connections: 719, answered: 0, port: 5888 },
    });
    expect(beacon && [entityOf(beacon, "victim"), entityOf(beacon, "server")]).toEqual([
      "192.168.1.107",
      "66.63.168.35",
    ]);
    for (const detector of ["backup-exfiltration", "long-connection", "first-contact", "persistence"])
      expect(of(detector)).toEqual([]);
    // Named as noise beside it, and as nothing more.
    expect(of("strobe").map(({ severity }) => severity)).toEqual(["informational"]);
  });

  it("zeek/otrf-apt29: what came, who went where, and what was sent on both days are one incident", async () => {
    const { findings } = await hunt("zeek/otrf-apt29");
    const opened = await openCase({ folder: caseOf("zeek/otrf-apt29"), mustExist: true });
    try {
      const { directory } = loadSettings(undefined, []);
      const { incidents } = await correlateStep(opened.store, directory, findings);
      expect(incidents).toMatchObject([
        {
          severity: "medium",
          hosts: ["10.0.1.4", "192.168.0.4", "10.0.1.5", "newyork", "scranton"],
          techniques: ["T1021.006", "T1048.003", "T1071.001", "T1105"],
        },
      ]);
      const detectors = findings
        .filter(({ id }) => incidents[0]?.findings.includes(id))
        .map(({ detector }) => detector);
      expect(detectors.sort()).toEqual([
        ...["lateral-movement", "lateral-movement"],
        ...["tool-transfer", "tool-transfer", "tool-transfer"],
      ]);
    } finally {
      await opened.close();
    }
  });

  it("tool-transfer has nothing to tell of ordinary use: certificate lists, Chrome's installer by BITS and its extensions", async () => {
    const { runs } = await hunt("zeek/slips/test9-mixed-zeek-dir");
    const run = runs.find(({ id }) => id === "tool-transfer");
    expect(run).toMatchObject({ status: "ran", findings: 0 });
    expect(run?.evaluated.map(({ count }) => count).slice(0, 4)).toEqual([496, 452, 0, 0]);
  });

  it.each([
    ["zeek/slips/test9-mixed-zeek-dir", 80],
    ["zeek/slips/test10-mixed-zeek-dir", 443],
  ])("%s: a plain connection to port %i", async (name, port) => {
    const of = await findingsIn(name);
    const found = of("false-protocol");
    expect(found.map(({ facts }) => [facts.port, facts.spoken])).toEqual([[port, ""]]);
    // One connection, shortly: worth naming, nobody is woken up for it.
    expect(found.every(({ severity }) => severityRank(severity) < severityRank("medium"))).toBe(true);
  });

  it("netflow/test2 and test5: a long connection each", async () => {
    const longest = async (name: string) =>
      (await findingsIn(name))("long-connection").map(({ facts }) => facts.longest_seconds as number);
    // Argus ends its records at an hour.
    expect(Math.max(...(await longest("netflow/test2-malicious.binetflow")))).toBeCloseTo(3580.96, 1);
    expect(Math.max(...(await longest("netflow/test5-mixed.binetflow")))).toBeCloseTo(3599.93, 1);
  });

  it("suricata/test6: regular contact that is never answered, and scanners of the Internet as noise", async () => {
    const of = await findingsIn("suricata");
    expect(
      of("failed-beacon").map((finding) => [
        entityOf(finding, "victim"),
        entityOf(finding, "server"),
        finding.facts.attempts,
        finding.severity,
      ]),
    ).toEqual([["192.168.1.129", "122.248.234.231", 50, "low"]]);
    expect(of("scan").map(({ facts, severity }) => [facts.direction, severity])).toEqual([
      ["inbound", "informational"],
    ]);
  });
});
