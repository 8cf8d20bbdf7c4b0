import { describe, expect, it } from "vitest";
import {
  compileWatch,
  indicatorsOfName,
  splitAddressPort,
} from "../../../src/detect/infrastructure-contact/watch.js";
import {
  disjointSpans,
  stays,
  subtractIntervals,
  type Window,
} from "../../../src/detect/infrastructure-contact/windows.js";
import { activeHours, mergeDays } from "../../../src/detect/shared/activity.js";
import { cidrInIpv6, isPublicAddress } from "../../../src/detect/shared/endpoint.js";
import { longestGap } from "../../../src/detect/shared/sensor-hours.js";
import { plainAddress } from "../../../src/kernel/plain-address.js";
import { HOUR } from "../../../src/kernel/time.js";
import { classifyRelation, type RelationFacts, strongestRelation } from "../../../src/model/relation.js";
import { indicator } from "./support.js";

const facts = (more: Partial<RelationFacts>): RelationFacts => ({
  direction: "outbound",
  connections: 100,
  answered: 100,
  bytesOut: 1e6,
  bytesIn: 1e5,
  activeDays: 5,
  spanDays: 10,
  peakTargets: 1,
  ...more,
});

describe("kinds of relation, each rule with its near miss", () => {
  it.each<[string, Partial<RelationFacts>, string]>([
    ["five days over ten", {}, "persistent"],
    ["four days over ten", { activeDays: 4 }, "repeated"],
    ["five days over nine", { spanDays: 9 }, "repeated"],
    ["months without an answer", { answered: 0, bytesIn: 0, activeDays: 60, spanDays: 90 }, "repeated"],
    ["ten connections on a day", { activeDays: 1, spanDays: 1, connections: 10 }, "repeated"],
    ["nine connections on a day", { activeDays: 1, spanDays: 1, connections: 9 }, "single"],
    ["only look-ups", { connections: 0, activeDays: 60, spanDays: 90 }, "lookup_only"],
    ["a sweep without answers", { peakTargets: 20, answered: 10 }, "scanning"],
    ["a sweep with empty answers", { peakTargets: 20, bytesOut: 100, bytesIn: 100 }, "scanning"],
    ["nineteen targets without answers", { peakTargets: 19, answered: 10 }, "persistent"],
    ["many targets with real talk", { peakTargets: 50 }, "persistent"],
    ["inbound with exchange", { direction: "inbound", bytesOut: 400_000, bytesIn: 100_000 }, "persistent"],
    ["inbound just below", { direction: "inbound", bytesOut: 399_999, bytesIn: 100_000 }, "scanning"],
    ["inbound, we never sent", { direction: "inbound", bytesOut: 0, bytesIn: 1e9 }, "scanning"],
    ["inbound unanswered", { direction: "inbound", answered: 0 }, "scanning"],
  ])("%s", (_, more, expected) => {
    expect(classifyRelation(facts(more))).toBe(expected);
  });

  it("takes the strongest of several", () => {
    expect(strongestRelation(["scanning", "single", "lookup_only"])).toBe("single");
    expect(strongestRelation([])).toBe("scanning");
  });
});

describe("the longest gap", () => {
  it("counts only hours in which a sensor was up", () => {
    const up = Array.from({ length: 100 }, (_, hour) => hour).filter((hour) => hour < 20 || hour >= 68);
    expect(longestGap([10, 11, 69, 80], up)).toEqual({
      hours: 10,
      unobserved: 0,
      from: 70 * HOUR,
      to: 80 * HOUR,
    });
    expect(longestGap([10, 11, 69, 75], up)).toEqual({
      hours: 9,
      unobserved: 48,
      from: 12 * HOUR,
      to: 69 * HOUR,
    });
  });

  it("is none without a silence between contacts", () => {
    expect(longestGap([5], [1, 2, 3])).toBeUndefined();
    expect(longestGap([5, 6, 7], [5, 6, 7])).toBeUndefined();
    expect(longestGap([5, 9], [5, 9])).toBeUndefined();
  });
});

describe("stays of a name at an address", () => {
  const within = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  it("splits at long gaps, adds the margin and keeps to the validity", () => {
    expect(stays([100, 110, 200], 50, 5, within)).toEqual([
      { from: 95 * HOUR, to: 116 * HOUR },
      { from: 195 * HOUR, to: 206 * HOUR },
    ]);
    expect(stays([100, 110], 50, 5, { from: 98 * HOUR, to: 105 * HOUR })).toEqual([
      { from: 98 * HOUR, to: 105 * HOUR },
    ]);
    expect(stays([], 50, 5, within)).toEqual([]);
  });

  it("never lets two spans cover one connection", () => {
    const window = (port: number, from: number, to: number): Window => ({
      address: "a",
      port,
      from,
      to,
      indicator: 0,
      via: "name",
      label: "",
    });
    expect(
      disjointSpans([
        window(0, 10, 20),
        window(0, 15, 30),
        window(443, 5, 40),
        window(443, 35, 50),
        window(80, 12, 14),
      ]),
    ).toEqual([
      { address: "a", port: 0, from: 10, to: 30 },
      { address: "a", port: 443, from: 5, to: 10 },
      { address: "a", port: 443, from: 30, to: 50 },
    ]);
    expect(subtractIntervals([{ from: 0, to: 10 }], [{ from: 0, to: 10 }])).toEqual([]);
  });
});

describe("the watch list", () => {
  const watch = compileWatch(
    [
      indicator("domain", "a.example.net"),
      indicator("domain-wildcard", "example.net"),
      indicator("domain-wildcard", "other.org"),
      indicator("domain", "quiet.org"),
    ],
    { domain: (name) => name === "quiet.org", address: () => false },
  );
  it("matches names exactly, wildcards at and below, and leaves the allow-list out", () => {
    expect(indicatorsOfName(watch, "a.example.net")).toEqual([0, 1]);
    expect(indicatorsOfName(watch, "b.a.example.net")).toEqual([1]);
    expect(indicatorsOfName(watch, "example.net")).toEqual([1]);
    expect(indicatorsOfName(watch, "notexample.net")).toEqual([]);
    expect(indicatorsOfName(watch, "quiet.org")).toEqual([]);
    expect(watch.allowed).toBe(1);
  });

  it("splits address and port, also of IPv6", () => {
    expect(splitAddressPort("192.0.2.1:443")).toEqual({ address: "192.0.2.1", port: 443 });
    expect(splitAddressPort("[2001:db8::1]:443")).toEqual({ address: "2001:db8::1", port: 443 });
    expect(splitAddressPort("2001:db8::1")).toBeUndefined();
  });
});

describe("addresses and days", () => {
  it("knows which addresses no server on the Internet has", () => {
    expect(
      ["0.0.0.0", "127.0.0.1", "10.0.0.1", "::", "fe80::1", "224.0.0.1", "nonsense"].filter(isPublicAddress),
    ).toEqual([]);
    expect(["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"].filter(isPublicAddress)).toHaveLength(3);
    expect(plainAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(plainAddress("::ffff:0:1")).toBe("::ffff:0:1");
    expect(cidrInIpv6("192.0.2.7/24")).toEqual({ network: "192.0.2.0", prefix: 120 });
  });

  it("unpacks and merges hour masks", () => {
    const day = { day: 2, mask: 0b101, connections: 1, answered: 1, out: 1, in: 1 };
    expect(activeHours([day, { ...day, mask: 0b10 }])).toEqual([48, 49, 50]);
    expect(mergeDays([[day], [{ ...day, mask: 0b1000 }]])).toEqual([
      { day: 2, mask: 0b1101, connections: 2, answered: 2, out: 2, in: 2 },
    ]);
  });
});
