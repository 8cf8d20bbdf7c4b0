import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { canonicalAddress, parseAddress } from "../../src/intel/net/address.js";
import { covers, formatPrefix, parsePrefix } from "../../src/intel/net/prefix.js";
import { specialScope, specialScopeOfPrefix } from "../../src/intel/net/scope.js";

/** What an independent implementation says: Node's own URL parser, which prints RFC 5952 but for mapped addresses. */
function oracle(text: string): string {
  if (!text.includes(":")) return new URL(`http://${text}/`).hostname;
  const six = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  return /^::ffff:[0-9a-f]+:[0-9a-f]+$/.test(six) ? ipaddr.IPv6.parse(six).toIPv4Address().toString() : six;
}

describe("addresses", () => {
  it("agree with the URL standard on every IPv4 and IPv6 notation", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        expect(canonicalAddress(text)).toBe(oracle(text));
        expect(canonicalAddress(text.toUpperCase())).toBe(oracle(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("take IPv4-mapped IPv6 for IPv4", () => {
    for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
      expect(canonicalAddress(text)).toBe("192.0.2.1");
    }
  });

  it.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "010.0.0.1",
    "1.2.3.4 ",
    "1..2.3",
    "0x7f.0.0.1",
    ":",
    ":::",
    "1:2",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1::",
    "1:2:3:4:5:6:7:",
    ":1:2:3:4:5:6:7",
    "12345::",
    "g::",
    "::1.2.3",
    "::1%",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:2:3:4::5:6:7:8",
    "1.2.3.4::",
  ])("refuse %j", (text) => expect(parseAddress(text)).toBeUndefined());

  it("read what they print", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const canonical = canonicalAddress(text);
        if (canonical !== undefined) expect(canonicalAddress(canonical)).toBe(canonical);
      }),
    );
  });
});

describe("prefixes", () => {
  it("clear host bits and say so", () => {
    expect(parsePrefix("10.1.2.3/16")).toMatchObject({ hostBits: true });
    expect(formatPrefix(parsePrefix("10.1.2.3/16")?.prefix ?? expect.fail())).toBe("10.1.0.0/16");
    expect(formatPrefix(parsePrefix("2001:db8:ffff::1/33")?.prefix ?? expect.fail())).toBe(
      "2001:db8:8000::/33",
    );
    expect(formatPrefix(parsePrefix("::ffff:10.0.0.0/104")?.prefix ?? expect.fail())).toBe("10.0.0.0/8");
  });

  it.each([
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10.0.0.0/8/8",
    "::/129",
    "::ffff:10.0.0.0/95",
    "fe80::1%e/64",
    "x/8",
  ])("refuse %j", (text) => expect(parsePrefix(text)).toBeUndefined());

  it("agree with ipaddr.js on what they cover", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (network, address, length) => {
        const outer = parsePrefix(`${network}/${length}`)?.prefix ?? expect.fail();
        const inner = parsePrefix(address)?.prefix ?? expect.fail();
        expect(covers(outer, inner)).toBe(
          ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parse(network), length),
        );
      }),
    );
  });
});

describe("special space", () => {
  it.each([
    ["10.255.0.1", "private"],
    ["172.31.255.255", "private"],
    ["172.32.0.0", undefined],
    ["100.127.255.255", "carrier-grade NAT"],
    ["100.128.0.0", undefined],
    ["169.254.3.3", "link-local"],
    ["fd00::1", "private"],
    ["fe80::1%eth0", "link-local"],
    ["::1", "loopback"],
    ["2001:db8::1", undefined],
    ["239.1.1.1", "multicast"],
    ["255.255.255.255", "reserved"],
  ])("%s is %s", (text, scope) => {
    expect(specialScope(parseAddress(text) ?? expect.fail())).toBe(scope);
  });

  it("holds for a range only where all of it is special", () => {
    expect(specialScopeOfPrefix(parsePrefix("172.16.0.0/12")?.prefix ?? expect.fail())).toBe("private");
    expect(specialScopeOfPrefix(parsePrefix("172.0.0.0/8")?.prefix ?? expect.fail())).toBeUndefined();
  });
});
