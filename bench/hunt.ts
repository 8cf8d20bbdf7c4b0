import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { simulated } from "./data.js";
import { multipliedEvents } from "./events.js";
import { gib, machine, measure, median, print } from "./measure.js";

interface HuntResult {
  telemetry: { rows: number; classes: Record<string, number> };
  organisations: { status: string }[];
  incidents: unknown[];
  detectors: { id: string; seconds: number; status: string }[];
}

const CLI = ["dist/src/cli/main.js"];

/** One step of a hunt, in seconds of wall clock. */
interface Step {
  name: string;
  seconds: number;
}

interface Hunted {
  /** Records of the kind that the benchmark counts. */
  records: number;
  steps: Step[];
}

/** What is hunted, and against what it is held. */
interface Telemetry {
  /** Folder with the logs. */
  logs: string;
  caseFolder: string;
  /** Said of the input, behind its size. */
  label: string;
  /** Table whose rows tell the size, and its name in the field. */
  table: string;
  kind: string;
  /** Most times the ingest's time: for what `judged` says. */
  bound: number;
  judged: "detectors" | "detectors, assessment and report";
}

const connections = async (folder: string, scale: number): Promise<Telemetry> => ({
  logs: await simulated(folder, scale),
  caseFolder: join(folder, `case-${scale}`),
  label: `scale ${scale}, synthetic`,
  table: "network_activity",
  kind: "connections",
  bound: 2,
  judged: "detectors",
});

/** A whole hunt over simulated telemetry, then look-ups of single indicators in its case. */
export async function benchHunt(folder: string, scale: number): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  await hunt(await connections(folder, scale));
  await benchLookup(folder, scale);
}

/** Hunts at scale 1, 10, … up to the one given: how the time of each step grows with the data. */
export async function benchGrowth(folder: string, scale: number): Promise<void> {
  await growth(
    [1, 10, 100, 1_000].filter((each) => each <= scale),
    (each) => connections(folder, each),
  );
}

/**
 * Hunts over 0.5, 5, … million events of Windows hosts, up to as many as are given: how the time of each step grows with the data.
 *
 * @param millions events of the largest hunt
 */
export async function benchEvents(folder: string, millions: number): Promise<void> {
  const sizes = [1, 10, 100, 1_000].filter((copies) => copies <= Math.max(1, 2 * millions));
  await growth(sizes, async (copies) => ({
    logs: await multipliedEvents(folder, copies),
    caseFolder: join(folder, `events-case-${copies}`),
    label: `${copies} ${copies === 1 ? "copy" : "copies"} of a simulated network's event logs, synthetic`,
    table: "windows_event",
    kind: "events",
    bound: 3,
    judged: "detectors, assessment and report",
  }));
}

async function growth(
  sizes: readonly number[],
  telemetry: (size: number) => Promise<Telemetry>,
): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  let before: Hunted | undefined;
  for (const size of sizes) {
    const hunted = await telemetry(size);
    const now = await hunt(hunted);
    if (before !== undefined) printGrowth(before, now, hunted.kind);
    before = now;
  }
}

/**
 * Exponent of n in the time, of wall clock but where it says CPU: 1 is as fast as the data, and n log n a little above it. Of steps under a second
 * nothing can be said.
 */
function printGrowth(before: Hunted, now: Hunted, kind: string): void {
  const data = now.records / before.records;
  const logarithmic = 1 + Math.log(Math.log(now.records) / Math.log(before.records)) / Math.log(data);
  process.stdout.write(
    `growth, with ${data.toFixed(1)} times the ${kind} (n log n has the exponent ${logarithmic.toFixed(2)}):\n`,
  );
  for (const { name, seconds } of now.steps) {
    const earlier = before.steps.find((step) => step.name === name)?.seconds ?? 0;
    if (seconds < 1) continue;
    const exponent =
      earlier < 0.1 ? "" : `, exponent ${(Math.log(seconds / earlier) / Math.log(data)).toFixed(2)}`;
    print(`  ${name}`, `${earlier.toFixed(1)} s to ${seconds.toFixed(1)} s${exponent}`);
  }
}

async function hunt({ logs, caseFolder, label, table, kind, bound, judged }: Telemetry): Promise<Hunted> {
  rmSync(caseFolder, { recursive: true, force: true });
  const run = (command: string, ...more: string[]) =>
    measure(process.execPath, [...CLI, command, ...more, "--case", caseFolder, "--quiet"]);
  const ingest = await run("ingest", logs, "--json");
  const { seconds } = JSON.parse(ingest.stdout) as { seconds: number };
  const detect = await run("detect");
  const report = await run("report", "--json");
  const result = JSON.parse(report.stdout) as HuntResult;
  const { rows, classes } = result.telemetry;
  const records = classes[table] ?? 0;
  const of = ({ cpuSeconds, peakBytes }: { cpuSeconds: number; peakBytes: number }) =>
    `${cpuSeconds.toFixed(1)} CPU s, peak ${gib(peakBytes)}`;
  print("input", `${records.toLocaleString("en")} ${kind}, ${rows.toLocaleString("en")} records (${label})`);
  print(
    "ingest",
    `${seconds.toFixed(1)} s, ${of(ingest)}, ${Math.round(rows / seconds).toLocaleString("en")} records/s`,
  );
  print("detectors, whole process", `${detect.seconds.toFixed(1)} s, ${of(detect)}`);
  for (const detector of result.detectors)
    print(`  ${detector.id}`, `${detector.seconds.toFixed(1)} s (${detector.status})`);
  print("assess and report", `${report.seconds.toFixed(1)} s, ${of(report)}`);
  const held = judged === "detectors" ? [detect] : [detect, report];
  const sum = (of: "seconds" | "cpuSeconds") => held.reduce((total, each) => total + each[of], 0);
  print(
    "ratio to ingest",
    `${judged}: ${(sum("seconds") / seconds).toFixed(2)}, of CPU seconds ${(sum("cpuSeconds") / ingest.cpuSeconds).toFixed(2)} (bound: ${bound})`,
  );
  print("incidents", String(result.incidents.length));
  print("compromised", String(result.organisations.filter(({ status }) => status === "compromised").length));
  return {
    records,
    steps: [
      { name: "ingest", seconds },
      { name: "ingest, CPU", seconds: ingest.cpuSeconds },
      { name: "detectors", seconds: detect.seconds },
      { name: "detectors, CPU", seconds: detect.cpuSeconds },
      { name: "assess and report", seconds: report.seconds },
      { name: "assess and report, CPU", seconds: report.cpuSeconds },
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
