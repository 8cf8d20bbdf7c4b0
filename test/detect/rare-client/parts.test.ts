import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contradictedSystem, imitatedProduct } from "../../../src/detect/rare-client/pretence.js";
import { hostsNeeded, upperShare } from "../../../src/detect/rare-client/rarity.js";
import { familyOf, familySql, systemOf } from "../../../src/detect/rare-client/user-agent.js";
import { random } from "../cloud-masquerade/world.js";
import { TestCase } from "../infrastructure-contact/support.js";

const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 6.1; WOW64; de-DE) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 Safari/537.36",
  "Mozilla/5.0 (Linux; Android 13; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Linux; Android 9; Redmi Note 7 Build/PKQ1.180904.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.141 Mobile Safari/537.36",
  "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727; .NET4.0C; Media Center PC 6.0; InfoPath.3)",
  "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0)",
  "agent/1.0 (id=550e8400-e29b-41d4-a716-446655440000; build 9f86d081884c7d659a2feaa0c55ad015)",
  "Microsoft-CryptoAPI/10.0",
  "",
];

describe("families of user agents", () => {
  it("keep the program and the system, and drop versions, processors, languages, models and identifiers", () => {
    const [chrome, oldChrome, phone, otherPhone, explorer, otherExplorer, withId] = AGENTS.map(familyOf);
    expect(chrome).toBe(oldChrome);
    expect(phone).toBe(otherPhone);
    expect(explorer).toBe(otherExplorer);
    expect(new Set([chrome, phone, explorer]).size).toBe(3);
    expect(withId).toBe("agent/ (id=#; build #)");
    expect(familyOf("curl/7.88.1")).toBe(familyOf("curl/8.1"));
    expect(familyOf("curl/8.1")).not.toBe(familyOf("Curl/8.1"));
  });

  describe("in the engine", () => {
    let test: TestCase;
    beforeAll(async () => {
      test = await TestCase.open();
    });
    afterAll(() => test.close());

    it("are the same", async () => {
      const random32 = fc.sample(fc.stringMatching(/^[ -~]{0,120}$/), { numRuns: 200, seed: 5 });
      const texts = [...AGENTS, ...random32];
      const rows = await test.store.query<{ family: string }>(
        `SELECT ${familySql("agent")} AS family FROM (SELECT arrayJoin({texts:Array(String)}) AS agent)`,
        { texts },
      );
      expect(rows.map(({ family }) => family)).toEqual(texts.map(familyOf));
    });
  });
});

describe("rare", () => {
  it("covers the true share as often as it says", () => {
    const next = random(17);
    for (const [share, hosts] of [
      [0.01, 100],
      [0.05, 60],
      [0.15, 28],
    ] as const) {
      let covered = 0;
      for (let turn = 0; turn < 4000; turn++) {
        const count = Array.from({ length: hosts }, () => Number(next() < share)).reduce((a, b) => a + b, 0);
        if (upperShare(count, hosts) >= share) covered += 1;
      }
      // One-sided 95 %; Wilson's bound errs to the careful side for small shares.
      expect(covered / 4000).toBeGreaterThan(0.93);
    }
  });

  it("grows with the count and shrinks with the sample", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (all, some) => {
        const count = Math.min(some, all - 1);
        expect(upperShare(count, all)).toBeGreaterThan(count / all);
        expect(upperShare(count + 1, all)).toBeGreaterThanOrEqual(upperShare(count, all));
        expect(upperShare(count, all * 2)).toBeLessThan(upperShare(count, all));
      }),
    );
    expect(upperShare(0, 0)).toBe(1);
    expect([0.15, 0.1, 0.05].map(hostsNeeded)).toEqual([28, 42, 87]);
  });
});

describe("pretences", () => {
  it("a slip of the pen is one edit of a common, long enough name", () => {
    const common = ["Mozilla", "Microsoft-CryptoAPI", "curl"];
    expect(imitatedProduct("Mozila/4.0 (x)", common)).toBe("Mozilla");
    expect(imitatedProduct("mozilla/5.0", common)).toBe("Mozilla");
    expect(imitatedProduct("Microsoft-CriptoAPI/6", common)).toBe("Microsoft-CryptoAPI");
    for (const honest of ["Mozilla/5.0", "Godzilla/1.0", "curls/1", "Dalvik/2.1", ""])
      expect(imitatedProduct(honest, common), honest).toBeUndefined();
  });

  it("another system is one against which all else speaks, in the same time", () => {
    const linux = { userAgent: "x (X11; Linux x86_64)", requests: 30, first: 10, last: 20 };
    const other = { userAgent: "y (Windows NT 10.0)", requests: 5, first: 10, last: 20 };
    const claim = "z (Windows NT 6.1)";
    expect(contradictedSystem(claim, { first: 15, last: 40 }, [linux])).toBe("Linux");
    expect(contradictedSystem(claim, { first: 21, last: 40 }, [linux])).toBeUndefined();
    expect(contradictedSystem(claim, { first: 15, last: 40 }, [linux, other])).toBeUndefined();
    expect(contradictedSystem(claim, { first: 15, last: 40 }, [{ ...linux, requests: 19 }])).toBeUndefined();
    expect(contradictedSystem("tool/1", { first: 15, last: 40 }, [linux])).toBeUndefined();
  });

  it("knows systems by what browsers and programs say", () => {
    expect(AGENTS.map(systemOf)).toEqual([
      "Windows",
      "Windows",
      "Android",
      "Android",
      "Windows",
      "Windows",
      undefined,
      "Windows",
      undefined,
    ]);
    expect(systemOf("Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X)")).toBe("iOS");
  });
});
