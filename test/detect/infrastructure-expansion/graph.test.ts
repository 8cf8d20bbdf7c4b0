import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InfraGraph } from "../../../src/detect/infrastructure-expansion/graph.js";
import { patternOf, patternSiblings } from "../../../src/detect/infrastructure-expansion/patterns.js";
import { siteOf } from "../../../src/detect/shared/site.js";
import type { SiteUse } from "../../../src/detect/shared/site-index.js";

describe("the graph", () => {
  it("keeps confidence falling along every best path, whatever the order of steps", () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.double({ min: 0.1, max: 0.95, noNaN: true })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (list) => {
        const graph = new InfraGraph(50);
        graph.seed("address", "n0", 0.9, "seed");
        for (const [from, to, factor] of list) {
          if (graph.graph.hasNode(`address n${from}`))
            graph.step(`address n${from}`, "address", `n${to}`, { relation: "r", reason: "", factor }, 0.05);
        }
        for (const key of graph.graph.nodes()) {
          const path = graph.ancestors(key);
          expect(path[0]).toBe("address n0");
          expect(new Set(path).size).toBe(path.length);
          for (let at = 1; at < path.length; at++) {
            // A parent that was improved later may only leave its children too low, never too high.
            expect(graph.node(path[at] as string).confidence).toBeLessThanOrEqual(
              graph.node(path[at - 1] as string).confidence,
            );
          }
          expect(graph.steps(key).length).toBe(path.length - 1);
        }
      }),
    );
  });
});

describe("numbered series", () => {
  const use = (domain: string): SiteUse => ({
    site: siteOf(domain) as SiteUse["site"],
    names: [domain],
    nameCount: 1,
    hosts: 1,
    connections: 1,
    first: 0,
    last: 0,
  });

  it("masks digits and asks for letters", () => {
    expect(patternOf(use("node17-relay.com"))).toBe("node#-relay.com");
    expect(patternOf(use("a1b2.com"))).toBeUndefined();
    expect(patternOf(use("plainname.com"))).toBeUndefined();
  });

  it("leaves fashions alone", () => {
    const few = ["port1.com", "port22.com"].map(use);
    expect(patternSiblings(few).get("port1.com")).toEqual([{ sibling: "port22.com", pattern: "port#.com" }]);
    expect(patternSiblings(Array.from({ length: 30 }, (_, index) => use(`port${index}.com`))).size).toBe(0);
  });
});
