import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/dns-tunnel/index.js";
import { DAY, HOUR } from "../../../src/kernel/time.js";
import { severityRank } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, TestCase } from "../infrastructure-contact/support.js";
import { BASE32, HEX, LETTERS, type Lookup, Shapes, write } from "./shapes.js";

/** Twelve weeks of made-up look-ups, over several seeds and two sizes of network: what is harmless must not be medium, what is hidden must be found. */
const DAYS = 84;
const NETWORKS = [12, 40].flatMap((hosts) => [1, 2, 3].map((seed) => ({ hosts, seed })));
const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
afterAll(() => test.close());

/** So many a day in office hours (with fewer than one, every so many days), from one host of the network. */
function daily(src: string, aDay: number, make: (n: number) => Omit<Lookup, "time" | "src">): Lookup[] {
  const step = aDay >= 1 ? (9 * HOUR) / aDay : 0;
  return Array.from({ length: Math.floor(DAYS * aDay) }, (_, n) => {
    const day = Math.floor(n / aDay);
    return { time: at(0, 8) + day * DAY + Math.floor((n % Math.max(1, aDay)) * step), src, ...make(n) };
  });
}

async function severities(
  shapes: Shapes,
  hosts: number,
  lookups: readonly Lookup[],
): Promise<Map<string, string>> {
  await test.clear();
  await write(test, [...shapes.ordinary(hosts), ...lookups]);
  const { findings } = await detector.run(
    contextFor(test, detector, { directory, parameters: { max_findings: 500 } }),
  );
  return new Map(findings.map((each) => [each.entities[0]?.value ?? "", each.severity]));
}

describe("false alarms", () => {
  it.each(NETWORKS)("none at medium in a network of $hosts hosts (seed $seed)", async ({ hosts, seed }) => {
    const shapes = new Shapes(100 * hosts + seed);
    const octet = () => Math.floor(shapes.random() * 256);
    const content = { answer: "192.0.2.7", visit: "tls" } as const;
    const listed = { answer: "127.0.0.4" };
    const missing = { rcode: "NXDOMAIN" };
    const one = "10.1.1.1";
    const lookups = [
      ...daily(one, 40, () => ({ name: `${shapes.text(HEX, 32)}.obj.assetstore.net`, ...content })),
      ...daily(one, 10, () => ({ name: `${shapes.text(HEX, 32)}.t.visitorcount.io`, ...content })),
      ...daily(one, 8, () => ({ name: `${shapes.text(LETTERS, 12)}.probe.linespeed.net`, ...content })),
      ...daily(one, 5, () => ({
        name: `bafybei${shapes.text(BASE32, 52)}.ipfs.gatewayhouse.net`,
        ...content,
      })),
      ...daily(one, 20, () => ({
        name: `u${Math.floor(shapes.random() * 1e7)}.ct.mailwave.net`,
        ...content,
      })),
      ...daily(one, 20, () => ({
        name: `p${shapes.text(LETTERS, 10)}-${shapes.text(LETTERS, 4)}.lb.rentedcloud.net`,
        ...content,
      })),
      ...daily(one, 40, () => ({ name: `${shapes.text(HEX, 40)}.file.avlookup.net`, ...listed })),
      ...daily(one, 40, () => ({ name: `${shapes.text(BASE32, 52)}.mail.cloudscore.net`, ...listed })),
      ...daily(one, 40, () => ({ name: `${shapes.text(HEX, 32)}.ebl.hashlist.net`, ...missing })),
      ...daily(one, 60, () => ({
        name: `${octet()}.${octet()}.${octet()}.${octet()}.zen.blocklist.net`,
        ...missing,
      })),
      ...daily(one, 40, (n) => ({ name: `company${n % 400}.com.dbl.domainlist.net`, ...missing })),
      ...daily(one, 60, () => ({ name: `${octet()}.${octet()}.168.192.in-addr.arpa`, type: "PTR" })),
      ...daily(one, 40, () => ({
        name: `static-${octet()}-${octet()}-${octet()}-${octet()}.cust.lineprovider.net`,
      })),
      ...daily(one, 12, () => ({
        name: `${shapes.text(LETTERS.slice(0, 26), 7 + Math.floor(shapes.random() * 9))}.corp.ministry.gov.kh`,
        ...missing,
      })),
      ...daily(one, 10, (n) => ({ name: `dev-${String(n).padStart(6, "0")}.metrics.smartlamp.com` })),
      ...daily(one, 30, () => ({ name: `${shapes.uuid()}.telemetry.printerhouse.com`, ...missing })),
      ...daily(one, 24, () => ({
        name: "policy.partner.org",
        type: "TXT",
        answer: "v=spf1 include:_spf.example.com -all and more of the same kind",
      })),
      // Every host of the network has its own visitor's name, a few times a day.
      ...Array.from({ length: hosts }, (_, n) =>
        daily(`10.1.1.${n}`, 6, () => ({
          name: `${shapes.text(HEX, 32)}.px.everybodyknows.io`,
          answer: "192.0.2.8",
        })),
      ).flat(),
    ];
    const found = await severities(shapes, hosts, lookups);
    const loud = [...found].filter(
      ([, severity]) => severityRank(severity as "low") >= severityRank("medium"),
    );
    expect(loud).toEqual([]);
    // What only looks like it is named all the same, with its reservation; content and probes are not.
    expect([...found.keys()].sort()).toEqual([
      "avlookup.net",
      "cloudscore.net",
      "hashlist.net",
      "printerhouse.com",
    ]);
  });
});

describe("misses", () => {
  const long = (shapes: Shapes) => `${shapes.text(BASE32, 57)}.${shapes.text(BASE32, 57)}`;
  const SLOW: readonly (readonly [
    what: string,
    aDay: number,
    make: (shapes: Shapes, n: number) => Omit<Lookup, "time" | "src">,
  ])[] = [
    [
      "iodine, NULL",
      3,
      (shapes) => ({
        name: `${long(shapes)}.t.quietstream.net`,
        type: "NULL",
        answer: shapes.text(HEX, 100),
      }),
    ],
    [
      "iodine, A records",
      3,
      (shapes) => ({
        name: `${long(shapes)}.t.quietbrook.net`,
        answer: `198.51.${Math.floor(shapes.random() * 256)}.9`,
      }),
    ],
    [
      "iodine, raw bytes as the log escapes them",
      5,
      (shapes) => ({
        name: `${Array.from({ length: 40 }, () => `\\x${shapes.text("89abcdef", 1)}${shapes.text(HEX, 1)}`).join("")}.t.quietriver.net`,
        type: "NULL",
        answer: "00",
      }),
    ],
    [
      "dnscat2",
      8,
      (shapes) => ({
        name: `${shapes.text(HEX, shapes.pick([18, 18, 18, 60]))}.harborlemon.org`,
        type: shapes.pick(["TXT", "CNAME", "MX"]),
        answer: shapes.text(HEX, 34),
      }),
    ],
    [
      "dnscat2 below a word",
      8,
      (shapes) => ({
        name: `dnscat.${shapes.text(HEX, 40)}.lemonharbor.org`,
        type: "TXT",
        answer: shapes.text(HEX, 34),
      }),
    ],
    [
      "DNSExfiltrator, text records",
      2,
      (shapes, n) => ({
        name: `${n}.${shapes.text(LETTERS, 60)}.${shapes.text(LETTERS, 60)}.${shapes.text(LETTERS, 50)}.motorbread.biz`,
        type: "TXT",
        answer: "OK",
      }),
    ],
    [
      "DNSExfiltrator, nobody answers",
      2,
      (shapes, n) => ({
        name: `${n}.${shapes.text(LETTERS, 60)}.${shapes.text(LETTERS, 60)}.${shapes.text(LETTERS, 50)}.breadmotor.biz`,
        rcode: "NXDOMAIN",
      }),
    ],
    [
      "hexadecimal in A records",
      3,
      (shapes) => ({ name: `${shapes.text(HEX, 60)}.pixelforum.info`, answer: "198.51.100.4" }),
    ],
    [
      "short hexadecimal, to a server that is contacted otherwise, too",
      20,
      (shapes) => ({
        name: `${shapes.text(HEX, 24)}.forumpixel.info`,
        answer: "198.51.100.4",
        visit: "flow",
      }),
    ],
  ];

  it.each(NETWORKS)(
    "none of the slow channels in a network of $hosts hosts (seed $seed)",
    async ({ hosts, seed }) => {
      const shapes = new Shapes(7000 + 100 * hosts + seed);
      const lookups = SLOW.flatMap(([, aDay, make], n) =>
        daily(`10.1.9.${n}`, aDay, (count) => make(shapes, count)),
      );
      const found = await severities(shapes, hosts, lookups);
      expect(found.size).toBe(SLOW.length);
      for (const [zone, severity] of found)
        expect(severityRank(severity as "low"), zone).toBeGreaterThanOrEqual(severityRank("medium"));
    },
  );
});
