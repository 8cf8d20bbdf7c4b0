import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sqlHostName, sqlHostOfHeader, sqlProtocol, sqlString } from "../../src/sources/sql.js";
import { type Bench, openBench } from "./runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function evaluate(expressions: readonly string[]): Promise<unknown[]> {
  const rows = await bench.store.query<{ v: unknown }>(
    `SELECT arrayJoin([${expressions.map((expression, at) => `(${at}, ${expression})`).join(", ")}]) AS t, t.2 AS v ORDER BY t.1`,
  );
  return rows.map(({ v }) => v);
}

describe("sqlString", () => {
  test("every text comes back from the engine byte by byte", async () => {
    const texts = fc.sample(fc.string({ unit: "binary", maxLength: 40 }), { numRuns: 300, seed: 7 });
    const nasty = [
      "'",
      "\\",
      "\\'",
      "'; DROP TABLE x; --",
      "\0",
      "\n\r\t\b",
      "{a:String}",
      "\\x41",
      "%s",
      '`"',
      "é\u2028",
      "\x7f",
      "?",
    ];
    const all = [...nasty, ...texts];
    const found = await evaluate(all.map((text) => `hex(${sqlString(text)})`));
    expect(found).toEqual(all.map((text) => Buffer.from(text, "utf8").toString("hex").toUpperCase()));
  });

  test("a literal is printable ASCII with its quotes escaped, whatever goes in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(sqlString(text)).toMatch(/^'(?:[ -&(-[\]-~]|\\x[0-9a-f]{2}|\\'|\\\\)*'$/);
        expect(sqlString(text)).not.toContain("__");
      }),
    );
  });
});

test("names of hosts", async () => {
  const names = ["WWW.Example.COM.", "example.com", "", ".", "a.b.."];
  expect(await evaluate(names.map((name) => sqlHostName(sqlString(name))))).toEqual([
    "www.example.com",
    "example.com",
    "",
    "",
    "a.b.",
  ]);
});

test("Host headers lose port and brackets", async () => {
  const headers = [
    "A.example:8080",
    "[2001:DB8::1]:443",
    "[2001:db8::1]",
    "2001:db8::1",
    "192.0.2.1:80",
    "plain",
    "",
    "x.example.",
    ":80",
  ];
  expect(await evaluate(headers.map((header) => sqlHostOfHeader(sqlString(header))))).toEqual([
    ...["a.example", "2001:db8::1", "2001:db8::1", "2001:db8::1", "192.0.2.1", "plain", "", "x.example", ""],
  ]);
});

test("protocols have one name each", async () => {
  const raws = ["TCP", "6", "17", "IPv6-ICMP", "58", "icmp", " udp ", "GRE", "253", ""];
  expect(await evaluate(raws.map((raw) => sqlProtocol(sqlString(raw))))).toEqual([
    ...["tcp", "tcp", "udp", "icmp", "icmp", "icmp", "udp", "gre", "253", ""],
  ]);
});
