import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Case, openCase } from "../../src/pipeline/case.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import { BATCHED_TABLES } from "../../src/store/visible.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../support/evtx-writer.js";
import { type HttpFront, startHttpFront } from "../support/http-front.js";

const folder = mkdtempSync(join(tmpdir(), "longwatch-parity-"));
const logs = join(folder, "logs");
let front: HttpFront;
let embedded: Record<string, string>;

beforeAll(async () => {
  mkdirSync(logs);
  writeFileSync(join(logs, "conn.log"), connLog(3_000));
  writeFileSync(join(logs, "dns.json"), dnsLog(500));
  writeFileSync(join(logs, "System.evtx"), eventLog(40));
  for (const name of ["a", "b"]) writeFileSync(join(logs, `${name}.jsonl`), eventLines(name, 30));
  front = await startHttpFront();
  embedded = await runIngest(await openCase({ folder: join(folder, "embedded") }));
});
afterAll(async () => {
  await front?.close();
  rmSync(folder, { recursive: true, force: true });
});

const openOnServer = (name: string): Promise<Case> =>
  openCase({ folder: join(folder, name), storeUrl: `${front.url}/${name}` });

describe("the same logs on a server give the same tables, row for row", { timeout: 120_000 }, () => {
  test("undisturbed, and a second time nothing new", async () => {
    expect(await runIngest(await openOnServer("undisturbed"))).toEqual(embedded);
    expect(await runIngest(await openOnServer("undisturbed"))).toEqual(embedded);
    expect(embedded.network_activity).toMatch(/^2999 /);
    expect(embedded.dns_activity).toMatch(/^500 /);
    expect(embedded.windows_event).toMatch(/^100 /);
    expect(embedded.rejected_record).toMatch(/^3 /);
  });

  test.each([
    ["drop-early", "INSERT INTO network_activity"],
    ["drop-early", "INSERT INTO windows_event"],
    ["drop-after", "INSERT INTO contact_hourly"],
    ["drop-after", "INSERT INTO source_slice"],
  ] as const)("%s at %s: the run fails, and the same command again completes it", async (fault, pattern) => {
    const name = `broken_${fault}_${pattern.split(" ")[2]}`.replaceAll("-", "_");
    const first = await openOnServer(name);
    await front.plan({ fault, pattern, times: 1 });
    await expect(runIngest(first)).rejects.toMatchObject({ code: "LW_STORE_UNREACHABLE" });
    await front.plan();
    expect(await runIngest(await openOnServer(name))).toEqual(embedded);
  });
});

/** Ingests and closes. Returns count and digest of each table, batches and sources included. */
async function runIngest(opened: Case): Promise<Record<string, string>> {
  try {
    await ingest(opened, {
      paths: [logs],
      exclude: [opened.folder],
      settings: { csvMappings: [] },
      sensorFor: () => undefined,
      isExcluded: () => false,
      progress: silentProgress,
    });
    const digests: Record<string, string> = {};
    for (const table of [...BATCHED_TABLES, "source_slice"]) {
      const [row] = await opened.store.query<{ digest: string }>(
        `SELECT concat(toString(count()), ' ', toString(groupBitXor(sipHash64(toString(tuple(*)))))) AS digest FROM ${table}`,
      );
      digests[table] = row?.digest ?? "";
    }
    return digests;
  } finally {
    await opened.close();
  }
}

function eventLog(count: number): Buffer {
  const chunk = new ChunkWriter();
  const [outer, inner] = [eventTemplate(), dataTemplate("N")];
  for (let id = 1; id <= count; id++)
    chunk.add({
      id,
      body: chunk.event(outer, systemValues(id), { template: inner, values: [values.string(`é${id}`)] }),
    });
  return evtxFile([chunk.finish()]);
}

/** Windows events as JSON, and a line that is none. */
function eventLines(computer: string, count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const time = `2024-03-01T12:00:${String(index).padStart(2, "0")}.5Z`;
    const system = { EventID: "1", Channel: "Security", Computer: computer, TimeCreated_SystemTime: time };
    return JSON.stringify({ time, channel: "Security", system, data: { N: `é${index}`, L: ["x", "y"] } });
  });
  return `${lines.join("\n")}\n{"no": "event"}\n`;
}

function connLog(count: number): string {
  const head = [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    "#path\tconn",
  ];
  const fields =
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig";
  const types = "time string addr port addr port enum string interval count count string bool";
  const lines = Array.from({ length: count }, (_, index) =>
    index === 1_234
      ? "this line is no record"
      : [
          (1_696_000_000 + index * 37.25).toFixed(6),
          `C${index}`,
          `10.0.${index % 7}.${index % 250}`,
          20_000 + (index % 30_000),
          index % 5 === 0 ? "2001:db8::7" : `198.51.100.${index % 9}`,
          443,
          "tcp",
          index % 3 === 0 ? "-" : "ssl",
          index % 4 === 0 ? "-" : (index / 100).toFixed(3),
          index % 4 === 0 ? "-" : index * 11,
          index,
          index % 4 === 0 ? "S0" : "SF",
          "T",
        ].join("\t"),
  );
  return `${[...head, `#fields\t${fields.replaceAll(" ", "\t")}`, `#types\t${types.replaceAll(" ", "\t")}`, ...lines].join("\n")}\n`;
}

function dnsLog(count: number): string {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      _path: "dns",
      ts: 1_696_000_000 + index,
      uid: `D${index}`,
      "id.orig_h": "10.0.0.9",
      "id.orig_p": 5353,
      "id.resp_h": "10.0.0.1",
      "id.resp_p": 53,
      proto: "udp",
      query: `host-${index % 20}.example`,
      qtype_name: "A",
      rcode_name: "NOERROR",
      answers: [`192.0.2.${index % 20}`],
      rejected: false,
    }),
  )
    .join("\n")
    .concat("\n");
}
