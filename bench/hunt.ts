import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { simulated } from "./data.js";
import { gib, machine, measure, median, print } from "./measure.js";

interface HuntResult {
  telemetry: { rows: number; classes: Record<string, number> };
  organisations: { status: string }[];
  detectors: { id: string; seconds: number; status: string }[];
}

const CLI = ["dist/src/cli/main.js"];

/** One step of a hunt, in seconds of wall clock. */
interface Step {
  name: string;
  seconds: number;
}

interface Hunted {
  connections: number;
  steps: Step[];
}

/** A whole hunt over simulated telemetry, then look-ups of single indicators in its case. */
export async function benchHunt(folder: string, scale: number): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  await hunt(folder, scale);
  await benchLookup(folder, scale);
}

/** Hunts at scale 1, 10, … up to the one given: how the time of each step grows with the data. */
export async function benchGrowth(folder: string, scale: number): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  let before: Hunted | undefined;
  for (let each = 1; each <= scale; each *= 10) {
    const now = await hunt(folder, each);
    if (before !== undefined) printGrowth(before, now);
    before = now;
  }
}

/** Exponent of n in the time, of wall clock: 1 is as fast as the data. Of steps under a second nothing can be said. */
function printGrowth(before: Hunted, now: Hunted): void {
  const data = now.connections / before.connections;
  process.stdout.write(`growth, with ${data.toFixed(1)} times the connections:\n`);
  for (const { name, seconds } of now.steps) {
    const earlier = before.steps.find((step) => step.name === name)?.seconds ?? 0;
    if (seconds < 1) continue;
    const exponent =
      earlier < 0.1 ? "" : `, exponent ${(Math.log(seconds / earlier) / Math.log(data)).toFixed(2)}`;
    print(`  ${name}`, `${earlier.toFixed(1)} s to ${seconds.toFixed(1)} s${exponent}`);
  }
}

async function hunt(folder: string, scale: number): Promise<Hunted> {
  const telemetry = await simulated(folder, scale);
  const caseFolder = join(folder, `case-${scale}`);
  rmSync(caseFolder, { recursive: true, force: true });
  const run = (command: string, ...more: string[]) =>
    measure(process.execPath, [...CLI, command, ...more, "--case", caseFolder, "--quiet"]);
  const ingest = await run("ingest", telemetry, "--json");
  const { seconds } = JSON.parse(ingest.stdout) as { seconds: number };
  const detect = await run("detect");
  const report = await run("report", "--json");
  const result = JSON.parse(report.stdout) as HuntResult;
  const { rows, classes } = result.telemetry;
  const connections = classes.network_activity ?? 0;
  const of = ({ cpuSeconds, peakBytes }: { cpuSeconds: number; peakBytes: number }) =>
    `${cpuSeconds.toFixed(1)} CPU s, peak ${gib(peakBytes)}`;
  print(
    "input",
    `scale ${scale}: ${connections.toLocaleString("en")} connections, ${rows.toLocaleString("en")} records (synthetic)`,
  );
  print(
    "ingest",
    `${seconds.toFixed(1)} s, ${of(ingest)}, ${Math.round(rows / seconds).toLocaleString("en")} records/s`,
  );
  print("detectors, whole process", `${detect.seconds.toFixed(1)} s, ${of(detect)}`);
  print(
    "  ratio to ingest",
    `${(detect.seconds / seconds).toFixed(2)}, of CPU seconds ${(detect.cpuSeconds / ingest.cpuSeconds).toFixed(2)} (bound: 2)`,
  );
  for (const detector of result.detectors)
    print(`  ${detector.id}`, `${detector.seconds.toFixed(1)} s (${detector.status})`);
  print("assess and report", `${report.seconds.toFixed(1)} s, ${of(report)}`);
  print("compromised", String(result.organisations.filter(({ status }) => status === "compromised").length));
  return {
    connections,
    steps: [
      { name: "ingest", seconds },
      { name: "detectors", seconds: detect.seconds },
      { name: "assess and report", seconds: report.seconds },
      ...result.detectors.map(({ id, seconds }) => ({ name: id, seconds })),
    ],
  };
}

const SIZE = `SELECT round(sum(bytes_on_disk) / sum(rows), 1) AS bytes_per_row FROM system.parts
WHERE active AND database = currentDatabase() AND table = 'network_activity'`;

/** Look-ups as an analyst makes them: one address, one name, one certificate across all rows. Time inside one open case, first run counted. */
export async function benchLookup(folder: string, scale: number): Promise<void> {
  const caseFolder = join(folder, `case-${scale}`);
  if (!existsSync(caseFolder)) throw new Error(`run the benchmark "hunt ${scale}" first`);
  const { openCase } = await import("../src/pipeline/index.js");
  const opened = await openCase({ folder: caseFolder, mustExist: true });
  try {
    const [size] = await opened.store.query<{ bytes_per_row: number }>(SIZE);
    print("network_activity on disk", `${size?.bytes_per_row ?? "?"} bytes a row (bound: 60)`);
    const { infrastructure } = JSON.parse(
      readFileSync(join(await simulated(folder, scale), "truth.json"), "utf8"),
    ) as { infrastructure: { kind: string; value: string }[] };
    const knownValue = (kind: string) => infrastructure.find((each) => each.kind === kind)?.value ?? "";
    const [certificate] = await opened.store.query<{ uid: string }>(
      "SELECT arrayJoin(certificate_chain) AS uid FROM tls_activity WHERE sni = {name:String} LIMIT 1",
      { name: knownValue("domain") },
    );
    const lookups = [
      {
        what: "address",
        sql: "SELECT count() AS n, min(time), max(time) FROM network_activity WHERE dst_endpoint_ip = toIPv6({value:String})",
        value: knownValue("address"),
      },
      {
        what: "name in tls_activity",
        sql: "SELECT count() AS n, min(time), max(time) FROM tls_activity WHERE sni = {value:String}",
        value: knownValue("domain"),
      },
      {
        what: "name in dns_activity",
        sql: "SELECT count() AS n, min(time), max(time) FROM dns_activity WHERE query_hostname = {value:String}",
        value: knownValue("domain"),
      },
      {
        what: "certificate",
        sql: "SELECT count() AS n, min(time), max(time) FROM tls_activity WHERE has(certificate_chain, {value:String})",
        value: certificate?.uid ?? "",
      },
    ];
    for (const { what, sql, value } of lookups) {
      const times: number[] = [];
      let hits = 0;
      for (let run = 0; run < 3; run++) {
        const started = performance.now();
        const [row] = await opened.store.query<{ n: number }>(sql, { value });
        times.push((performance.now() - started) / 1000);
        hits = row?.n ?? 0;
      }
      print(
        `look-up: ${what}`,
        `first ${(times[0] ?? 0).toFixed(3)} s, median ${median(times).toFixed(3)} s, ${hits.toLocaleString("en")} rows (bound: 1 s)`,
      );
    }
  } finally {
    await opened.close();
  }
}
