import { describe, expect, it } from "vitest";
import type { Config } from "../../../src/model/config.js";
import type { Finding } from "../../../src/model/finding.js";
import { limitsOf, type Outcome, wasSeen } from "../../../src/pipeline/detection-limits/ladder.js";
import { configWithRoom, fitsCap } from "../../../src/pipeline/detection-limits/room.js";
import { sortByServer } from "../../../src/pipeline/detection-limits/seen.js";

const outcome = (level: number, planting: number, listed: string[], medium: string[] = []): Outcome => ({
  level,
  planting,
  days: 28 - planting,
  detectors: { listed, medium, suspected: [] },
});

describe("limits", () => {
  it("are the weakest level in which all plantings were seen, and all of the stronger ones", () => {
    const limits = limitsOf(
      [
        outcome(0, 0, ["a", "b"], ["b"]),
        outcome(0, 1, ["a"], ["a"]),
        outcome(1, 0, ["a"], ["a"]),
        outcome(1, 1, ["a"]),
        outcome(2, 0, ["a"], ["a"]),
        outcome(2, 1, ["a"], ["a"]),
        outcome(3, 0, []),
      ],
      2,
    );
    expect(limits).toEqual({
      strongest: 0,
      days: 27,
      listed: { level: 2, detectors: ["a"] },
      // Level 1 was not seen in one planting: that level 2 was seen in both is chance.
      medium: { level: 0, detectors: ["a", "b"] },
      suspected: null,
    });
  });

  it("begin with the first level that fits into the telemetry", () => {
    expect(limitsOf([outcome(2, 0, ["a"]), outcome(3, 0, [])], 1)).toMatchObject({
      strongest: 2,
      listed: { level: 2 },
      medium: null,
    });
  });

  it("are none where nothing was planted, or the strongest level was not seen", () => {
    expect(limitsOf([], 1)).toEqual({
      strongest: null,
      days: null,
      listed: null,
      medium: null,
      suspected: null,
    });
    expect(limitsOf([outcome(0, 0, [])], 2)).toMatchObject({ strongest: 0, listed: null });
    expect(wasSeen(outcome(0, 0, []))).toBe(false);
  });

  it("do not count a level of which a planting was given up", () => {
    expect(limitsOf([outcome(0, 0, ["a"])], 2)).toMatchObject({ listed: null });
  });
});

const finding = (detector: string, score: number, ...values: string[]) =>
  ({
    detector,
    score,
    entities: values.map((value) => ({ kind: "address", value, role: "server" })),
  }) as unknown as Finding;

describe("findings", () => {
  const server = (address: string, domain?: string) => ({
    address,
    name: domain && `api.${domain}`,
    domain,
    port: 443,
    tls: true,
  });

  it("belong to the server that they name, by address, name or domain; those that tie several together to none", () => {
    const findings = [
      finding("a", 1, "198.18.0.1"),
      finding("b", 1, "one.example"),
      finding("c", 1, "api.two.example", "10.0.0.1"),
      finding("d", 1, "198.18.0.1", "two.example"),
      finding("e", 1, "192.0.2.1"),
    ];
    const { about, real } = sortByServer(findings, [
      server("198.18.0.1", "one.example"),
      server("198.18.0.2", "two.example"),
    ]);
    expect(about.map((some) => some.map(({ detector }) => detector))).toEqual([["a", "b"], ["c"]]);
    expect(real.map(({ detector }) => detector)).toEqual(["e"]);
  });

  it("count only where they would be reported among the case's own", () => {
    const config = {
      detectors: new Map([["beaconing", { enabled: true, parameters: { max_findings: 2 } }]]),
    } as unknown as Config;
    const real = [finding("beaconing", 0.9), finding("beaconing", 0.8), finding("scan", 1)];
    expect(fitsCap(config, finding("beaconing", 0.85), real)).toBe(true);
    expect(fitsCap(config, finding("beaconing", 0.5), real)).toBe(false);
    // A detector without a bound.
    expect(fitsCap(config, finding("cloud-masquerade", 0.1), real)).toBe(true);
  });
});

describe("the detectors of a measurement", () => {
  it("are those that can see a connection, as they are set, with room for what is planted", () => {
    const config = {
      detectors: new Map([
        ["beaconing", { enabled: true, parameters: { min_score: 0.2, max_findings: 7 } }],
        ["scan", { enabled: false, parameters: {} }],
      ]),
    } as unknown as Config;
    const { detectors } = configWithRoom(config, 100);
    expect(detectors.get("beaconing")).toEqual({
      enabled: true,
      parameters: { min_score: 0.2, max_findings: 107 },
    });
    expect(detectors.get("scan")?.enabled).toBe(false);
    expect(detectors.get("log-tampering")?.enabled).toBe(false);
    expect(detectors.get("cloud-masquerade")?.enabled).toBe(true);
    expect(config.detectors.size).toBe(2);
  });
});
