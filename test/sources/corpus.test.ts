/** Real logs that nobody here wrote: every line is accounted for, and the counts are those that others published. */
import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, contentOf, corpusFolder, filesBelow, openBench } from "./runner.js";

const corpus = corpusFolder();
if ("missing" in corpus) console.warn(`skipped: ${corpus.missing}`);
const root = "folder" in corpus ? corpus.folder : "";

let bench: Bench;
beforeAll(async () => {
  if (root !== "") bench = await openBench();
});
afterAll(() => bench?.close());

/** Files that are no telemetry. */
const NOT_LOGS = /(^|\/)(README(\.md)?|labels\.config|[^/]+\.nfdump)$/;

/** Rows by file, where they are more than none; all other lines are unused or header. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "suricata/test6-malicious.suricata.json": {
    ...{
      network_activity: 3512,
      dns_activity: 680,
      http_activity: 56,
      tls_activity: 1,
      file_activity: 3,
      detection_finding: 745,
    },
  },
  "netflow/test2-malicious.binetflow": { network_activity: 6751 },
  // 300 records, of which one of Argus itself, one LLC and two ARP.
  "netflow/test5-mixed.binetflow": { network_activity: 296 },
  "zeek/otrf-apt29/day1.combined.log": {
    ...{
      network_activity: 613,
      dns_activity: 53,
      http_activity: 62,
      tls_activity: 378,
      certificate: 378,
      file_activity: 448,
      // 35 kerberos, 123 dce_rpc, 12 smb_files, 11 smb_mapping
      remote_access_activity: 181,
    },
  },
  "zeek/otrf-apt29/day2.combined.log": {
    ...{
      network_activity: 1172,
      dns_activity: 250,
      http_activity: 1,
      tls_activity: 686,
      certificate: 12,
      file_activity: 33,
      // 86 kerberos, 388 dce_rpc, 9 smb_files, 23 smb_mapping
      remote_access_activity: 506,
    },
  },
  "weblogs/Tunna_rdp_tunnel_IIS.log": { http_activity: 4298 },
  "weblogs/web_attack_and_isp_webshell_localhost_access_log.txt": { http_activity: 2661 },
  "zeek/slips/port-scans/horizontal/conn.log": { network_activity: 41 },
  "zeek/slips/port-scans/vertical/conn.log": { network_activity: 50 },
  "zeek/slips/test10-mixed-zeek-dir/conn.log": { network_activity: 141 },
  "zeek/slips/test9-mixed-zeek-dir/conn.log": { network_activity: 576 },
  "zeek/slips/test9-mixed-zeek-dir/smtp.log": { email_activity: 5 },
  "zeek/slips/test18-malicious-ctu-sme-11-win/zeek-labeled/conn.log.labeled": { network_activity: 766 },
};

describe.skipIf(root === "")("the corpus", () => {
  const files = ["zeek/otrf-apt29", "zeek/slips", "suricata", "netflow", "weblogs"]
    .flatMap((folder) => (root === "" ? [] : filesBelow(join(root, folder))))
    .filter((file) => !NOT_LOGS.test(file));

  test("records + rejects + header + blank + unused = lines, without a single reject", {
    timeout: 120_000,
  }, async () => {
    expect(files.length).toBeGreaterThan(30);
    const seen: Record<string, Record<string, number>> = {};
    for (const file of files) {
      const outcome = await bench.add(file, contentOf(file));
      const name = relative(root, file);
      expect({ name, accounted: accounted(outcome), rejects: outcome.rejects }).toEqual({
        name,
        accounted: outcome.lines,
        rejects: [],
      });
      seen[name] = Object.fromEntries(Object.entries(outcome.rows).filter(([, count]) => count > 0));
    }
    expect(seen).toMatchObject(EXPECTED);
  });
});

describe.skipIf(root === "")("three days of an internet-facing sensor", () => {
  const folder = join(root, "zeek/rita-missing-host");
  const byLog = new Map<string, string[]>();
  if (root !== "") {
    for (const file of filesBelow(folder).filter((name) => name.endsWith(".gz"))) {
      const log = basename(file).split(".")[0] ?? "";
      byLog.set(log, [...(byLog.get(log) ?? []), file]);
    }
  }

  test("all logs, each put together from its hours", { timeout: 120_000 }, async () => {
    const rows: Record<string, Record<string, number>> = {};
    for (const [log, files] of byLog) {
      const outcome = await bench.add(`${log}.log`, Buffer.concat(files.map(contentOf)));
      expect({ log: outcome.log, accounted: accounted(outcome), rejects: outcome.rejects }).toEqual({
        log,
        accounted: outcome.lines,
        rejects: [],
      });
      if (Object.keys(outcome.rows).length > 0) rows[log] = outcome.rows;
    }
    expect(rows).toEqual({
      ...{
        conn: { network_activity: 105_918 },
        open_conn: { network_activity: 72 },
        dns: { dns_activity: 5_430 },
      },
      ...{
        http: { http_activity: 18_829 },
        ssl: { tls_activity: 139 },
        files: { file_activity: 18_619 },
        software: { software_inventory: 8 },
        kerberos: { remote_access_activity: 5 },
        ssh: { remote_access_activity: 17_299 },
      },
    });
  });

  test("the planted pair has the figures that another program published", async () => {
    const oracle = JSON.parse(readFileSync(join(root, "oracles/rita-missing-host.json"), "utf8"));
    const { closed, open, windowFloor, connRecordsRead } = oracle.recomputed;
    await bench.read("conn.log", Buffer.concat((byLog.get("conn") ?? []).map(contentOf)));
    await bench.add("open_conn.log", Buffer.concat((byLog.get("open_conn") ?? []).map(contentOf)));
    const [all] = await bench.store.query(
      "SELECT count() AS n, uniqExact(src_endpoint_ip) AS sources FROM network_activity WHERE record_state = 'final'",
    );
    expect(all).toEqual({ n: connRecordsRead, sources: 14_991 });
    const pair =
      "src_endpoint_ip = toIPv6({src:String}) AND dst_endpoint_ip = toIPv6({dst:String}) AND connection_protocol != 'icmp'";
    const [figures] = await bench.store.query<Record<string, number>>(
      `SELECT countIf(record_state = 'final') AS count, sumIf(ip_bytes_out + ip_bytes_in, record_state = 'final') AS bytes,
         round(sumIf(duration, record_state = 'final'), 6) AS seconds, maxIf(duration, record_state = 'open') AS open_duration,
         maxIf(ip_bytes_out + ip_bytes_in, record_state = 'open') AS open_bytes
       FROM network_activity WHERE ${pair} AND (time >= toDateTime64({from:UInt32}, 6, 'UTC') OR record_state = 'open')`,
      { ...oracle.settings.pair, from: windowFloor },
    );
    const { count, bytes, duration: seconds } = closed;
    expect(figures).toEqual({ count, bytes, seconds, open_duration: open.duration, open_bytes: open.bytes });
  });
});

describe.skipIf(root === "")("certificates join across logs", () => {
  test("the certificate of a connection has its fingerprint in files.log, by file id", async () => {
    const folder = join(root, "zeek/slips/test10-mixed-zeek-dir");
    await bench.read("ssl.log", contentOf(join(folder, "ssl.log")));
    for (const log of ["files.log", "x509.log"]) await bench.add(log, contentOf(join(folder, log)));
    const rows = await bench.store.query(
      `SELECT DISTINCT sni, subject, f.hash_sha1 AS sha1 FROM tls_activity
       INNER JOIN certificate ON certificate_chain[1] = certificate_uid
       INNER JOIN file_activity AS f ON f.file_uid = certificate_uid AND f.file_mime_type LIKE 'application/x-x509-%'`,
    );
    expect(rows).toContainEqual({
      ...{
        sni: "virtual.secai.com",
        subject: "CN=virtual.rsecai.com",
        sha1: "0a6b201a7bff643cc5dd6631e5940e858ee07d25",
      },
    });
  });
});
