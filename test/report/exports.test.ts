import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { visibleText } from "../../src/kernel/visible.js";
import { renderNavigator } from "../../src/report/navigator/layer.js";
import type { ReportInput } from "../../src/report/port.js";
import { indicatorsCsv } from "../../src/report/tabular/indicators.js";
import { renderZeekIntel } from "../../src/report/zeek-intel/zeek-intel.js";
import { makeInput } from "./fixture.js";

const input = makeInput();
const confirmed = input.assessment.infrastructure.filter(({ basis }) => basis === "confirmed");

const HOSTILE = [
  "a\tb\nIntel::ADDR",
  "=1+1",
  'quo"te,',
  "nul\u0000\u202e",
  "127.0.0.1",
  "10.0.0.1",
  "x.example\n",
];

function poisoned(text: string): ReportInput {
  const made = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
  made.assessment.case = text;
  for (const item of made.assessment.infrastructure) Object.assign(item, { why: [text], basis: "confirmed" });
  Object.assign(made.assessment.infrastructure[0] ?? {}, { value: text });
  for (const finding of made.findings)
    Object.assign(finding, { attack: [text, "T1071.001"], detector: text });
  return made;
}

/** As Zeek reads it: comments, then the names of fields, then rows of as many fields. */
function readIntel(text: string): Record<string, string>[] {
  const lines = text
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("#") || line.startsWith("#fields"));
  const [head = "", ...rows] = lines;
  const names = head.split("\t").slice(1);
  return rows.map((row) => {
    const fields = row.split("\t");
    expect(fields).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, at) => [name, fields[at] ?? ""]));
  });
}

describe("Zeek's intelligence file", () => {
  test("has what is confirmed and nothing else", () => {
    const rows = readIntel(renderZeekIntel(input));
    expect(rows.map(({ indicator }) => indicator).sort()).toEqual(confirmed.map(({ value }) => value).sort());
    expect(new Set(rows.map(({ indicator_type }) => indicator_type))).toEqual(new Set(["Intel::DOMAIN"]));
  });

  test("has addresses, networks and SHA-1 by Zeek's types", () => {
    const made = makeInput({ findings: 1 });
    const values = ["198.51.100.7", "2001:db8::1", "203.0.113.0/24", "ab".repeat(20)];
    const kinds = ["address", "address", "network", "certificate"] as const;
    for (const [at, value] of values.entries())
      Object.assign(made.assessment.infrastructure[at] ?? {}, { value, kind: kinds[at], basis: "confirmed" });
    const types = new Map(readIntel(renderZeekIntel(made)).map((row) => [row.indicator, row.indicator_type]));
    expect(values.map((value) => types.get(value))).toEqual([
      "Intel::ADDR",
      "Intel::ADDR",
      "Intel::SUBNET",
      "Intel::CERT_HASH",
    ]);
  });

  test("its head counts what is confirmed and in no row", () => {
    const made = makeInput({ findings: 1 });
    const [first, second] = made.assessment.infrastructure;
    Object.assign(first ?? {}, { basis: "confirmed", shared: true });
    Object.assign(second ?? {}, { basis: "confirmed", kind: "certificate", value: "ab".repeat(32) });
    const text = renderZeekIntel(made);
    expect(text).toContain("\n# 1 confirmed but in no rule: 1 at shared hosting\n");
    expect(text).toContain("\n# 1 hashes and TLS fingerprints that the framework has no type for\n");
  });

  test.each(HOSTILE)("%j makes no row and no field of its own", (text) => {
    for (const row of readIntel(renderZeekIntel(poisoned(text)))) {
      expect(row.indicator).toMatch(/^[a-z0-9.:/_-]+$/);
      expect(row.indicator).not.toBe(text);
    }
  });
});

describe("the Navigator layer", () => {
  test("has techniques of grave findings with their best score", () => {
    const layer = JSON.parse(renderNavigator(input));
    expect(layer.versions.layer).toBe("4.5");
    expect(layer.domain).toBe("enterprise-attack");
    const grave = input.findings.filter(({ severity }) => ["medium", "high", "critical"].includes(severity));
    const best = Math.round(100 * Math.max(...grave.map(({ score }) => score)));
    expect(
      layer.techniques.map((each: { techniqueID: string; score: number }) => [each.techniqueID, each.score]),
    ).toEqual([
      ["T1036", best],
      ["T1567.002", best],
    ]);
    expect(layer.name).toContain("TLP:AMBER");
  });

  test.each(HOSTILE)("%j is no technique, and cannot act", (text) => {
    const layer = JSON.parse(renderNavigator(poisoned(text)));
    expect(layer.techniques.map(({ techniqueID }: { techniqueID: string }) => techniqueID)).toEqual([
      "T1071.001",
    ]);
    for (const part of [layer.name, ...layer.techniques.map(({ comment }: { comment: string }) => comment)])
      expect(visibleText(part)).toBe(part);
  });
});

describe("indicators.csv", () => {
  test("has every piece of infrastructure with its basis", () => {
    const rows = parse(indicatorsCsv(input), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ value, basis }) => [value, basis])).toEqual(
      input.assessment.infrastructure.map(({ value, basis }) => [value, basis]),
    );
    expect(rows[0]?.tlp).toBe("amber");
  });

  test.each(HOSTILE)("%j runs in no spreadsheet", (text) => {
    const rows = parse(indicatorsCsv(poisoned(text)), { columns: true }) as Record<string, string>[];
    for (const row of rows) {
      expect(row.value).not.toBe(text);
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+@-]/);
    }
  });
});
