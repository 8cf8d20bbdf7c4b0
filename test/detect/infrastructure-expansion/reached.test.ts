import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromConfirmed } from "../../../src/detect/infrastructure-expansion/confirmed.js";
import { FACTORS, HARD_TIES } from "../../../src/detect/infrastructure-expansion/expand.js";
import { InfraGraph } from "../../../src/detect/infrastructure-expansion/graph.js";
import { reached } from "../../../src/detect/infrastructure-expansion/reached.js";
import type { Unit } from "../../../src/detect/infrastructure-expansion/units.js";
import { watchedPairs } from "../../../src/detect/infrastructure-expansion/watched-pairs.js";
import type { DetectContext } from "../../../src/detect/port.js";
import { finding } from "../../assess/support.js";

const unit = (value: string, confidence: number, names: string[] = [], own: string[] = []): Unit => ({
  value,
  kind: names.length > 0 ? "domain" : "address",
  key: `domain ${value}`,
  confidence,
  names,
  own,
  sharedAddresses: [],
});

describe("which way to a server is told", () => {
  const graph = new InfraGraph(10);
  const choose = (confirmed: Unit[], all: Unit[]) =>
    reached({ graph, units: confirmed }, { graph, units: all }, 0.45).map((each) => [
      each.unit.value,
      each.fromConfirmed,
      each.unit.names.length,
      each.isNew,
    ]);

  it.each<[string, Unit[], Unit[], unknown[]]>([
    ["suspicion alone", [], [unit("a.org", 0.8, ["x.a.org"])], [["a.org", false, 1, true]]],
    ["found by another detector already", [unit("a.org", 0.6, ["x.a.org"])], [], [["a.org", true, 1, false]]],
    [
      "both, and suspicion knows further names",
      [unit("a.org", 0.6, ["x.a.org"])],
      [unit("a.org", 0.8, ["x.a.org", "y.a.org"])],
      [["a.org", true, 2, true]],
    ],
    [
      "both, and the way from confirmed servers is too weak to be evidence",
      [unit("a.org", 0.4, ["x.a.org"])],
      [unit("a.org", 0.8, ["x.a.org"])],
      [["a.org", false, 1, true]],
    ],
    [
      "a new name below a suspected domain, inside what is told of the domain",
      [unit("a.org", 0.6, ["x.a.org", "y.a.org"])],
      [unit("y.a.org", 0.8, ["y.a.org"])],
      [["a.org", true, 2, true]],
    ],
    [
      "an address inside what is told of a domain",
      [unit("a.org", 0.6, ["x.a.org"], ["192.0.2.1"])],
      [unit("192.0.2.1", 0.8, [], ["192.0.2.1"]), unit("192.0.2.2", 0.5, [], ["192.0.2.2"])],
      [
        ["a.org", true, 1, true],
        ["192.0.2.2", false, 0, true],
      ],
    ],
  ])("%s", (_, confirmed, all, expected) => {
    expect(choose(confirmed, all)).toEqual(expected);
  });
});

describe("the way from confirmed servers", () => {
  const context = (parameters: Record<string, number>) =>
    ({
      parameter: (name: string) => parameters[name] ?? 0,
      indicators: [],
      allow: { domain: () => false, address: () => false },
      findings: [
        finding("infrastructure-contact", {
          facts: { confirmed: true, confidence: 0.9 },
          entities: [{ kind: "domain", value: "n0", role: "server" }],
        }),
        finding("cloud-masquerade", { entities: [{ kind: "domain", value: "n1", role: "server" }] }),
      ],
    }) satisfies Partial<DetectContext> as unknown as DetectContext;
  const relations = Object.keys(FACTORS) as (keyof typeof FACTORS)[];
  const edge = fc.tuple(fc.nat(7), fc.nat(7), fc.constantFrom(...relations));

  it("begins at a confirmed server, takes hard ties only, and its confidence is the product of its steps", () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (edges, max_depth) => {
        const all = new InfraGraph(50);
        all.seed("domain", "n0", 0.8, "confirmed");
        all.seed("domain", "n1", 0.95, "suspected");
        for (const [from, to, relation] of edges)
          if (all.graph.hasNode(`domain n${from}`))
            all.step(
              `domain n${from}`,
              "domain",
              `n${to}`,
              { relation, reason: "", factor: FACTORS[relation] },
              0.3,
            );
        const graph = fromConfirmed(context({ max_nodes: 50, max_depth, min_confidence: 0.3 }), all);
        for (const key of graph.graph.nodes()) {
          expect(graph.ancestors(key)[0]).toBe("domain n0");
          const steps = graph.steps(key);
          expect(steps.every(({ relation }) => HARD_TIES.has(relation))).toBe(true);
          const product = steps.reduce((result, { factor }) => result * factor, 0.8);
          expect(graph.node(key).confidence).toBeCloseTo(product, 9);
          expect(product).toBeGreaterThanOrEqual(0.3);
          expect(graph.node(key).depth).toBe(steps.length);
        }
      }),
    );
  });

  it("knows who met what by the lists of infrastructure-contact, and nothing where they are missing", () => {
    const lists = { relation_realm: ["r", "s"], relation_host: ["a", "b"], relation_server: ["x", "y"] };
    expect([...watchedPairs([finding("infrastructure-contact", { facts: lists })])]).toEqual([
      "r a x",
      "s b y",
    ]);
    expect(watchedPairs([finding("cloud-masquerade", { facts: lists })]).size).toBe(0);
    expect(watchedPairs([finding("infrastructure-contact")]).size).toBe(0);
  });
});
