import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/rare-client/index.js";
import { HOUR } from "../../../src/kernel/time.js";
import { findingSchema } from "../../../src/model/finding.js";
import { at, contextFor, TestCase } from "../infrastructure-contact/support.js";
import { BROWSER_JA3, BROWSER_JA4, chrome, directory, HOSTS, host, Office } from "./office.js";

let test: TestCase;
let office: Office;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(async () => {
  await test.clear();
  office = new Office();
});
afterAll(() => test.close());

type Given = Parameters<typeof contextFor>[2];

async function run(given: Given = {}) {
  await office.write(test);
  const span = { first: at(0), last: at(20) };
  const result = await detector.run(contextFor(test, detector, { directory, span, ...given }));
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return { ...result, looked: new Map(result.evaluated.map(({ what, count }) => [what, count])) };
}

const brief = (findings: Awaited<ReturnType<typeof run>>["findings"]) =>
  findings.map(({ facts, severity }) => [(facts.destinations as string[])[0], severity]);

const SERVER = "203.0.113.80";
const AGENT = "WinHelper/1.4";

describe("rare-client finds", () => {
  it("a program of one host that keeps going to a name of its own: low, with lines of the log", async () => {
    office.requests({ src: host(2, 3), dst: SERVER, host: "cdn.quietharbor.net", agent: AGENT });
    const { findings, looked } = await run();
    expect(brief(findings)).toEqual([["cdn.quietharbor.net", "low"]]);
    const [finding] = findings;
    expect(finding?.org_id).toBe("org2");
    expect(finding?.facts).toMatchObject({
      client: AGENT,
      kind: "user agent",
      direction: "outbound",
      hosts_of_client: 1,
      hosts_seen: 60,
      hosts_of_destination: 1,
      requests: 20,
      hours: 20,
      days: 5,
      no_name: false,
      no_host_header: false,
      pretence: "",
    });
    // One of sixty: with 95 % certainty no more than 7.1 % of such hosts (Wilson).
    expect(finding?.facts.share_at_most).toBeCloseTo(0.0713, 4);
    expect(finding?.evidence.map(({ table, line }) => [table, line > 0])).toEqual([
      ["http_activity", true],
      ["http_activity", true],
    ]);
    expect(finding?.evidence[0]?.summary).toContain("GET /, Host cdn.quietharbor.net, WinHelper/1.4");
    expect(finding?.tlp).toBe("amber");
    expect(looked.get("hosts with a user agent")).toBe(60);
    expect(looked.get("rare clients at rare destinations")).toBe(1);
  });

  it("requests without a Host header to an address without a name: medium", async () => {
    office.requests({ src: host(2, 3), dst: SERVER, agent: AGENT });
    const { findings } = await run();
    expect(brief(findings)).toEqual([[SERVER, "medium"]]);
    expect(findings[0]?.facts).toMatchObject({ no_name: true, no_host_header: true });
  });

  it("what calls itself a browser and does not behave like one", async () => {
    office.requests({ src: host(2, 3), dst: SERVER, agent: chrome(112) });
    office.requests({
      src: host(3, 3),
      dst: "203.0.113.81",
      host: "203.0.113.81",
      agent: "Mozila/5.0 (Windows NT 6.1)",
    });
    const { findings } = await run();
    expect(
      new Map(findings.map(({ facts, severity }) => [facts.client, [severity, facts.pretence]])),
    ).toEqual(
      new Map([
        [chrome(112), ["medium", "it calls itself what 51 hosts or more have, and theirs names the host"]],
        [
          "Mozila/5.0 (Windows NT 6.1)",
          ["medium", "its name is a slip of the pen away from Mozilla, which many hosts here have"],
        ],
      ]),
    );
  });

  it("a client that claims another system than everything else on the host", async () => {
    const src = "10.4.0.99";
    for (let n = 0; n < 30; n++)
      office.http.push({
        time: at(2 + (n % 5), 3, n),
        src,
        dst: "198.18.0.1",
        host: "www.popular0.com",
        agent: chrome(112, "X11; Linux x86_64"),
      });
    office.requests({ src, dst: SERVER, host: SERVER, agent: "Agent/1.0 (Windows NT 5.1)" });
    const { findings } = await run();
    expect(brief(findings)).toEqual([[SERVER, "medium"]]);
    expect(findings[0]?.facts.pretence).toContain("claims to run on Windows");
  });

  it.each(["JA3", "JA4"] as const)(
    "one %s that hosts of two organisations take to the same nameless server, and low where only one does",
    async (kind) => {
      office = new Office({ fingerprint: kind });
      const print = (ja3: string, ja4: string) => (kind === "JA3" ? { ja3 } : { ja3, ja4 });
      for (const src of [host(2, 3), host(5, 1)])
        office.handshakes({
          src,
          dst: SERVER,
          ...print("72a589da586844d7f0818ce684948eea", "t13i190800_9dc949149365_97f8aa674fd9"),
        });
      office.handshakes({
        src: host(4, 4),
        dst: "203.0.113.90",
        ...print("a0e9f5d64349fb13191bc781f81f42e1", "t12i030500_1b2c3d4e5f60_0a1b2c3d4e5f"),
      });
      const { findings } = await run();
      expect(
        findings.map(({ facts, severity }) => [
          facts.kind,
          (facts.destinations as string[])[0],
          severity,
          facts.organisations,
        ]),
      ).toEqual([
        [kind, SERVER, "medium", 2],
        [kind, SERVER, "medium", 2],
        [kind, "203.0.113.90", "low", 1],
      ]);
    },
  );

  it("a client behind a proxy inside, by the name that it asks for", async () => {
    const proxy = "10.1.0.250";
    for (let n = 0; n < 120; n++)
      office.http.push({
        time: at(n % 20, 5),
        src: host(1, 1 + (n % HOSTS)),
        dst: proxy,
        port: 3128,
        host: `www.site${n}.org`,
        agent: chrome(112),
      });
    office.requests({ src: host(1, 4), dst: proxy, port: 3128, host: "cdn.quietharbor.net", agent: AGENT });
    expect(brief((await run()).findings)).toEqual([["cdn.quietharbor.net", "low"]]);
  });

  it("an outside client that keeps asking our web server without a Host header, and not the scanner that looks in", async () => {
    const server = host(1, 1);
    for (let n = 0; n < 400; n++)
      office.http.push({
        time: at(n % 20, n % 24),
        src: `198.51.100.${n % 200}`,
        dst: server,
        host: "www.org1.example",
        agent: chrome(110 + (n % 9)),
      });
    office.requests({ src: "203.0.113.9", dst: server, agent: "Modzilla/0.1" }, 30, {
      from: 2,
      every: 2 * HOUR,
    });
    office.requests({ src: "203.0.113.10", dst: server, agent: "scan/1.0" }, 300, { from: 3, every: 20_000 });
    const { findings, looked } = await run();
    expect(
      findings.map(({ title, severity, facts }) => [title, severity, facts.direction, facts.pretence]),
    ).toEqual([
      [
        `203.0.113.9 keeps asking ${server} without a Host header`,
        "low",
        "inbound",
        "a slip of the pen away from Mozilla",
      ],
    ]);
    expect(looked.get("outside clients of our web servers")).toBe(202);
  });

  it("a one-off, as informational", async () => {
    office.requests({ src: host(2, 3), dst: SERVER, agent: AGENT }, 3, { every: HOUR / 4 });
    const { findings } = await run();
    expect(brief(findings)).toEqual([[SERVER, "informational"]]);
  });
});

describe("rare-client leaves alone", () => {
  const nothing = async (given: Given = {}) => {
    const { findings, notTested, looked } = await run(given);
    expect(notTested).toBeUndefined();
    expect(findings.map(({ title }) => title)).toEqual([]);
    return looked;
  };

  it("ordinary life: common browsers at sites that one host visits", async () => {
    const looked = await nothing();
    expect(looked.get("hosts with a JA4")).toBe(60);
  });

  it("a new version of a browser, another language, another telephone", async () => {
    for (let number = 1; number <= HOSTS; number++)
      office.requests(
        {
          src: host(1, number),
          dst: "198.18.0.5",
          host: "www.popular4.com",
          agent: `Mozilla/5.0 (Linux; Android 13; SM-A5${number}6E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Mobile Safari/537.36`,
        },
        3,
      );
    office.requests({ src: host(2, 3), dst: SERVER, host: "cdn.quietharbor.net", agent: chrome(131) });
    office.requests({
      src: host(2, 4),
      dst: SERVER,
      host: "cdn.quietharbor.net",
      agent: chrome(131, "Windows NT 11.0; WOW64"),
    });
    for (const src of [host(3, 1), host(3, 2), host(3, 3), host(3, 4)])
      office.requests({
        src,
        dst: "203.0.113.82",
        host: "www.tune.net",
        agent: `Mozilla/5.0 (Linux; Android 12; PH-${src.length}${src.at(-1)}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36`,
      });
    await nothing();
  });

  it("a rare browser: it goes everywhere", async () => {
    for (let site = 0; site < 25; site++)
      office.requests(
        {
          src: host(2, 3),
          dst: `203.0.113.${site}`,
          host: `www.reading${site}.net`,
          agent: "Mozilla/5.0 (X11) Goanna/6.2 PaleMoon/32",
        },
        8,
      );
    expect((await nothing()).get("clients of general use set aside")).toBe(1);
  });

  it("software of the house, and a rare client at a popular destination, a provider and an allowed one", async () => {
    for (let number = 1; number <= 4; number++)
      office.requests({
        src: host(4, number),
        dst: SERVER,
        host: "hr.supplier-four.com",
        agent: "HumanResources/2.1",
      });
    office.requests({ src: host(2, 1), dst: "198.18.0.3", host: "www.popular2.com", agent: AGENT });
    office.requests({
      src: host(2, 2),
      dst: "203.0.113.30",
      host: "content.dropboxapi.com",
      agent: "Sync/9",
    });
    office.requests({
      src: host(2, 4),
      dst: "203.0.113.31",
      host: "files.partner.example.org",
      agent: "Fetch/9",
    });
    const looked = await nothing({
      allow: { domain: (name) => name === "files.partner.example.org", address: () => false },
    });
    expect(looked.get("clients of the organisation's house set aside")).toBe(4);
    expect(looked.get("destinations of providers set aside")).toBe(1);
    expect(looked.get("allowed destinations set aside")).toBe(1);
  });

  it("a JA3 that is another each time, and a browser's JA4 without a server name", async () => {
    for (let n = 0; n < 200; n++)
      office.tls.push({
        time: at(2 + (n % 10), n % 24),
        src: host(3, 3),
        dst: SERVER,
        ja3: n.toString(16).padStart(32, "0"),
      });
    office.handshakes({ src: host(2, 2), dst: "203.0.113.81", ja4: BROWSER_JA4[1] });
    office.handshakes({ src: host(2, 2), dst: "203.0.113.81", ja3: BROWSER_JA3, ja4: BROWSER_JA4[1] });
    await nothing();
  });

  it("what stays inside, and tunnels through a proxy", async () => {
    office.requests({ src: host(2, 3), dst: host(2, 200), host: "app.intranet.org2.example", agent: AGENT });
    office.requests({ src: host(2, 4), dst: host(2, 201), agent: "Probe/3" });
    office.requests({ src: host(2, 5), dst: "203.0.113.44", agent: "Tunnel/3", method: "CONNECT" });
    await nothing();
  });
});

describe("rare-client says low at most", () => {
  it("where such clients are the custom", async () => {
    for (let number = 1; number <= 9; number++)
      office.requests({
        src: host(1 + (number % 6), number),
        dst: `203.0.113.${number}`,
        agent: `Tool${"abcdefghij"[number]}/1.0`,
      });
    const { findings } = await run();
    expect(findings.map(({ severity }) => severity)).toEqual(Array(9).fill("low"));
    expect(findings[0]?.caveats.some((each) => each.includes("custom of this network"))).toBe(true);
  });

  it("of a fingerprint without a server name where look-ups were not seen", async () => {
    office = new Office({ fingerprint: "JA3" });
    office.lookups.length = 0;
    for (const src of [host(2, 3), host(5, 1)])
      office.handshakes({ src, dst: SERVER, ja3: "72a589da586844d7f0818ce684948eea" });
    const { findings } = await run();
    expect(findings.map(({ severity, facts }) => [severity, facts.no_name])).toEqual([
      ["low", false],
      ["low", false],
    ]);
  });
});

describe("rare-client cannot judge", () => {
  it("a small network, a case without web logs, and one without an inside", async () => {
    office = new Office({ orgs: 2, hosts: 10 });
    office.requests({ src: host(2, 3), dst: SERVER, agent: AGENT });
    expect((await run()).notTested).toMatch(
      /^too few hosts to say which client is rare: 20 with a user agent, .* 28 are needed$/,
    );
    await test.store.command("TRUNCATE TABLE internal_host");
    const context = contextFor(test, detector, { directory });
    expect((await detector.run(context)).notTested).toContain("inside");
    await test.clear();
    await test.store.insert("internal_host", [{ address_realm: "r1", ip: "10.1.0.1" }]);
    expect((await detector.run(context)).notTested).toBe(
      "neither http_activity nor tls_activity in this case",
    );
  });
});
