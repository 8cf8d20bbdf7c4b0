import { describe, expect, it } from "vitest";
import { readList } from "./support.js";

const event = (more: Record<string, unknown> = {}) => ({
  info: "Note 12",
  distribution: "1",
  Orgc: { name: "Example CERT" },
  Tag: [{ name: "tlp:green" }],
  Attribute: [
    {
      uuid: "u1",
      type: "ip-dst",
      value: "192.0.2.1",
      category: "Network activity",
      to_ids: true,
      comment: "c2\nserver",
      first_seen: "2023-08-01T00:00:00.000000+00:00",
      last_seen: "2023-09-30T00:00:00.000000+00:00",
    },
    {
      uuid: "u2",
      type: "ip-dst|port",
      value: "192.0.2.2|8443",
      to_ids: true,
      Tag: [{ name: "tlp:red" }],
      distribution: "4",
      SharingGroup: { name: "Inner circle" },
    },
    { uuid: "u3", type: "hostname", value: "login.evil.example", to_ids: false, distribution: "5" },
    { uuid: "u4", type: "domain", value: "evil.example", to_ids: true },
    { uuid: "u5", type: "jarm", value: "29d29d", to_ids: true },
    { uuid: "u6", type: "url", value: "https://drive.example/x", to_ids: true },
    { uuid: "u7", type: "ip-dst", value: "10.0.0.1", to_ids: true },
    { uuid: "u8", type: "ip-src", value: "not an address", to_ids: true },
    { uuid: "u9", type: "ip-dst", value: "192.0.2.9", to_ids: true, deleted: true },
  ],
  Object: [
    {
      name: "domain-ip",
      Attribute: [
        {
          type: "domain|ip",
          value: "other.example|192.0.2.3",
          to_ids: true,
          Tag: [{ name: 'misp:confidence-level="usually-confident"' }],
        },
      ],
    },
    {
      name: "x509",
      Attribute: [
        { type: "x509-fingerprint-sha1", value: "3B5A0F6F1F9D2C7E8A4B6C0D1E2F3A4B5C6D7E8F", to_ids: true },
        { type: "ja3-fingerprint-md5", value: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", to_ids: true },
      ],
    },
    { name: "gone", deleted: true, Attribute: [{ type: "ip-dst", value: "192.0.2.10", to_ids: true }] },
  ],
  ...more,
});

const EXPECTED = [
  "address 192.0.2.1",
  "address-port 192.0.2.2:8443",
  "domain login.evil.example",
  "domain-wildcard evil.example",
  "domain-wildcard other.example",
  "address 192.0.2.3",
  "certificate 3b5a0f6f1f9d2c7e8a4b6c0d1e2f3a4b5c6d7e8f",
  "ja3 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
];

const read = (document: unknown) => readList(JSON.stringify(document), "event.json");
const short = (document: unknown) => read(document).indicators.map(({ kind, value }) => `${kind} ${value}`);

describe("MISP", () => {
  it("reads one event, a list of events and every wrapper", () => {
    expect(read({ Event: event() }).format).toBe("misp");
    expect(short({ Event: event() })).toEqual(EXPECTED);
    expect(short([{ Event: event() }])).toEqual(EXPECTED);
    expect(short({ response: [{ Event: event() }] })).toEqual(EXPECTED);
    expect(short({ response: { Event: event() } })).toEqual(EXPECTED);
    expect(short(event())).toEqual(EXPECTED);
  });

  it("reads the attributes that a search returns, each with its event", () => {
    const document = {
      response: {
        Attribute: [
          {
            type: "ip-dst",
            value: "192.0.2.1",
            to_ids: true,
            Event: { info: "Note 12", Orgc: { name: "Example CERT" } },
          },
        ],
      },
    };
    expect(read(document).indicators[0]).toMatchObject({
      value: "192.0.2.1",
      source: "Example CERT: Note 12",
      owner: "Example CERT",
    });
  });

  it("takes over marking, owner, sharing, confidence and times", () => {
    const [first, second, third, , fifth] = read({ Event: event() }).indicators;
    expect(first).toMatchObject({
      tlp: "green",
      owner: "Example CERT",
      sharingGroup: "this community only",
      source: "Example CERT: Note 12",
      role: "Network activity",
      description: "c2 server",
      confidence: 0.5,
      validFrom: Date.UTC(2023, 7, 1),
      validTo: Date.UTC(2023, 9, 1),
    });
    expect(second).toMatchObject({
      tlp: "red",
      sharingGroup: "Inner circle",
      validTo: Number.POSITIVE_INFINITY,
    });
    expect(third).toMatchObject({ confidence: 0.25, sharingGroup: "this community only" });
    expect(fifth).toMatchObject({ confidence: 0.75 });
  });

  it("takes over programs of the galaxies: an attribute's own, and the event's where it names one", () => {
    const galaxy = (...names: string[]) => names.map((name) => ({ name: `misp-galaxy:${name}` }));
    const attribute = (value: string, Tag: unknown[] = []) => ({ type: "ip-dst", value, to_ids: true, Tag });
    const software = (Tag: unknown[]) =>
      read({
        Event: event({
          Tag,
          Object: [],
          Attribute: [
            attribute("192.0.2.1"),
            attribute("192.0.2.2", galaxy('mitre-tool="Rclone - S1040"', 'threat-actor="Fox"')),
          ],
        }),
      }).indicators.map((each) => each.software);
    const pubload = 'mitre-malware="PUBLOAD - S1228"';
    expect(software(galaxy(pubload))).toEqual([["malware:PUBLOAD - S1228"], ["tool:Rclone - S1040"]]);
    expect(software(galaxy(pubload, 'malpedia="FoxRat"'))).toEqual([undefined, ["tool:Rclone - S1040"]]);
  });

  it("reports what it leaves out", () => {
    const { warnings, refused } = read({ Event: event() });
    expect(refused).toBe(1);
    expect(warnings).toEqual([
      'event.json: attribute u7: "10.0.0.1" is a private address, which is somebody else in every network: refused',
      'event.json: attribute u8: "not an address" is no address, address:port, CIDR, domain, fingerprint or JA4; left out',
      "event.json: 1 attributes have first_seen or last_seen: contacts outside of it are not counted (validity: open counts them)",
      'event.json: 1 attributes of type "jarm" are not used',
      'event.json: 1 attributes of type "url" are not used',
    ]);
  });

  it("watches a public suffix only as the exact name", () => {
    const document = {
      Event: event({ Attribute: [{ type: "domain", value: "github.io", to_ids: true }], Object: [] }),
    };
    expect(short(document)).toEqual(["domain github.io"]);
  });

  it("survives shapes that no MISP writes", () => {
    for (const document of [
      { Event: null },
      { response: 3 },
      { Event: { Attribute: { a: 1 }, Object: [1, null] } },
      [{ Event: [] }],
      { Event: { Attribute: [null, 5, { type: "constructor", value: {} }, { type: "ip-dst" }] } },
    ]) {
      expect(read(document).indicators).toEqual([]);
    }
  });
});
