import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { simulated } from "./data.js";
import { machine, measure, median, print } from "./measure.js";

interface HuntResult {
  telemetry: { rows: number; classes: Record<string, number> };
  organisations: { status: string }[];
  detectors: { id: string; seconds: number; status: string }[];
}

const CLI = ["dist/src/cli/main.js"];

/** A whole hunt over simulated telemetry, then look-ups of single indicators in its case. */
export async function benchHunt(folder: string, scale: number): Promise<void> {
  const telemetry = await simulated(folder, scale);
  const caseFolder = join(folder, `case-${scale}`);
  rmSync(caseFolder, { recursive: true, force: true });
  process.stdout.write(`${machine()}\n`);
  const ingest = await measure(process.execPath, [
    ...CLI,
    "ingest",
    telemetry,
    "--case",
    caseFolder,
    "--json",
    "--quiet",
  ]);
  const { seconds } = JSON.parse(ingest.stdout) as { seconds: number };
  const hunt = await measure(process.execPath, [...CLI, "detect", "--case", caseFolder, "--quiet"]);
  const report = await measure(process.execPath, [
    ...CLI,
    "report",
    "--case",
    caseFolder,
    "--json",
    "--quiet",
  ]);
  const result = JSON.parse(report.stdout) as HuntResult;
  const connections = result.telemetry.classes.network_activity ?? 0;
  print(
    "input",
    `scale ${scale}: ${connections.toLocaleString("en")} connections, ${result.telemetry.rows.toLocaleString("en")} records (synthetic)`,
  );
  print(
    "ingest",
    `${seconds.toFixed(1)} s, ${Math.round(result.telemetry.rows / seconds).toLocaleString("en")} records/s, peak ${gib(ingest.peakBytes)}`,
  );
  print(
    "detectors, whole process",
    `${hunt.seconds.toFixed(1)} s, ratio to ingest ${(hunt.seconds / seconds).toFixed(2)} (bound: 1), peak ${gib(hunt.peakBytes)}`,
  );
  for (const detector of result.detectors)
    print(`  ${detector.id}`, `${detector.seconds.toFixed(1)} s (${detector.status})`);
  print("assess and report", `${report.seconds.toFixed(1)} s, peak ${gib(report.peakBytes)}`);
  print(
    "compromised",
    String(result.organisations.filter((organisation) => organisation.status === "compromised").length),
  );
  await benchLookup(folder, scale);
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

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}
