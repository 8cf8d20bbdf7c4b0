import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/dns-tunnel/index.js";
import { findingSchema, severityRank } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, TestCase } from "../infrastructure-contact/support.js";
import { type Lookup, Shapes, write } from "./shapes.js";

let test: TestCase;
let shapes: Shapes;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(async () => {
  await test.clear();
  shapes = new Shapes(11);
});
afterAll(() => test.close());

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);
const HOST = "10.1.9.9";

async function run(lookups: readonly Lookup[], parameters: Record<string, number> = {}) {
  await write(test, [...shapes.ordinary(30), ...lookups]);
  const result = await detector.run(contextFor(test, detector, { directory, parameters }));
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

const brief = (findings: Awaited<ReturnType<typeof run>>["findings"]) =>
  findings.map(({ entities, severity, facts }) => [entities[0]?.value, severity, facts.shape]);

describe("dns-tunnel finds", () => {
  it("iodine, with what the names could have carried, and lines of the log", async () => {
    const { findings, evaluated } = await run(shapes.iodine(HOST, 3000));
    expect(brief(findings)).toEqual([["quietstream.net", "high", "names"]]);
    const [finding] = findings;
    expect(finding?.org_id).toBe("alpha");
    expect(finding?.facts.query_types).toEqual(["NULL"]);
    // 3,000 names of 116 characters and two dots at five bits; the count of names is an estimate of a few percent.
    expect(Number(finding?.facts.bytes_in_names)).toBeGreaterThan(200_000);
    expect(Number(finding?.facts.bytes_in_names)).toBeLessThan(235_000);
    expect(finding?.evidence.length).toBeGreaterThanOrEqual(5);
    expect(finding?.evidence.every((each) => each.table === "dns_activity" && each.line > 0)).toBe(true);
    expect(evaluated).toContainEqual({ what: "hosts' look-ups of a domain weighed", count: 1 });
  });

  it("dnscat2, a file in A queries, and polling for text, each as what it is", async () => {
    const { findings } = await run([
      ...shapes.dnscat2("10.1.9.1", 1500),
      ...shapes.exfiltration("10.1.9.2", 300, 1),
      ...shapes.polling("10.1.9.3", 7),
    ]);
    expect(new Map(findings.map((each) => [each.entities[0]?.value, each.facts.shape]))).toEqual(
      new Map([
        ["harborlemon.org", "names"],
        ["motorbread.biz", "names"],
        ["pixelforum.info", "polling"],
      ]),
    );
    for (const finding of findings)
      expect(severityRank(finding.severity), finding.title).toBeGreaterThanOrEqual(severityRank("medium"));
  });

  it("a zone below a private suffix, on its own", async () => {
    const lookups = ["alice", "bob"].flatMap((owner, n) =>
      shapes.exfiltration(`10.1.9.${n}`, 300, 1, 48, `${owner}.duckdns.org`),
    );
    const { findings } = await run(lookups);
    expect(findings.map((each) => each.entities[0]?.value).sort()).toEqual([
      "alice.duckdns.org",
      "bob.duckdns.org",
    ]);
  });

  it("a resolver that is passed by", async () => {
    const outside = shapes.exfiltration(HOST, 300, 1).map((each) => ({ ...each, resolver: "203.0.113.53" }));
    const { findings } = await run(outside);
    expect(findings[0]?.facts).toMatchObject({ resolver_bypassed: true, resolvers: ["203.0.113.53"] });
  });

  // 48 hexadecimal digits a name; 14 days. What is sent is a few kilobytes to a quarter megabyte.
  it.each([
    [5, "low"],
    [10, "low"],
    [20, "medium"],
    [50, "medium"],
    [200, "high"],
    [1000, "high"],
  ])("a slow channel of %i names a day as %s", async (aDay, severity) => {
    const { findings } = await run(shapes.exfiltration(HOST, aDay, 14));
    expect(brief(findings)).toEqual([["motorbread.biz", severity, "names"]]);
  });
});

describe("dns-tunnel leaves alone", () => {
  const many = (count: number, name: (n: number) => string, more: Partial<Lookup> = {}): Lookup[] =>
    Array.from({ length: count }, (_, n) => ({
      time: at(2, 8) + n * 5000,
      src: HOST,
      name: name(n),
      answer: "192.0.2.1",
      ...more,
    }));

  it("ordinary life, and a case in which nobody asks for many names", async () => {
    const { findings, notTested, evaluated } = await run([]);
    expect(findings).toEqual([]);
    expect(notTested).toBeUndefined();
    expect(evaluated[0]).toEqual({ what: "look-ups", count: 2400 });
  });

  it("block lists, by the form of the name whoever runs them, and by the kept list", async () => {
    const octet = () => shapes.pick(Array.from({ length: 256 }, (_, n) => n));
    const { findings, evaluated } = await run([
      ...many(2000, () => `${octet()}.${octet()}.${octet()}.${octet()}.list.unheardof.net`),
      ...many(2000, () => `${shapes.text("0123456789abcdef", 32)}.file.sophosxl.net`),
    ]);
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "set aside by the form of their names", count: 1 });
    expect(evaluated).toContainEqual({ what: "domains of providers and known uses set aside", count: 1 });
  });

  it("a content network behind a resolver: its names look random and come again", async () => {
    const names = Array.from(
      { length: 400 },
      () => `d${shapes.text("abcdefghijklmnopqrstuvwxyz0123456789", 13)}.edge.unheardof.net`,
    );
    const { findings } = await run(many(8000, () => shapes.pick(names)));
    expect(findings).toEqual([]);
  });

  it("an advertising network that many hosts look up", async () => {
    const all = many(4000, (n) => `${shapes.text("0123456789abcdef", 32)}.x${n % 2}.adserve.net`);
    const { findings, evaluated } = await run(
      all.map((each, n) => ({ ...each, src: `10.1.${2 + (n % 2)}.${n % 97}` })),
    );
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "domains that many hosts look up set aside", count: 1 });
  });

  it("a large site with many readable names", async () => {
    const words = ["blue", "green", "shop", "travel", "school", "river", "music", "city", "family", "sport"];
    const { findings } = await run(
      many(3000, (n) => `${shapes.pick(words)}-${shapes.pick(words)}${n % 10}.blogsite.net`),
    );
    expect(findings.filter((each) => severityRank(each.severity) >= severityRank("medium"))).toEqual([]);
  });

  it("telemetry that numbers its look-ups: low at most", async () => {
    const hex = (length: number) => shapes.text("0123456789abcdef", length);
    const { findings } = await run(
      many(3000, () => `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}.probe.unheardof.net`),
    );
    expect(findings.map((each) => each.severity)).toEqual(["low"]);
    expect(findings[0]?.caveats.some((each) => each.includes("telemetry uses"))).toBe(true);
  });

  it("a mail server that asks for policies, and a policy that is asked for often", async () => {
    const policies = Array.from({ length: 60 }, (_, n) =>
      many(40, () => `sender${n}.com`, { type: "TXT", answer: "v=spf1 include:_spf.example.com -all" }),
    );
    const { findings } = await run([
      ...policies.flat(),
      ...many(200, () => "_dmarc.partner.com", { type: "TXT" }),
    ]);
    expect(findings).toEqual([]);
  });

  it("reverse look-ups, local names and NetBIOS names, and counts them", async () => {
    const { findings, evaluated } = await run([
      ...many(500, (n) => `${n % 256}.${n % 7}.1.10.in-addr.arpa`, { type: "PTR" }),
      ...many(500, () => `${shapes.text("0123456789abcdef", 24)}.corp.local`),
    ]);
    expect(findings).toEqual([]);
    expect(evaluated.find(({ what }) => what.startsWith("local names"))?.count).toBeGreaterThanOrEqual(2);
  });

  it("what the user allows, and says not tested where nobody is ours", async () => {
    await write(test, shapes.iodine(HOST, 300));
    const allow = { domain: (name: string) => name === "quietstream.net", address: () => false };
    expect((await detector.run(contextFor(test, detector, { directory, allow }))).findings).toEqual([]);
    await test.store.command("TRUNCATE TABLE internal_host");
    expect((await detector.run(contextFor(test, detector, { directory }))).notTested).toContain("inside");
  });
});
