import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { severityRank } from "../../src/model/finding.js";
import { detectStep, ingestStep, loadSettings, openCase } from "../../src/pipeline/index.js";
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

describe.skipIf(!here)("hunts over real logs", () => {
  it.each(FOLDERS)("%s: no server is said to pose as cloud storage", async (name) => {
    const input = join(corpus, name);
    const settings = loadSettings(undefined, [input]);
    const opened = await openCase({ folder: join(folder, name.replaceAll("/", "-")) });
    try {
      const ingested = await ingestStep(opened, settings, [input], silentProgress);
      const rows = ingested.files.reduce((sum, file) => sum + file.rows, 0);
      expect(rows).toBeGreaterThan(0);
      const detected = await detectStep(opened, settings, silentProgress);
      const { findings, runs } = detected;
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
    const opened = await openCase({ folder: join(folder, name.replaceAll("/", "-")), mustExist: true });
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
    const opened = await openCase({ folder: join(folder, "zeek-rita-missing-host"), mustExist: true });
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
