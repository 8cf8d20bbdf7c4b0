import { domainToASCII } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lexicon } from "../../../src/detect/cloud-masquerade/lexicon.js";
import { LookalikeFinder, skeleton } from "../../../src/detect/cloud-masquerade/lookalike.js";
import { nameEvidence } from "../../../src/detect/cloud-masquerade/name-evidence.js";
import { oddness } from "../../../src/detect/cloud-masquerade/ports.js";
import { segment } from "../../../src/detect/cloud-masquerade/segment.js";
import { editDistance } from "../../../src/detect/shared/edit-distance.js";
import { kinshipStrength, labelKinship } from "../../../src/detect/shared/label-sets.js";
import { providerList } from "../../../src/detect/shared/providers.js";
import { oddPorts } from "../../../src/detect/shared/service-ports.js";
import { type Site, siteOf } from "../../../src/detect/shared/site.js";
import type { SiteUse } from "../../../src/detect/shared/site-index.js";

const words = lexicon();
const lookalikes = new LookalikeFinder(providerList(), words);
const site = (name: string): Site => siteOf(name) as Site;
const promise = (name: string): number => nameEvidence(site(name), site(name).services, words).value;

describe("words in names", () => {
  it.each([
    ["meadowvault.com", ["vault"]],
    ["securebackupcloud.net", ["backup", "cloud"]],
    ["datensicherung-nord.com", ["backup"]],
    ["monnuage.com", ["cloud"]],
    ["respaldosegurocr.com", ["backup"]],
    ["mybkp.com", ["backup"]],
    ["penyimpanan-awan.com", ["storage", "cloud"]],
  ])("takes %s apart", (name, ideas) => {
    const found = segment(site(name).label, words).map(({ idea }) => idea);
    for (const idea of ideas) expect(found).toContain(idea);
    expect(promise(name)).toBeGreaterThanOrEqual(0.55);
  });

  it.each([
    "screwdriverworld.com",
    "companyprofile.com",
    "xboxfans.com",
    "boxingclub.com",
    "bookstorenews.com",
    "marchevents.com",
    "sandboxgames.com",
    "architecthouse.com",
    "raiders.com",
    "researchlab.com",
  ])("is not taken in by %s", (name) => expect(promise(name)).toBeLessThan(0.3));

  it("promises less before a domain than in it", () => {
    expect(promise("backup.meadow.com")).toBeLessThan(promise("backupmeadow.com"));
  });

  it("loses no letter of any label", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,63}$/), (label) => {
        expect(
          segment(label, words)
            .map(({ text }) => text)
            .join(""),
        ).toBe(label);
      }),
    );
  });
});

describe("look-alikes of providers", () => {
  const how = (name: string) => lookalikes.find(site(name), [site(name).services]);

  it.each([
    ["dropb0x.net", "look-alike letters"],
    [domainToASCII("dr\u03bfpbox.com"), "look-alike letters"],
    ["onedrive-sync.com", "brand with added words"],
    ["google-drive-backup.com", "brand with added words"],
    ["backblazze.com", "misspelt"],
    ["drobpox.com", "misspelt"],
    ["login.dropbox.com.filehub-eu.com", "spelled out below another domain"],
    ["rnediafire.com", "look-alike letters"],
  ])("%s: %s", (name, expected) => {
    expect(how(name)).toMatchObject({ how: expected });
    expect(how(name)?.value).toBeGreaterThanOrEqual(0.7);
  });

  it.each([
    "lockers.com",
    "meadow.com",
    "screwdriver.com",
    "goggles.com",
    "hortonhouse.com",
    "newspaper.com",
  ])("%s imitates nobody", (name) => {
    expect(how(name)?.value ?? 0).toBeLessThan(0.7);
  });

  it("measures distance as letters changed, added, left out or swapped", () => {
    expect(editDistance("drobpox", "dropbox")).toBe(1);
    expect(editDistance("dropbxo", "dropbox")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12 }),
        fc.string({ maxLength: 12 }),
        (a, b) => editDistance(a, b) === editDistance(b, a),
      ),
    );
    expect(skeleton("dr0pb0x")).toBe(skeleton("dropbox"));
  });
});

describe("real providers", () => {
  const { providers } = providerList();

  it("are at least sixty, each domain once", () => {
    expect(providers.length).toBeGreaterThanOrEqual(60);
    const domains = providers.flatMap((provider) => provider.domains);
    expect(domains.length).toBe(new Set(domains).size);
    for (const kind of ["storage", "backup", "sync", "cdn", "update"])
      expect(providers.filter(({ kinds }) => kinds.includes(kind)).length).toBeGreaterThan(10);
  });

  it("own every plausible name below their domains", () => {
    for (const provider of providers) {
      for (const domain of provider.domains) {
        for (const below of [
          "",
          "backup.",
          "sync.",
          "s3.ap-southeast-1.",
          "bucket-17.storage.",
          "api.eu.",
          "a1b2c3d4.upload.",
          "ns1.",
        ]) {
          expect(providerList().of(`${below}${domain}`), `${below}${domain}`).toBeDefined();
        }
      }
    }
    for (const name of [
      "s3.ap-southeast-1.amazonaws.com",
      "mybucket.s3.amazonaws.com",
      "acct.blob.core.windows.net",
      "f004.backblazeb2.com",
      "d1234.cloudfront.net",
      "tenant-my.sharepoint.com",
      "e1.a.akamaiedge.net",
    ]) {
      expect(providerList().of(name), name).toBeDefined();
    }
  });

  it("do not answer for names that only look like theirs, nor for servers they rent out", () => {
    for (const name of [
      "notdropbox.com",
      "dropbox.com.evil.net",
      "xamazonaws.com",
      "com",
      "ec2-203-0-113-9.ap-southeast-1.compute.amazonaws.com",
      "box17.synology.me",
    ]) {
      expect(providerList().of(name), name).toBeUndefined();
    }
  });
});

describe("registrable domains", () => {
  it("follow the public suffix list with its private part", () => {
    expect(siteOf("a.b.example.co.uk")).toMatchObject({
      domain: "example.co.uk",
      label: "example",
      services: ["a", "b"],
      restricted: false,
    });
    expect(siteOf("x.mybox.duckdns.org")?.domain).toBe("mybox.duckdns.org");
    expect(siteOf("www.treasury.gov.kh")?.restricted).toBe(true);
    for (const none of [
      "localhost",
      "10.0.0.1",
      "2001:db8::1",
      "printer.local",
      "4.3.2.1.in-addr.arpa",
      "",
      "com",
      "a..b",
      "<script>.com",
      "x".repeat(300),
    ])
      expect(siteOf(none), none).toBeUndefined();
  });
});

describe("kin by labels", () => {
  const use = (domain: string, labels: string[]): SiteUse => ({
    site: site(domain),
    names: labels.map((label) => `${label}.${domain}`),
    nameCount: labels.length,
    hosts: 1,
    connections: 1,
    first: 0,
    last: 0,
  });
  const background = (size: number): SiteUse[] =>
    Array.from({ length: size }, (_, index) =>
      use(`place${index}.com`, [
        "www",
        ["api", "img", "shop", "news"][index % 4] as string,
        ["cdn", "static", "blog"][index % 3] as string,
      ]),
    );

  it("sees a rare set on two domains, numbers aside", () => {
    const found = labelKinship([
      ...background(200),
      use("alpha.com", ["gangway1", "quay", "www"]),
      use("omega.net", ["gangway2", "quay"]),
    ]);
    expect(found.get("alpha.com")?.siblings).toEqual(["omega.net"]);
    expect(found.get("alpha.com")?.shared).toEqual(["gangway", "quay"]);
    expect(kinshipStrength(found.get("alpha.com"))).toBeGreaterThan(0.7);
  });

  it("sees nothing in common labels, hosting conventions and one owner's two suffixes", () => {
    const found = labelKinship([
      ...background(200),
      use("alpha.com", ["mail", "autodiscover", "cpanel"]),
      use("omega.net", ["mail", "autodiscover", "cpanel"]),
      use("twin.com", ["gangway", "quay"]),
      use("twin.net", ["gangway", "quay"]),
    ]);
    expect([...found.values()].every((kin) => kinshipStrength(kin) < 0.3)).toBe(true);
    expect(found.has("twin.com")).toBe(false);
  });
});

describe("ports", () => {
  it("knows what storage may use, and adds up what it may not", () => {
    expect(oddPorts([443, 22, 873, 9001, 4444])).toEqual([4444]);
    expect(oddness([443])).toBe(0);
    expect(oddness([443, 8443])).toBeCloseTo(0.15);
    expect(oddness([81, 4444, 7777, 9999])).toBe(1);
  });
});
