import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPattern } from "../../src/intel/watchlist/stix-indicator.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import { readList } from "./support.js";

const values = (pattern: string) => readPattern(pattern).values.map(({ value }) => value);

describe("STIX patterns", () => {
  // Most are examples of STIX 2.1, section 9.8.
  it.each([
    ["[ipv4-addr:value = '198.51.100.1']", ["198.51.100.1"]],
    [
      "[ipv4-addr:value='198.51.100.1/32' OR ipv4-addr:value = '203.0.113.33/32' OR ipv6-addr:value = '2001:0db8:dead:beef:dead:beef:dead:0001/128']",
      ["198.51.100.1/32", "203.0.113.33/32", "2001:0db8:dead:beef:dead:beef:dead:0001/128"],
    ],
    ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ["198.51.100.0/24"]],
    ["[ipv4-addr:value IN ('198.51.100.1', '198.51.100.2')]", ["198.51.100.1", "198.51.100.2"]],
    [
      "[domain-name:value = 'www.5z8.info' AND domain-name:resolves_to_refs[*].value = '198.51.100.1/32']",
      ["www.5z8.info", "198.51.100.1/32"],
    ],
    ["[domain-name:value LIKE '%.evil.example']", ["*.evil.example"]],
    [
      "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'example.com']",
      ["example.com"],
    ],
    [
      "[network-traffic:dst_ref.value = '198.51.100.1' AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']",
      ["198.51.100.1:443"],
    ],
    [
      "[network-traffic:dst_ref.value = '2001:db8::1' AND network-traffic:dst_port IN (80, 443)]",
      ["[2001:db8::1]:80", "[2001:db8::1]:443"],
    ],
    [
      "[(network-traffic:dst_ref.value = '198.51.100.1' OR network-traffic:dst_ref.value = '198.51.100.2') AND network-traffic:dst_port = 82]",
      ["198.51.100.1:82", "198.51.100.2:82"],
    ],
    ["[x509-certificate:hashes.'SHA-256' = 'aa' OR x509-certificate:hashes.MD5 = 'bb']", ["aa", "bb"]],
    [
      "[ipv4-addr:value = '198.51.100.1'] OR [domain-name:value = 'it\\'s.example']",
      ["198.51.100.1", "it's.example"],
    ],
    ["([ipv4-addr:value = '198.51.100.1'])", ["198.51.100.1"]],
  ])("%s", (pattern, expected) => {
    expect(readPattern(pattern)).toMatchObject({ unsupported: [] });
    expect(values(pattern)).toEqual(expected);
  });

  it.each([
    ["[ipv4-addr:value != '198.51.100.1']", "negated"],
    ["[ipv4-addr:value NOT = '198.51.100.1']", "negated"],
    ["[file:hashes.MD5 = 'aa']", "file:hashes.MD5 = is not supported"],
    ["[domain-name:value MATCHES '^a']", "domain-name:value MATCHES is not supported"],
    ["[domain-name:value LIKE '%evil%']", "domain-name:value LIKE is not supported"],
    [
      "[x509-certificate:issuer = 'CN=WEBMAIL' AND x509-certificate:serial_number = '4c:0b']",
      "x509-certificate:issuer = is not supported",
    ],
    [
      "[network-traffic:src_ref.value = '203.0.113.10' AND network-traffic:dst_ref.value = '198.51.100.58']",
      "joins conditions by AND",
    ],
    ["[network-traffic:dst_port = 443]", "names no address"],
    ["[domain-name:value = 'a.example' AND network-traffic:dst_port = 443]", "joins a port"],
    ["[ipv4-addr:value = '198.51.100.1'] AND [domain-name:value = 'a.example']", "joined by AND"],
    [
      "([ipv4-addr:value = '198.51.100.1'] FOLLOWEDBY [domain-name:value = 'a.example']) WITHIN 300 SECONDS",
      "WITHIN 300 SECONDS is not supported",
    ],
    ["[ipv4-addr:value = '198.51.100.1'] REPEATS 5 TIMES", "REPEATS 5 TIMES"],
    ["[ipv4-addr:value = ]", "where a value should stand"],
    ["[ipv4-addr:value = '198.51.100.1'", "has the end where ] should stand"],
    ["[ipv4-addr:value = '198.51.100.1'] x", "where it should end"],
    ["ipv4-addr:value = '198.51.100.1'", "where [ should stand"],
    ["", "has the end where [ should stand"],
    ["[ipv4-addr:value = 'open]", "cannot be read at character 20"],
    [`${"(".repeat(100)}[ipv4-addr:value = 'a']`, "nested deeper"],
  ])("%s is reported", (pattern, reason) => {
    const reading = readPattern(pattern);
    expect(reading.values).toEqual([]);
    expect(reading.unsupported.join()).toContain(reason);
  });

  it("keeps the alternatives that it can use beside those that it cannot", () => {
    expect(readPattern("[ipv4-addr:value = '198.51.100.1' OR file:name = 'x']")).toMatchObject({
      values: [{ value: "198.51.100.1" }],
      unsupported: ["file:name = is not supported"],
    });
  });

  it("bounds what AND over OR multiplies to", () => {
    const part = `(${Array.from({ length: 50 }, (_, index) => `ipv4-addr:value = '198.51.100.${index}'`).join(" OR ")})`;
    expect(readPattern(`[${[part, part, part].join(" AND ")}]`).unsupported[0]).toMatch(
      /more than 10000 alternatives/,
    );
  });

  it("never throws", () => {
    const word = fc.constantFrom(
      "[",
      "]",
      "(",
      ")",
      "ipv4-addr:value",
      "=",
      "'a'",
      "AND",
      "OR",
      "NOT",
      "IN",
      ",",
      "FOLLOWEDBY",
      "WITHIN",
      "5",
      "SECONDS",
      "START",
      "STOP",
      "t'2023-01-01T00:00:00Z'",
      "EXISTS",
      "\\",
      "'",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 25 }).map((words) => words.join(" ")),
          fc.string(),
        ),
        (pattern) => {
          expect(readPattern(pattern).values).toBeInstanceOf(Array);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

const indicator = (id: number, pattern: string, more: Record<string, unknown> = {}) => ({
  type: "indicator",
  id: `indicator--${id}`,
  pattern_type: "stix",
  pattern,
  valid_from: "2023-08-01T00:00:00Z",
  ...more,
});
const bundle = (...objects: unknown[]) =>
  readList(JSON.stringify({ type: "bundle", id: "bundle--1", objects }), "bundle.json");

describe("STIX bundles", () => {
  it("hold to the newest version of an indicator, also where it takes an older one back", () => {
    const { indicators, warnings } = bundle(
      indicator(1, "[ipv4-addr:value = '192.0.2.1']", { modified: "2024-02-01T00:00:00Z", revoked: true }),
      indicator(1, "[ipv4-addr:value = '192.0.2.1']", { modified: "2024-01-01T00:00:00Z" }),
      indicator(2, "[ipv4-addr:value = '192.0.2.2']", { modified: "2024-01-01T00:00:00Z" }),
      indicator(2, "[ipv4-addr:value = '192.0.2.3']", { modified: "2024-02-01T00:00:00Z" }),
    );
    expect(indicators.map(({ value }) => value)).toEqual(["192.0.2.3"]);
    expect(warnings.join()).toContain("revoked by its author");
  });

  it("takes over validity, confidence, roles, marking and author", () => {
    const { format, indicators } = bundle(
      { type: "identity", id: "identity--1", name: "Example CERT" },
      {
        type: "marking-definition",
        id: "marking-definition--own",
        definition_type: "tlp",
        definition: { tlp: "red" },
      },
      indicator(1, "[ipv4-addr:value = '192.0.2.1']", {
        name: "Server",
        valid_until: "2023-12-31T12:00:00Z",
        confidence: 85,
        indicator_types: ["malicious-activity", "c2"],
        created_by_ref: "identity--1",
        object_marking_refs: ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
      }),
      indicator(2, "[ipv4-addr:value = '192.0.2.2']", {
        object_marking_refs: [
          "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
          "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        ],
      }),
      indicator(3, "[ipv4-addr:value = '192.0.2.3']", { object_marking_refs: ["marking-definition--own"] }),
      indicator(
        4,
        "[ipv4-addr:value = '192.0.2.4'] START t'2023-09-01T00:00:00Z' STOP t'2023-09-02T00:00:00Z'",
      ),
    );
    expect(format).toBe("stix");
    expect(indicators[0]).toMatchObject({
      kind: "address",
      value: "192.0.2.1",
      confidence: 0.85,
      role: "malicious-activity, c2",
      source: "Example CERT: Server",
      owner: "Example CERT",
      tlp: "green",
      validFrom: Date.UTC(2023, 7, 1),
      validTo: Date.UTC(2023, 11, 31, 12),
    });
    expect(indicators.map(({ tlp }) => tlp)).toEqual(["green", "amber+strict", "red", "amber"]);
    expect(indicators[3]).toMatchObject({
      confidence: 0.5,
      validFrom: Date.UTC(2023, 8, 1),
      validTo: Date.UTC(2023, 8, 2),
    });
  });

  it("reports revoked, foreign and unusable indicators, and values that would match the world", () => {
    const { indicators, warnings } = bundle(
      indicator(1, "[ipv4-addr:value = '192.0.2.1']", { revoked: true }),
      indicator(2, "alert tcp any", { pattern_type: "snort" }),
      indicator(3, "alert udp any", { pattern_type: "snort" }),
      indicator(4, "[file:name = 'x']"),
      indicator(5, "[ipv4-addr:value = '10.0.0.1']"),
      indicator(6, "[x509-certificate:hashes.'SHA-1' = 'short']"),
    );
    expect(indicators).toEqual([]);
    expect(warnings).toEqual([
      'bundle.json: indicator--5: "10.0.0.1" is a private address, which is somebody else in every network: refused',
      'bundle.json: indicator--6: "short" is no MD5, SHA-1 or SHA-256 fingerprint; left out',
      'bundle.json: "indicator--1" not used: revoked by its author',
      'bundle.json: "indicator--2" and 1 more like it not used: patterns of type "snort" are not supported',
      'bundle.json: "indicator--4" not used: file:name = is not supported',
    ]);
  });

  it("ties malware and tools to what they are directly related to, unless somebody took it back", () => {
    const related = (id: number, type: string, from: string, to: string, more = {}) => ({
      type: "relationship",
      id: `relationship--${id}`,
      relationship_type: type,
      source_ref: from,
      target_ref: to,
      ...more,
    });
    const { indicators } = bundle(
      indicator(1, "[ipv4-addr:value = '192.0.2.1']"),
      indicator(2, "[ipv4-addr:value = '192.0.2.2']"),
      { type: "infrastructure", id: "infrastructure--1", name: "Front" },
      { type: "domain-name", id: "domain-name--1", value: "evil.example" },
      {
        type: "malware",
        id: "malware--1",
        name: "FoxRat",
        external_references: [{ source_name: "mitre-attack", external_id: "S9999" }],
      },
      { type: "tool", id: "tool--1", name: "Rclone\nx" },
      { type: "intrusion-set", id: "intrusion-set--1", name: "Fox" },
      related(1, "indicates", "indicator--1", "malware--1"),
      related(2, "indicates", "indicator--1", "tool--1"),
      related(3, "indicates", "indicator--2", "malware--1", { revoked: true }),
      related(4, "indicates", "indicator--2", "intrusion-set--1"),
      related(5, "uses", "malware--1", "infrastructure--1"),
      related(6, "consists-of", "infrastructure--1", "domain-name--1"),
    );
    expect(indicators.map(({ value, software }) => [value, software])).toEqual([
      ["192.0.2.1", ["malware:FoxRat - S9999", "tool:Rclone x"]],
      ["192.0.2.2", undefined],
      ["evil.example", ["malware:FoxRat - S9999"]],
    ]);
  });

  it("reads infrastructure with what it consists of", () => {
    const { indicators, warnings } = bundle(
      {
        type: "infrastructure",
        id: "infrastructure--1",
        name: "Backup front",
        infrastructure_types: ["command-and-control"],
        first_seen: "2023-06-01T00:00:00Z",
      },
      { type: "ipv4-addr", id: "ipv4-addr--1", value: "192.0.2.1" },
      { type: "domain-name", id: "domain-name--1", value: "evil.example" },
      { type: "network-traffic", id: "network-traffic--1", dst_ref: "ipv4-addr--1", dst_port: 8443 },
      {
        type: "x509-certificate",
        id: "x509-certificate--1",
        hashes: { "SHA-1": "3b5a0f6f1f9d2c7e8a4b6c0d1e2f3a4b5c6d7e8f" },
      },
      { type: "software", id: "software--1", name: "x" },
      ...[
        "ipv4-addr--1",
        "domain-name--1",
        "network-traffic--1",
        "x509-certificate--1",
        "software--1",
        "domain-name--missing",
      ].map((target, index) => ({
        type: "relationship",
        id: `relationship--${index}`,
        relationship_type: "consists-of",
        source_ref: "infrastructure--1",
        target_ref: target,
      })),
    );
    expect(indicators.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      "address 192.0.2.1",
      "domain evil.example",
      "address-port 192.0.2.1:8443",
      "certificate 3b5a0f6f1f9d2c7e8a4b6c0d1e2f3a4b5c6d7e8f",
    ]);
    expect(indicators[0]).toMatchObject({
      role: "command-and-control",
      source: "Backup front",
      validFrom: Date.UTC(2023, 5, 1),
    });
    expect(warnings).toEqual([
      'bundle.json: "software--1" and 1 more like it not used: not in the bundle, or of a type that cannot be watched',
    ]);
  });

  it("survives shapes that no STIX has", () => {
    for (const objects of [
      null,
      {},
      [null, 1, "x", []],
      [{ type: "indicator" }],
      [{ type: "indicator", pattern: 5, object_marking_refs: "x" }],
    ]) {
      expect(readList(JSON.stringify({ type: "bundle", objects })).indicators).toEqual([]);
    }
  });
});

const corpus = process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus");
const attack = join(corpus, "intel/enterprise-attack-18.1.stix20.json.gz");

describe("a real bundle", () => {
  const present = existsSync(attack);
  if (!present) console.info("skipped: the corpus (LONGWATCH_CORPUS) has no ATT&CK bundle");
  it.skipIf(!present)("without indicators yields none, and no complaint", () => {
    const { format, indicators, warnings } = readList(gunzipSync(readFileSync(attack)).toString("utf8"));
    expect({ format, indicators, warnings }).toEqual({ format: "stix", indicators: [], warnings: [] });
  });
});
