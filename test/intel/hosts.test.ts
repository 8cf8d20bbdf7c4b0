import { describe, expect, it } from "vitest";
import { hostDirectory } from "../../src/intel/hosts/directory.js";
import { HostNames } from "../../src/intel/hosts/names.js";
import { staysAt } from "../../src/intel/hosts/stays.js";
import type { HostObservation, IdentityKind } from "../../src/model/host-identity.js";

const at = (text: string): number => Date.parse(`2026-03-${text}:00Z`);

/** `seen("ws1", "02T08:00", "02T17:00")` */
const seen = (
  host: string,
  first: string,
  last: string = first,
  kind: IdentityKind = "connection",
  more: Partial<HostObservation> = {},
): HostObservation => ({
  realm: "r",
  host,
  address: "10.0.0.5",
  kind,
  first: at(first),
  last: at(last),
  observations: 1,
  ...more,
});

const short = (observations: readonly HostObservation[]) =>
  staysAt(observations).map(
    ({ host, from, to, verdict }) =>
      `${host} ${new Date(from).toISOString().slice(8, 16)}..${new Date(to).toISOString().slice(8, 16)} ${verdict}`,
  );

describe("who had an address when", () => {
  it("one host, seen again and again, had it all the time", () => {
    expect(short([seen("a", "02T08:00", "02T17:00"), seen("a", "05T08:00", "05T09:00")])).toEqual([
      "a 02T08:00..05T09:00 held",
    ]);
  });

  it("not over two weeks of silence", () => {
    expect(short([seen("a", "02T08:00"), seen("a", "20T08:00")])).toHaveLength(2);
  });

  it("a lease that went to another host and came back", () => {
    expect(
      short([
        seen("a", "02T08:00", "02T11:00", "dhcp"),
        seen("b", "02T13:00", "02T18:00", "dhcp"),
        seen("a", "03T09:00", "03T10:00", "dhcp"),
      ]),
    ).toEqual(["a 02T08:00..02T11:00 held", "b 02T13:00..02T18:00 held", "a 03T09:00..03T10:00 held"]);
  });

  it("two clocks that differ by minutes are a handover", () => {
    expect(short([seen("a", "02T08:00", "02T11:03"), seen("b", "02T11:00", "02T12:00")])).toEqual([
      "a 02T08:00..02T11:03 held",
      "b 02T11:00..02T12:00 held",
    ]);
  });

  it("hosts behind one address share it, and only as long as they do", () => {
    expect(
      short([
        seen("a", "01T08:00", "01T17:00", "logon"),
        seen("a", "02T08:00", "02T17:00", "logon"),
        seen("b", "02T09:00", "02T16:00", "logon"),
        seen("a", "03T08:00", "03T17:00", "logon"),
      ]),
    ).toEqual([
      "a 01T08:00..01T17:00 held",
      "a 02T08:00..02T17:00 shared",
      "b 02T09:00..02T16:00 shared",
      "a 03T08:00..03T17:00 held",
    ]);
  });

  it("many hosts one after the other in a day share it too", () => {
    const hosts = ["a", "b", "c", "d", "e"].map((host, index) => seen(host, `02T0${index + 1}:00`));
    expect(new Set(staysAt(hosts).map(({ verdict }) => verdict))).toEqual(new Set(["shared"]));
  });

  it("a host's own word counts for more than a name that somebody sent along", () => {
    expect(
      short([
        seen("ws1", "02T08:00", "02T17:00"),
        seen("kali", "02T09:00", "02T09:30", "logon"),
        seen("intranet", "02T10:00", "02T10:00", "dns"),
        seen("ws1", "02T10:00", "02T11:00", "logon"),
      ]),
    ).toEqual([
      "ws1 02T08:00..02T17:00 held",
      "kali 02T09:00..02T09:30 outranked",
      "intranet 02T10:00..02T10:00 outranked",
    ]);
  });

  it("kinds of record that agree are one stay", () => {
    expect(
      staysAt([
        seen("a", "02T08:00", "02T17:00", "dhcp"),
        seen("a", "02T18:00", "02T18:00", "machine-account"),
        seen("a", "03T08:00", "03T09:00", "logon"),
      ]),
    ).toMatchObject([
      { host: "a", from: at("02T08:00"), to: at("03T09:00"), observations: 3, verdict: "held" },
    ]);
  });

  it("takes a long crowded list in good time", () => {
    const crowd = Array.from({ length: 60_000 }, (_, index) =>
      seen(`h${index % 3000}`, "02T08:00", "02T08:00", "logon", {
        first: at("02T08:00") + index * 1000,
        last: at("02T08:00") + index * 1000,
      }),
    );
    expect(staysAt(crowd).every(({ verdict }) => verdict === "shared")).toBe(true);
  });
});

describe("names", () => {
  const names = new HostNames([
    { realm: "r", host: "WS1.corp.example" },
    { realm: "r", host: "ws1" },
    { realm: "r", host: "averyverylongname7.corp.example" },
    { realm: "r", host: "fs.a.example" },
    { realm: "r", host: "fs.b.example" },
    { realm: "other", host: "ws1.lab.test" },
  ]);
  it.each([
    ["WS1", "ws1.corp.example"],
    ["\\\\WS1", "ws1.corp.example"],
    ["ws1$@CORP.EXAMPLE", "ws1.corp.example"],
    ["Ws1.Corp.Example.", "ws1.corp.example"],
    ["AVERYVERYLONGNA", "averyverylongname7.corp.example"],
    ["fs", "fs"],
    ["unknown", "unknown"],
  ])("%s is %s", (name, full) => {
    expect(names.nameOf("r", name)).toBe(full);
  });

  it("of one realm say nothing of another's", () => {
    expect(names.nameOf("other", "WS1")).toBe("ws1.lab.test");
    expect(names.nameOf("third", "WS1")).toBe("ws1");
  });
});

describe("the directory of hosts", () => {
  const directory = () =>
    hostDirectory(new HostNames([{ realm: "r", host: "ws1.corp.example" }]), [
      seen("ws1", "02T08:00", "02T11:00", "dhcp"),
      seen("ws2", "02T15:00", "02T18:00", "dhcp"),
      seen("WS1.corp.example", "02T13:00", "02T18:00", "connection", { address: "2001:db8::15" }),
      seen("x", "02T08:00", "02T18:00", "logon", { address: "10.0.0.9" }),
      seen("y", "02T09:00", "02T17:00", "logon", { address: "10.0.0.9" }),
      seen("ws1", "02T08:00", "02T11:00", "dhcp", { realm: "s" }),
    ]);

  it("leads from a name to its addresses at a time, in any spelling", async () => {
    const hosts = await directory();
    expect(
      hosts.addressesOf("r", "WS1", at("02T09:00"), at("02T09:00")).map(({ address }) => address),
    ).toEqual(["10.0.0.5", "2001:db8::15"]);
    expect(hosts.addressesOf("r", "ws1", at("05T09:00"), at("06T09:00"))).toEqual([]);
    expect(hosts.addressesOf("r", "x", at("02T09:00"), at("02T09:00"))).toEqual([]);
  });

  it("leads from an address to the host that held it then", async () => {
    const hosts = await directory();
    expect(hosts.hostAt("r", "10.0.0.5", at("02T09:00"))?.host).toBe("ws1.corp.example");
    expect(hosts.hostAt("r", "10.0.0.5", at("02T12:00"))?.host).toBe("ws1.corp.example");
    expect(hosts.hostAt("r", "10.0.0.5", at("02T14:00"))?.host).toBe("ws2");
    expect(hosts.hostAt("r", "10.0.0.5", at("05T14:00"))).toBeUndefined();
    expect(hosts.hostAt("r", "2001:DB8:0::15", at("02T14:00"))?.host).toBe("ws1.corp.example");
    expect(hosts.hostAt("s", "10.0.0.5", at("02T09:00"))?.host).toBe("ws1");
    expect(hosts.hostAt("r", "10.0.0.9", at("02T10:00"))).toBeUndefined();
  });
});
