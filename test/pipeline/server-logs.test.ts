import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gather } from "../../src/assess/index.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { detectStep, loadSettings } from "../../src/pipeline/index.js";
import { accounted, type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let at: CaseFolder;
beforeEach(async () => {
  at = await openCaseFolder();
});
afterEach(() => at.close());

const START = Date.UTC(2024, 2, 1) / 1000;
const HOUR = 3600;
const DAYS = 21;

const zeek = (path: string, fields: string, lines: readonly string[]): string =>
  `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${path}\n#fields\t${fields}\n${lines.join("\n")}\n`;

/** An office of 30 hosts that browse, and one that calls a server every hour with a client of its own. Synthetic. */
function office(): void {
  const conn: string[] = [];
  const http: string[] = [];
  let number = 0;
  const request = (time: number, host: number, server: string, name: string, agent: string) => {
    const uid = `C${++number}`;
    const ends = `${time}.5\t${uid}\t10.0.0.${host}\t${40_000 + (number % 20_000)}\t${server}\t80`;
    conn.push(`${ends}\ttcp\thttp\t0.5\t300\t2000\tSF`);
    http.push(`${ends}\tGET\t${name}\t/\t200\t${agent}`);
  };
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const time = START + hour * HOUR;
    request(time, 5, "198.51.100.66", "odd.example", "OddAgent/1");
    if (hour % 24 < 8 || hour % 24 > 17) continue;
    for (let host = 10; host < 40; host++)
      request(
        time + ((host * 97 + hour * 31) % 3000),
        host,
        "203.0.113.10",
        "news.example",
        "Mozilla/5.0 (X11)",
      );
  }
  const ends = "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p";
  at.put(
    "sensor/conn.log",
    zeek("conn", `${ends}\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state`, conn),
  );
  at.put("sensor/http.log", zeek("http", `${ends}\tmethod\thost\turi\tstatus_code\tuser_agent`, http));
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A server and a proxy, for longer than the sensor: a monitor that asks every five minutes, clients without a Host header, tools. */
function servers(): { access: number; squid: number } {
  const access: string[] = [];
  const squid: string[] = [];
  for (let time = START - 40 * 24 * HOUR; time < START + 60 * 24 * HOUR; time += 300) {
    const date = new Date(time * 1000);
    const [day, clock] = [date.toISOString().slice(8, 10), date.toISOString().slice(11, 19)];
    const stamp = `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000`;
    access.push(`10.0.0.77 - - [${stamp}] "GET /health HTTP/1.1" 200 2 "-" "Monitor/1"`);
    access.push(
      `198.51.100.${(time / 300) % 200} - - [${stamp}] "GET / HTTP/1.0" 404 2 "-" "Tool/${time % 7}"`,
    );
    squid.push(
      `${time}.000 5 10.0.0.78 TCP_MISS/200 99 GET http://beacon.example/ - HIER_DIRECT/198.51.100.9 text/html`,
    );
  }
  at.put("servers/access.log", `${access.join("\n")}\n`);
  at.put("servers/squid.log", `${squid.join("\n")}\n`);
  return { access: access.length, squid: squid.length };
}

const detectAll = () => detectStep(at.opened, loadSettings(undefined, [at.logs]), silentProgress);

/** Detectors that read what web servers and proxies write. */
const OF_SERVERS = new Set(["sigma", "web-shell", "tool-transfer"]);

describe("what web servers and proxies log themselves", () => {
  it("changes nothing of what detectors say about the traffic that a sensor saw", async () => {
    office();
    await at.ingest();
    const before = await detectAll();
    expect(before.findings.length).toBeGreaterThan(0);
    const coverage = await at.query("SELECT * FROM coverage_hourly ORDER BY ALL");
    const contacts = await at.query("SELECT * FROM contact_hourly ORDER BY ALL");
    const lines = servers();
    const reports = await at.ingest();
    for (const [file, count] of [
      ["servers/access.log", lines.access],
      ["servers/squid.log", lines.squid],
    ] as const) {
      const report = reports.get(file);
      expect(report).toMatchObject({ rows: count, rejected: 0 });
      expect(report && accounted(report)).toBe(count);
    }
    const after = await detectAll();
    const without = ({ runs, findings, schedules }: typeof before) => ({
      findings,
      schedules,
      runs: runs.filter(({ id }) => !OF_SERVERS.has(id)).map(({ seconds: _, ...run }) => run),
    });
    expect(without(after)).toEqual(without(before));
    expect(await at.query("SELECT * FROM coverage_hourly ORDER BY ALL")).toEqual(coverage);
    expect(await at.query("SELECT * FROM contact_hourly ORDER BY ALL")).toEqual(contacts);
  });

  it("alone is no telemetry of the network, but tells the span of the case", async () => {
    servers();
    await at.ingest();
    const { findings, runs } = await detectAll();
    expect(findings).toEqual([]);
    const ran = runs.filter(({ status }) => status === "ran").map(({ id }) => id);
    expect(ran).toEqual([...OF_SERVERS]);
    const gathered = await gather((sql, parameters) => at.opened.store.query(sql, parameters), []);
    expect(gathered).toMatchObject({ sensors: [], classes: {}, first: (START - 40 * 24 * HOUR) * 1000 });
  });
});
