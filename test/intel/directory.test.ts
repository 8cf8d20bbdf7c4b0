import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InventoryDirectory } from "../../src/intel/inventory/directory.js";
import { type InventoryRange, organisationsOf } from "../../src/intel/inventory/organisations.js";
import { parseAddress } from "../../src/intel/net/address.js";
import { covers, formatPrefix, parsePrefix } from "../../src/intel/net/prefix.js";
import { Warnings } from "../../src/intel/text/problems.js";

function range(
  cidr: string,
  realm: string,
  orgId: string,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
  line = 1,
): InventoryRange {
  const prefix = parsePrefix(cidr)?.prefix ?? expect.fail(`${cidr} is no prefix`);
  return {
    prefix,
    cidr: formatPrefix(prefix),
    realm,
    orgId,
    name: orgId,
    sector: "energy",
    subsector: "",
    validFrom: from,
    validTo: to,
    source: "",
    line,
  };
}

function directory(
  ranges: InventoryRange[],
  internal: { cidr: string; realm: string }[] = [],
  external: typeof internal = [],
): InventoryDirectory {
  const networks = (given: typeof internal) =>
    given.map(({ cidr, realm }) => ({ realm, prefix: parsePrefix(cidr)?.prefix ?? expect.fail() }));
  return new InventoryDirectory({
    organisations: organisationsOf(ranges, "f", new Warnings()),
    ranges,
    assets: [],
    internal: networks(internal),
    external: networks(external),
    warnings: [],
  });
}

/** Longest prefix, then the realm's own before everywhere, then the earlier line: by looking at every range. */
function naive(
  ranges: readonly InventoryRange[],
  realm: string,
  address: string,
  at: number,
): string | undefined {
  const host = parsePrefix(address)?.prefix ?? expect.fail();
  return ranges
    .map((one, index) => ({ one, index }))
    .filter(
      ({ one }) =>
        covers(one.prefix, host) &&
        (one.realm === realm || one.realm === "*") &&
        at >= one.validFrom &&
        at < one.validTo,
    )
    .sort(
      (a, b) =>
        b.one.prefix.length - a.one.prefix.length ||
        Number(a.one.realm === "*") - Number(b.one.realm === "*") ||
        a.index - b.index,
    )[0]?.one.orgId;
}

// Few bits, so that prefixes nest and addresses hit them.
const v4 = fc
  .tuple(fc.constantFrom(10, 11), fc.nat(3), fc.constantFrom(0, 128), fc.nat(3))
  .map((parts) => parts.join("."));
const v6 = fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => `2001:db8:${a}::${b}`);
const cidr = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 1, max: 32 })).map(([address, length]) => `${address}/${length}`),
  fc.tuple(v6, fc.integer({ min: 1, max: 128 })).map(([address, length]) => `${address}/${length}`),
  fc.tuple(v4, fc.integer({ min: 97, max: 128 })).map(([address, length]) => `::ffff:${address}/${length}`),
);
const ranges = fc.array(
  fc
    .tuple(
      cidr,
      fc.constantFrom("a", "b", "*"),
      fc.constantFrom("o1", "o2", "o3"),
      fc.nat(10),
      fc.integer({ min: 1, max: 10 }),
      fc.boolean(),
    )
    .map(([text, realm, org, from, length, open]) =>
      open ? range(text, realm, org) : range(text, realm, org, from, from + length),
    ),
  { maxLength: 25 },
);

describe("directory", () => {
  it("answers as a search through every line does", () => {
    fc.assert(
      fc.property(
        ranges,
        fc.array(fc.tuple(fc.oneof(v4, v6), fc.constantFrom("a", "b", "c"), fc.nat(20)), {
          minLength: 1,
          maxLength: 20,
        }),
        (lines, queries) => {
          const built = directory(lines);
          for (const [address, realm, at] of queries) {
            const expected = naive(lines, realm, address, at);
            expect(built.resolve(realm, address, at)?.orgId).toBe(expected);
            if (!address.includes(":"))
              expect(built.resolve(realm, `::ffff:${address}`, at)?.orgId).toBe(expected);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("tells a history that agrees with every moment of it", () => {
    fc.assert(
      fc.property(ranges, v4, fc.constantFrom("a", "b"), (lines, address, realm) => {
        const built = directory(lines);
        const history = built.history(realm, address);
        for (let at = -1; at <= 21; at++) {
          const inside = history.filter(({ from, to }) => at >= from && at < to);
          expect(inside.length).toBeLessThanOrEqual(1);
          expect(inside[0]?.organisation.orgId).toBe(naive(lines, realm, address, at));
        }
        for (const [index, { from, to, organisation }] of history.entries()) {
          expect(from).toBeLessThan(to);
          const next = history[index + 1];
          if (next)
            expect(next.from > to || (next.from === to && next.organisation !== organisation)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps two private address plans apart", () => {
    const built = directory([
      range("10.0.0.0/8", "north", "n"),
      range("10.0.0.0/8", "south", "s"),
      range("192.0.2.0/24", "*", "p"),
    ]);
    expect(built.resolve("north", "10.1.1.1", 0)?.orgId).toBe("n");
    expect(built.resolve("south", "10.1.1.1", 0)?.orgId).toBe("s");
    expect(built.resolve("west", "10.1.1.1", 0)).toBeUndefined();
    expect(built.resolve("west", "192.0.2.9", 0)?.orgId).toBe("p");
    expect(built.resolve("west", "not an address", 0)).toBeUndefined();
    expect(built.history("west", "not an address")).toEqual([]);
  });

  it("prefers a realm's own range to everyone's of the same length, not to a longer one", () => {
    const built = directory([
      range("198.51.100.0/24", "*", "all"),
      range("198.51.100.0/24", "a", "own"),
      range("198.51.100.0/25", "*", "longer"),
    ]);
    expect(built.resolve("a", "198.51.100.200", 0)?.orgId).toBe("own");
    expect(built.resolve("b", "198.51.100.200", 0)?.orgId).toBe("all");
    expect(built.resolve("a", "198.51.100.1", 0)?.orgId).toBe("longer");
  });

  it("knows which side an address is on", () => {
    const built = directory(
      [range("198.51.100.0/24", "a", "own"), range("2001:db8::/32", "*", "all")],
      [
        { cidr: "203.0.113.0/24", realm: "a" },
        { cidr: "192.0.2.0/24", realm: "*" },
      ],
    );
    for (const address of [
      "10.0.0.1",
      "172.16.0.1",
      "192.168.1.1",
      "100.64.0.1",
      "169.254.1.1",
      "127.0.0.1",
      "fd12::1",
      "fe80::1",
      "::1",
      "::ffff:10.0.0.1",
      "2001:db8::1",
      "192.0.2.1",
    ]) {
      expect(built.isInternal("anywhere", address), address).toBe(true);
    }
    expect(built.isInternal("a", "198.51.100.7")).toBe(true);
    expect(built.isInternal("b", "198.51.100.7")).toBe(false);
    expect(built.isInternal("a", "203.0.113.7")).toBe(true);
    expect(built.isInternal("b", "203.0.113.7")).toBe(false);
    for (const address of ["8.8.8.8", "2a00::1", "224.0.0.1", "", "x"])
      expect(built.isInternal("a", address), address).toBe(false);
  });

  it("knows private space that is not ours, unless the inventory has it", () => {
    const built = directory(
      [range("10.9.1.0/24", "a", "own")],
      [],
      [
        { cidr: "10.9.0.0/16", realm: "a" },
        { cidr: "192.168.0.0/24", realm: "*" },
      ],
    );
    for (const [realm, address, external] of [
      ["a", "10.9.2.1", true],
      ["b", "10.9.2.1", false],
      ["a", "10.9.1.1", false],
      ["b", "192.168.0.4", true],
      ["b", "::ffff:192.168.0.4", true],
      ["b", "192.168.1.4", false],
    ] as const) {
      expect(built.isExternal(realm, address), address).toBe(external);
      expect(built.isInternal(realm, address), address).toBe(!external);
    }
    for (const address of ["8.8.8.8", "", "x"]) expect(built.isExternal("a", address)).toBe(false);
  });

  it("names ranges and realms of an organisation", () => {
    const built = directory([
      range("10.0.0.0/8", "a", "o"),
      range("10.0.0.0/9", "b", "o"),
      range("10.0.0.0/10", "b", "o"),
      range("192.0.2.0/24", "*", "p"),
    ]);
    expect(built.orgRanges("o").map((one) => one.cidr)).toEqual(["10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/10"]);
    expect(built.orgRealms("o")).toEqual(["a", "b"]);
    expect(built.orgRealms("p")).toEqual(["*"]);
    expect(built.orgRealms("nobody")).toEqual([]);
  });

  it("holds an inventory of a whole country", () => {
    const lines = Array.from({ length: 50_000 }, (_, index) =>
      range(`${11 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24`, "*", `o${index % 500}`),
    );
    const built = directory(lines);
    expect(built.organisations.size).toBe(500);
    expect(built.resolve("x", "11.5.7.9", 0)?.orgId).toBe(`o${(5 * 256 + 7) % 500}`);
    expect(parseAddress("11.5.7.9")).toBeDefined();
  });
});
