import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRules } from "../../../../src/detect/sigma/check.js";
import { logSources } from "../../../../src/detect/sigma/logsource/index.js";
import { parseRules } from "../../../../src/detect/sigma/rule/parse.js";
import { huntStored } from "../../../../src/detect/sigma/sql/hunt.js";
import type { StoredMatch } from "../../../../src/detect/sigma/sql/stored-record.js";
import { ENGINES, type TestStore } from "../../../support/stores.js";
import { EXAMPLES } from "./examples.js";
import { createEventTables } from "./tables.js";

const ENTRIES = logSources();

function rulesOf(logsource: string, detection: string, condition = "selection") {
  const text = `title: test\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\nlogsource: ${logsource}
detection:\n  selection: ${detection}\n  condition: ${condition}\n`;
  return parseRules(text, "rule.yml", new Map());
}

describe.each(ENGINES)("rules on network and web logs: $name", ({ open }) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await open();
    await createEventTables(opened.store);
  });
  afterAll(() => opened.close());

  async function matchesOn(
    table: string,
    rows: readonly Record<string, unknown>[],
    rule: ReturnType<typeof rulesOf>,
  ): Promise<StoredMatch[]> {
    expect(rule.problems).toEqual([]);
    await opened.store.command(`TRUNCATE TABLE ${table}`);
    await opened.store.insert(
      table,
      rows.map((row, index) => ({
        ...{ batch_id: "b", source_id: "s", source_line: index + 1, time: "2024-03-01 10:00:00.123456" },
        ...row,
      })),
    );
    const matches: StoredMatch[] = [];
    for await (const match of huntStored(opened.store, rule.rules, ENTRIES)) matches.push(match);
    await opened.store.command(`TRUNCATE TABLE ${table}`);
    return matches;
  }

  it.each(EXAMPLES)(
    "%s %s: what fits, and not the near miss",
    async (logsource, detection, table, ...rows) => {
      const rule = rulesOf(logsource, detection);
      expect(checkRules(rule.rules, [], ENTRIES).checked).toMatchObject([{ status: "ok", reason: "" }]);
      const found = await matchesOn(table, rows, rule);
      expect(found.map(({ record }) => [record.table, record.line, record.time])).toEqual([
        [table, 1, "2024-03-01T10:00:00.123456Z"],
      ]);
    },
  );

  it("says by which of its fields a rule matched", async () => {
    const rule = rulesOf(
      "{ category: webserver }",
      "{ cs-uri-query|contains: cmd=, c-ip|cidr: 192.0.2.0/24 }",
    );
    const row = { log_role: "server", url_path: "/a.jsp?cmd=id", src_endpoint_ip: "192.0.2.7" };
    const [match] = await matchesOn("http_activity", [row], rule);
    expect(match?.fields()).toEqual({ "cs-uri-query": "/a.jsp?cmd=id", "c-ip": "192.0.2.7" });
  });

  it("a connection that was reported while it was open counts once, by its end; one that has none, as it is", async () => {
    const rule = rulesOf("{ product: zeek, service: conn }", "{ id.resp_p: 4444 }");
    const row = (connection_uid: string, record_state: string) => ({
      ...{ product: "zeek", dst_endpoint_port: 4444, connection_uid, record_state },
    });
    const rows = [row("C1", "open"), row("C1", "final"), row("C2", "long"), row("C3", "final")];
    const found = await matchesOn("network_activity", rows, rule);
    expect(found.map(({ record }) => record.line)).toEqual([2, 3, 4]);
    const http = rulesOf("{ product: zeek, service: http }", "{ method: GET }");
    const request = (connection_uid: string, product: string) => ({
      ...{ connection_uid, product, http_method: "GET" },
    });
    const requests = [request("C1", "zeek-open"), request("C1", "zeek"), request("C2", "zeek-open")];
    const open = await matchesOn("http_activity", requests, http);
    expect(open.map(({ record }) => record.line)).toEqual([2, 3]);
  });
});

describe("rules that cannot be tried on network logs", () => {
  const outcome = (logsource: string, detection: string, condition?: string) =>
    checkRules(rulesOf(logsource, detection, condition).rules, [], ENTRIES).checked[0];

  it("name the field that none of the events has", () => {
    expect(outcome("{ category: proxy }", "{ cs-cookie|contains: a, cs-method: GET }")).toMatchObject({
      status: "unmapped",
      reason: "no event of its log source has the field cs-cookie",
    });
    const alternative = "[{ cs-cookie: a }, { cs-method: GET }]";
    expect(outcome("{ category: proxy }", alternative)).toMatchObject({ status: "ok", reason: "" });
  });

  it("ask for what is stored as absent", () => {
    expect(outcome("{ category: proxy }", "{ c-useragent: '' }")).toMatchObject({
      status: "unmapped",
      reason: "it asks for the field c-useragent to be there and empty, which is stored as absent",
    });
    expect(outcome("{ category: proxy }", "{ c-useragent: ['', curl] }")).toMatchObject({ status: "ok" });
  });

  it("are not run without what they exclude", async () => {
    const z = outcome("{ product: zeek, service: dns }", "{ Z: 0 }", "not selection");
    expect(z).toMatchObject({
      status: "unmapped",
      reason: "it excludes events by the field Z, which no event of its log source has",
    });
    expect(outcome("{ product: zeek, service: dns }", "{ Z: null }")).toMatchObject({ status: "unmapped" });
    const { rules } = rulesOf("{ product: zeek, service: dns }", "{ Z: 0 }", "not selection");
    // A case without Windows events; the hunt must ask it for nothing else.
    const store = {
      query: async () => [],
      stream: () => {
        throw new Error("a rule was run");
      },
    };
    for await (const match of huntStored(store, rules, ENTRIES)) expect(match).toBeUndefined();
  });

  it("are of a log source that is not read", () => {
    for (const logsource of [
      "{ product: zeek, service: smb_cmd }",
      "{ product: aws, service: cloudtrail }",
      "{ service: apache }",
    ])
      expect(outcome(logsource, "{ a: b }")).toMatchObject({
        status: "ok",
        reason: expect.stringMatching(/^it is tried on nothing: logs of .* are not read$/),
      });
  });
});
