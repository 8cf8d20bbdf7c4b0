import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Finding, severityRank } from "../../src/model/finding.js";
import { detectStep, ingestStep, loadSettings, openCase } from "../../src/pipeline/index.js";

/** What is known of real logs (scans, failed contact, false protocols, long connections), and what the detectors say of them. */
const corpus = process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus");
const here = existsSync(corpus);
if (!here) console.log(`real logs: skipped, there is no folder ${corpus} (set LONGWATCH_CORPUS)`);

const folder = here ? mkdtempSync(join(tmpdir(), "lw-network-")) : "";
afterAll(() => {
  if (here) rmSync(folder, { recursive: true });
});

async function hunt(name: string): Promise<(detector: string) => Finding[]> {
  const input = join(corpus, name);
  const settings = loadSettings(undefined, [input]);
  const opened = await openCase({ folder: join(folder, name.replaceAll("/", "-")) });
  try {
    const ingested = await ingestStep(opened, settings, [input], silentProgress);
    expect(ingested.files.reduce((sum, file) => sum + file.rows, 0)).toBeGreaterThan(0);
    const { findings } = await detectStep(opened, settings, silentProgress);
    return (detector) => findings.filter((finding) => finding.detector === detector);
  } finally {
    await opened.close();
  }
}

const entityOf = ({ entities }: Finding, role: string): string | undefined =>
  entities.find((entity) => entity.role === role)?.value;

describe.skipIf(!here)("what is known of real logs", () => {
  it("slips/port-scans/horizontal: 10.0.2.112 tries port 80 of 25 machines", async () => {
    const of = await hunt("zeek/slips/port-scans/horizontal");
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
    const of = await hunt("zeek/slips/port-scans/vertical");
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
    const of = await hunt("zeek/slips/test18-malicious-ctu-sme-11-win");
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

  it.each([
    ["zeek/slips/test9-mixed-zeek-dir", 80],
    ["zeek/slips/test10-mixed-zeek-dir", 443],
  ])("%s: a plain connection to port %i", async (name, port) => {
    const of = await hunt(name);
    const found = of("false-protocol");
    expect(found.map(({ facts }) => [facts.port, facts.spoken])).toEqual([[port, ""]]);
    // One connection, shortly: worth naming, nobody is woken up for it.
    expect(found.every(({ severity }) => severityRank(severity) < severityRank("medium"))).toBe(true);
  });

  it("netflow/test2 and test5: a long connection each", async () => {
    const longest = async (name: string) =>
      (await hunt(name))("long-connection").map(({ facts }) => facts.longest_seconds as number);
    // Argus ends its records at an hour.
    expect(Math.max(...(await longest("netflow/test2-malicious.binetflow")))).toBeCloseTo(3580.96, 1);
    expect(Math.max(...(await longest("netflow/test5-mixed.binetflow")))).toBeCloseTo(3599.93, 1);
  });

  it("suricata/test6: regular contact that is never answered, and scanners of the Internet as noise", async () => {
    const of = await hunt("suricata");
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
