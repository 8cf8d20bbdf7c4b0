import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRules } from "../../src/detect/sigma/check.js";
import { logSources } from "../../src/detect/sigma/logsource/index.js";
import { Matcher } from "../../src/detect/sigma/match/matcher.js";
import { parseRules } from "../../src/detect/sigma/rule/parse.js";
import { huntStored } from "../../src/detect/sigma/sql/hunt.js";
import { renderSigma, sigmaValue } from "../../src/report/sigma/rules.js";
import { createEventTables } from "../detect/sigma/network/tables.js";
import { sysmon } from "../detect/sigma/support.js";
import { ENGINES, type TestStore } from "../support/stores.js";
import { withConfirmed } from "./confirmed.js";
import { makeInput } from "./fixture.js";

const ENTRIES = logSources();
const NAME = "backup.bad.example";
const SHA1 = "ab".repeat(20);
const JA3 = "ef".repeat(16);
const JA4 = "t13d1516h2_8daaf6152771_b186095e22b6";
const input = withConfirmed([
  [NAME, "domain"],
  ["198.51.100.7", "address"],
  ["2001:db8::1", "address"],
  ["203.0.113.0/24", "network"],
  [SHA1, "certificate"],
  [JA3, "fingerprint"],
  [JA4, "fingerprint"],
]);
const read = (text: string) => parseRules(text, "sigma.yml", new Map());
const parsed = read(renderSigma(input));

describe("Sigma rules from confirmed infrastructure", () => {
  it("pass our own check, each with what a rule that is passed on needs", () => {
    expect(parsed.problems).toEqual([]);
    const { checked } = checkRules(parsed.rules, [], ENTRIES);
    expect(checked).toHaveLength(9);
    for (const each of checked)
      expect([each.title, each.status, each.reason]).toEqual([each.title, "ok", ""]);
    const text = renderSigma(input);
    expect(text.match(/^status: experimental$/gm)).toHaveLength(9);
    expect(text.match(/^falsepositives:$/gm)).toHaveLength(9);
    expect(text.match(/^ {2}- tlp\.amber$/gm)).toHaveLength(9);
    expect(text.match(/^level: (low|medium|high)$/gm)).toHaveLength(9);
    expect(text).toMatch(/^# TLP:AMBER, synthetic data\n/);
  });

  it("have ids that stay when indicators are added", () => {
    const fewer = read(renderSigma(withConfirmed([[NAME, "domain"]])));
    const ids = new Set(parsed.rules.map(({ id }) => id));
    expect(fewer.rules).toHaveLength(4);
    for (const { id } of fewer.rules) expect(ids.has(id)).toBe(true);
    expect(new Set(parsed.rules.map(({ id }) => id)).size).toBe(parsed.rules.length);
  });

  it("hold nothing that is not confirmed, and are none where nothing is", () => {
    const mixed = makeInput();
    const text = renderSigma(mixed);
    for (const { value, basis } of mixed.assessment.infrastructure)
      expect([value, text.includes(`- ${value}\n`)]).toEqual([value, basis === "confirmed"]);
    for (const item of mixed.assessment.infrastructure) item.basis = "suspected";
    expect(read(renderSigma(mixed)).rules).toEqual([]);
  });

  it("write wildcards as characters", () => {
    expect(sigmaValue("a*b?c\\d")).toBe("a\\*b\\?c\\\\d");
  });

  it.each(["x\n---\ntitle: y", "a: [", "'\"#", "nul\u0000\u202e", "*"])("%j cannot act", (text) => {
    const poisoned = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 2 });
    poisoned.assessment.case = text;
    for (const item of poisoned.assessment.infrastructure)
      Object.assign(item, { why: [text], first_seen: text, basis: "confirmed" });
    const rules = read(renderSigma(poisoned));
    expect(rules.problems).toEqual([]);
    const before = rules.rules.length;
    expect(before).toBeGreaterThan(0);
    Object.assign(poisoned.assessment.infrastructure[0] ?? {}, { value: text });
    expect(read(renderSigma(poisoned)).rules).toHaveLength(before);
    expect(renderSigma(poisoned)).not.toContain(`- ${text}\n`);
  });

  it("match events of Sysmon, and not a near miss", () => {
    const matcher = new Matcher(parsed.rules, ENTRIES);
    const matched = (event: ReturnType<typeof sysmon>) => matcher.match(event).length;
    expect(matched(sysmon({ QueryName: NAME }, 22))).toBe(1);
    expect(matched(sysmon({ QueryName: `x${NAME}` }, 22))).toBe(0);
    expect(matched(sysmon({ DestinationIp: "198.51.100.7" }, 3))).toBe(1);
    expect(matched(sysmon({ SourceIp: "203.0.113.9" }, 3))).toBe(1);
    expect(matched(sysmon({ DestinationIp: "2001:0db8:0:0::1" }, 3))).toBe(1);
    expect(matched(sysmon({ DestinationIp: "198.51.100.70", SourceIp: "203.0.114.9" }, 3))).toBe(0);
  });
});

describe.each(ENGINES)("Sigma rules from confirmed infrastructure, on stored logs: $name", ({ open }) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await open();
    await createEventTables(opened.store);
  });
  afterAll(() => opened.close());

  it.each([
    ["dns_activity", { query_hostname: NAME }, { query_hostname: `${NAME}.org` }],
    [
      "http_activity",
      { url_hostname: NAME, log_role: "proxy" },
      { url_hostname: "bad.example", log_role: "proxy" },
    ],
    ["tls_activity", { product: "zeek", sni: NAME }, { product: "zeek", sni: "backup.bad.examples" }],
    ["tls_activity", { product: "zeek", ja3: JA3 }, { product: "zeek", ja3: "0".repeat(32) }],
    ["tls_activity", { product: "zeek", ja4: JA4 }, { product: "zeek", ja4: `${JA4.slice(0, -1)}7` }],
    [
      "certificate",
      { product: "zeek", fingerprint_sha1: SHA1 },
      { product: "zeek", fingerprint_sha1: "0".repeat(40) },
    ],
    ["network_activity", { dst_endpoint_ip: "198.51.100.7" }, { dst_endpoint_ip: "198.51.100.6" }],
    ["network_activity", { src_endpoint_ip: "2001:db8::1" }, { src_endpoint_ip: "2001:db8::2" }],
    ["network_activity", { dst_endpoint_ip: "203.0.113.255" }, { dst_endpoint_ip: "203.0.112.255" }],
  ])("%s: what was planted, and not the near miss", async (table, planted, miss) => {
    await opened.store.command(`TRUNCATE TABLE ${table}`);
    await opened.store.insert(
      table,
      [planted, miss].map((row, index) => ({
        ...{ batch_id: "b", source_id: "s", source_line: index + 1, time: "2024-03-01 10:00:00.123456" },
        ...row,
      })),
    );
    const lines: number[] = [];
    for await (const match of huntStored(opened.store, parsed.rules, ENTRIES)) lines.push(match.record.line);
    await opened.store.command(`TRUNCATE TABLE ${table}`);
    expect(lines).toEqual([1]);
  });
});
