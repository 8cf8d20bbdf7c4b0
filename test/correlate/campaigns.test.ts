import { describe, expect, it } from "vitest";
import type { Entity } from "../../src/model/finding.js";
import { account, host, make, run, server } from "./support.js";

const HASH: Entity = { kind: "file", value: "cd".repeat(32) };
const PATH: Entity = { kind: "file", value: "C:\\ProgramData\\Vendor\\loader.dll" };

function pair(shared: readonly Entity[], more: { severity?: "low" | "high" } = {}) {
  return ["alpha", "beta"].map((org_id, index) =>
    make({
      name: `f-${org_id}`,
      org_id,
      day: index,
      severity: more.severity ?? "high",
      entities: [host(`ws${index}`), ...shared],
    }),
  );
}

describe("incidents of several organisations become a campaign", () => {
  it.each([
    ["a server's name", server("c2.example.net")],
    ["a server's address", { kind: "address", value: "198.51.100.7", role: "server" }],
    ["a certificate", { kind: "certificate", value: "ef".repeat(32), role: "server" }],
    ["a file by hash", HASH],
  ] as [string, Entity][])("by %s", (_, entity) => {
    const { incidents, campaigns } = run(pair([entity]));
    expect(campaigns).toHaveLength(1);
    expect(campaigns[0]).toMatchObject({ org_ids: ["alpha", "beta"] });
    expect(campaigns[0]?.shared[0]).toMatchObject({ value: entity.value, organisations: 2 });
    expect(incidents.map(({ campaign_id }) => campaign_id)).toEqual([campaigns[0]?.id, campaigns[0]?.id]);
  });

  it("by an account's name and a file's name together, and by neither alone", () => {
    expect(run(pair([account("svc-helpdesk2")])).campaigns).toEqual([]);
    expect(run(pair([PATH])).campaigns).toEqual([]);
    expect(run(pair([account("svc-helpdesk2"), PATH])).campaigns).toHaveLength(1);
  });

  it("not by an account that everybody has", () => {
    expect(run(pair([account("Administrator"), PATH])).campaigns).toEqual([]);
  });

  it("and what everybody has is not among what it shares, nor does it give the campaign its title or id", () => {
    const shared = [account("Administrator"), server("c2.example.net")];
    const [campaign] = run(pair(shared)).campaigns;
    expect(campaign?.shared).toEqual([
      { kind: "domain", value: "c2.example.net", organisations: 2, incidents: 2 },
    ]);
    expect(campaign?.title).toBe("One campaign in 2 organisations: c2.example.net");
    expect(campaign?.id).toBe(run(pair([server("c2.example.net")])).campaigns[0]?.id);
  });

  it("a server gives it its title before an account's name does", () => {
    const [campaign] = run(pair([account("svc-helpdesk2"), PATH, server("c2.example.net")])).campaigns;
    expect(campaign?.title).toBe("One campaign in 2 organisations: c2.example.net and 2 more");
  });

  it("names organisations in an argument of that type, so that a report for one of them can leave out the others", () => {
    const [campaign] = run(pair([server("c2.example.net")])).campaigns;
    expect(campaign?.explanation.args).toContainEqual({ type: "organisation", value: ["alpha", "beta"] });
  });

  it("networks that no organisation is known of count by their address plan, and are named as what they are", () => {
    const findings = ["r1", "r2"].map((realm) =>
      make({ name: realm, org_id: null, entities: [host("ws", realm), server("c2.example.net")] }),
    );
    const [campaign] = run(findings).campaigns;
    expect(campaign?.title).toBe("One campaign in 2 networks: c2.example.net");
    expect(campaign?.explanation.key).toBe("campaign.networks");
    expect(campaign?.explanation.args.at(-1)).toEqual({ type: "list", value: ["r1", "r2"] });
    const [mixed] = run([...findings.slice(0, 1), ...pair([server("c2.example.net")])]).campaigns;
    expect(mixed?.title).toBe("One campaign in 3 organisations and networks: c2.example.net");
  });

  it("not with a strong finding about the server itself, which is no second organisation", () => {
    const about = make({
      name: "hours",
      org_id: null,
      entities: [server("c2.example.net"), host("x", "r1"), host("y", "r2")],
    });
    expect(run([about, ...pair([server("c2.example.net")]).slice(0, 1)]).campaigns).toEqual([]);
    const [campaign] = run([about, ...pair([server("c2.example.net")])]).campaigns;
    expect(campaign?.title).toBe("One campaign in 2 organisations: c2.example.net");
    expect(campaign?.findings).toEqual([about.id]);
  });

  it("not by what only weak findings name, and an organisation with weak findings is in none", () => {
    expect(run(pair([server("c2.example.net")], { severity: "low" })).campaigns).toEqual([]);
    const visitor = make({
      name: "visit",
      org_id: "gamma",
      severity: "low",
      entities: [host("ws9"), server("c2.example.net")],
    });
    const { campaigns, summary } = run([...pair([server("c2.example.net")]), visitor]);
    expect(campaigns[0]?.org_ids).toEqual(["alpha", "beta"]);
    expect(summary.standing_alone).toEqual([visitor.id]);
  });

  it("not within one organisation", () => {
    const findings = [0, 60].map((day) =>
      make({ name: `d${day}`, day, entities: [host("ws1"), server("c2.example.net")] }),
    );
    const { incidents, campaigns } = run(findings);
    expect(incidents).toHaveLength(2);
    expect(campaigns).toEqual([]);
  });

  it("through a chain of shared things, and keeps its id when victims come in", () => {
    const findings = [
      make({ name: "a", org_id: "alpha", entities: [host("a"), server("one.example.net")] }),
      make({ name: "b", org_id: "beta", day: 1, entities: [host("b"), server("one.example.net"), HASH] }),
    ];
    const later = make({ name: "c", org_id: "gamma", day: 2, entities: [host("c"), HASH] });
    const [before] = run(findings).campaigns;
    const [after] = run([...findings, later]).campaigns;
    expect(after?.org_ids).toEqual(["alpha", "beta", "gamma"]);
    expect(after?.id).toBe(before?.id);
  });

  it("takes findings about what is shared that are of no organisation", () => {
    const about = make({
      name: "hours",
      org_id: null,
      severity: "informational",
      entities: [server("c2.example.net"), host("x", "r1"), host("y", "r2")],
    });
    const { campaigns, summary } = run([...pair([server("c2.example.net")]), about]);
    expect(campaigns[0]?.findings).toEqual([about.id]);
    expect(summary).toMatchObject({ joined: 3, standing_alone: [] });
  });
});
