import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../src/model/finding.js";
import { incidentSchema } from "../../src/model/incident.js";
import { account, groupsOf, host, make, only, run, server } from "./support.js";

describe("findings become one incident", () => {
  it("by a host they share, within a week", () => {
    const findings = [
      make({ name: "a", entities: [host("ws1")] }),
      make({ name: "b", day: 6, entities: [host("ws1")] }),
      make({ name: "c", day: 14, entities: [host("ws1")] }),
      make({ name: "d", entities: [host("ws2")] }),
    ];
    expect(groupsOf(run(findings), findings)).toEqual([["a", "b"], ["c"], ["d"]]);
  });

  it("by a server they share, within a month: each kind of link has its own window", () => {
    const findings = [
      make({ name: "a", entities: [host("ws1"), server("c2.example.net")] }),
      make({ name: "b", day: 20, entities: [host("ws2"), server("C2.example.net")] }),
      make({ name: "c", day: 70, entities: [host("ws3"), server("c2.example.net")] }),
    ];
    expect(groupsOf(run(findings), findings)).toEqual([["a", "b"], ["c"]]);
  });

  it("by an account, however a log writes it", () => {
    const findings = [
      make({ name: "a", entities: [host("ws1"), account("CORP\\ada")] }),
      make({ name: "b", day: 1, entities: [host("ws2"), account("ada@corp.example")] }),
    ];
    expect(run(findings).incidents).toHaveLength(1);
    expect(only(run(findings)).accounts).toEqual(["CORP\\ada"]);
  });

  it("by a file's hash and a process's GUID, and not by a mere file name", () => {
    const of = (kind: "file" | "process", value: string) => [
      make({ name: "a", entities: [host("ws1"), { kind, value }] }),
      make({ name: "b", entities: [host("ws2"), { kind, value }] }),
    ];
    expect(run(of("file", "ab".repeat(32))).incidents).toHaveLength(1);
    expect(run(of("process", "{365ABB72-1234-5678-9ABC-0123456789AB}")).incidents).toHaveLength(1);
    expect(run(of("file", "C:\\ProgramData\\a.dll")).incidents).toHaveLength(2);
  });

  it("by a machine that one log names with its domain and another without, or by address", () => {
    const findings = [
      make({ name: "a", entities: [host("WS1.corp.example")] }),
      make({ name: "b", entities: [host("ws1")] }),
      make({ name: "c", entities: [host("10.0.0.5")] }),
    ];
    const alias = (_: string, value: string) => (value === "ws1.corp.example" ? "10.0.0.5" : value);
    expect(groupsOf(run(findings, { alias }), findings)).toEqual([["a", "b", "c"]]);
    const twice = [...findings, make({ name: "d", entities: [host("ws1.other.example")] })];
    // Two machines begin with that name: nobody knows which of them the short name is.
    expect(run(twice).incidents).toHaveLength(4);
  });

  it("but not by a private address of another address plan or another organisation", () => {
    const findings = [
      make({ name: "a", org_id: null, entities: [host("10.0.0.5", "north")] }),
      make({ name: "b", org_id: null, entities: [host("10.0.0.5", "south")] }),
      make({ name: "c", org_id: "alpha", entities: [host("10.0.0.5", "north")] }),
      make({ name: "d", org_id: "alpha", entities: [host("10.0.0.5", "south")] }),
      make({
        name: "e",
        org_id: "alpha",
        entities: [{ kind: "address", value: "10.0.0.5", realm: "south" }],
      }),
    ];
    expect(groupsOf(run(findings), findings)).toEqual([["a"], ["b"], ["c"], ["d", "e"]]);
  });

  it("and findings that span several address plans and belong to no organisation join only each other", () => {
    const spanning = (name: string) =>
      make({
        name,
        org_id: null,
        entities: [host("x", "north"), host("y", "south"), server("c2.example.net")],
      });
    const findings = [
      spanning("a"),
      spanning("b"),
      make({ name: "c", org_id: null, entities: [host("x", "north"), server("c2.example.net")] }),
      make({ name: "d", org_id: "alpha", entities: [host("x", "north"), server("c2.example.net")] }),
    ];
    expect(groupsOf(run(findings), findings)).toEqual([["a", "b"], ["c"], ["d"]]);
  });

  it("not by what a finding only mentions", () => {
    const findings = [
      make({ name: "a", entities: [host("ws1"), host("dc", "r1", "mentioned")] }),
      make({ name: "b", entities: [host("ws2"), host("dc", "r1", "mentioned")] }),
    ];
    expect(run(findings).incidents).toHaveLength(2);
  });
});

describe("what is popular joins nothing", () => {
  it.each(["NT AUTHORITY\\SYSTEM", "S-1-5-18", "LOCAL SERVICE", "DWM-3", "WS1$", "ANONYMOUS LOGON"])(
    "the account %s",
    (name) => {
      const findings = [
        make({ name: "a", entities: [host("ws1"), account(name)] }),
        make({ name: "b", entities: [host("ws2"), account(name)] }),
      ];
      expect(run(findings).incidents).toHaveLength(2);
    },
  );

  it("a domain controller, except findings about it alone", () => {
    const findings = [
      make({ name: "a", entities: [host("ws1"), host("dc1")] }),
      make({ name: "b", entities: [host("ws2"), host("dc1")] }),
      make({ name: "c", entities: [host("dc1")] }),
      make({ name: "d", entities: [host("dc1")] }),
    ];
    const hubRole = (_: string, value: string) => (value === "dc1" ? "domain_controller" : undefined);
    const result = run(findings, { hubRole });
    expect(groupsOf(result, findings)).toEqual([["a"], ["b"], ["c", "d"]]);
    expect(result.summary.popular).toEqual([
      { kind: "host", value: "dc1", realm: "r1", why: "it is a domain controller" },
    ]);
    expect(run(findings).incidents).toHaveLength(1);
  });

  it("and all of it is named, however much there is", () => {
    const findings = Array.from({ length: 130 }, (_, index) =>
      make({ name: `f${index}`, entities: [host(`dc${index}`)] }),
    );
    expect(run(findings, { hubRole: () => "domain_controller" }).summary.popular).toHaveLength(130);
  });

  it("a host that strong findings name together with everybody", () => {
    const findings = Array.from({ length: 30 }, (_, index) =>
      make({ name: `f${index}`, entities: [host(`ws${index}`), host("proxy")] }),
    );
    expect(run(findings).incidents).toHaveLength(30);
    expect(run(findings.slice(0, 5)).incidents).toHaveLength(1);
  });

  it("a name that many organisations have only weak findings about", () => {
    const strong = ["ws1", "ws2"].map((name) =>
      make({ name, severity: "high", entities: [host(name), server("push.example.com")] }),
    );
    const weak = ["beta", "gamma", "delta"].map((org_id) =>
      make({ name: org_id, org_id, severity: "low", entities: [host("x"), server("push.example.com")] }),
    );
    expect(run(strong).incidents).toHaveLength(1);
    expect(run([...strong, ...weak]).incidents).toHaveLength(2);
  });

  it("an address that names of many sites lead to", () => {
    const address = { kind: "address" as const, value: "198.51.100.80", role: "server" };
    const findings = Array.from({ length: 9 }, (_, index) =>
      make({ name: `f${index}`, entities: [host(`ws${index}`), server(`a.site${index}.com`), address] }),
    );
    expect(run(findings).incidents).toHaveLength(9);
    expect(run(findings.slice(0, 3)).incidents).toHaveLength(1);
  });
});

describe("belief spreads from strong findings to weak ones", () => {
  const strong = make({ name: "strong", severity: "critical", days: 2, entities: [host("ws1")] });

  it("over what they share, and is told", () => {
    const weak = make({ name: "weak", day: 1, severity: "informational", entities: [host("ws1")] });
    const incident = only(run([strong, weak]));
    const member = incident.members.find(({ finding }) => finding === weak.id);
    expect(member).toMatchObject({ basis: "related", from: strong.id, via: { kind: "host", value: "ws1" } });
    expect(member?.belief).toBeGreaterThan(0.3);
    expect(member?.belief).toBeLessThan(
      incident.members.find(({ basis }) => basis === "strong")?.belief ?? 0,
    );
  });

  it("fades with time and ends with the window", () => {
    const at = (day: number) => {
      const weak = make({ name: "weak", day, severity: "low", entities: [host("ws1")] });
      return (
        run([strong, weak]).incidents[0]?.members.find(({ finding }) => finding === weak.id)?.belief ?? 0
      );
    };
    expect(at(1)).toBeGreaterThan(at(5));
    expect(at(5)).toBeGreaterThan(0);
    expect(at(10)).toBe(0);
    expect(at(-10)).toBe(0);
  });

  it("goes further over a second link, weaker, and not without end", () => {
    const chain = [
      strong,
      make({ name: "one", severity: "low", entities: [host("ws1"), account("ada")] }),
      make({ name: "two", severity: "low", entities: [account("ada"), host("ws2")] }),
      make({ name: "three", severity: "informational", entities: [host("ws2"), host("ws3")] }),
      make({ name: "four", severity: "informational", entities: [host("ws3"), host("ws4")] }),
      make({ name: "five", severity: "informational", entities: [host("ws4")] }),
    ];
    const result = run(chain);
    const beliefs = chain.map(
      ({ id }) => only(result).members.find(({ finding }) => finding === id)?.belief ?? 0,
    );
    expect(beliefs[1]).toBeGreaterThan(beliefs[2] as number);
    expect(beliefs[2]).toBeGreaterThan(0.3);
    expect(beliefs.slice(4)).toEqual([0, 0]);
    expect(result.summary.standing_alone).toContain(chain[5]?.id);
  });

  it("does not come back to a finding that it came from: neither is lost, and neither is believed more for it", () => {
    const guid = { kind: "process" as const, value: "{365ABB72-1234-5678-9ABC-0123456789AB}" };
    const first = make({ name: "first", day: 5, severity: "informational", entities: [host("ws1"), guid] });
    const second = make({ name: "second", day: 5, severity: "low", score: 1, entities: [guid] });
    const alone = only(run([strong, first]));
    const beliefOf = (incident: typeof alone, id: string) =>
      incident.members.find(({ finding }) => finding === id);
    const both = only(run([strong, first, second]));
    expect(beliefOf(both, first.id)).toEqual(beliefOf(alone, first.id));
    expect(beliefOf(both, second.id)).toMatchObject({ from: first.id, basis: "related" });
  });

  it("does not let weak findings tie two incidents together", () => {
    const findings = [
      strong,
      make({ name: "other", severity: "critical", entities: [host("ws9")] }),
      make({ name: "weak", severity: "low", entities: [host("ws1"), host("ws9")] }),
    ];
    expect(run(findings).incidents).toHaveLength(2);
  });

  it("lets what only supports join, and neither found an incident nor tie two together, however severe it is", () => {
    const support = [
      make({ name: "scan", entities: [host("ws1"), host("ws2")] }),
      make({
        name: "rare",
        detector: "process-anomaly",
        facts: { what: "rare start" },
        entities: [host("ws1")],
      }),
      make({ name: "mail", detector: "phishing-delivery", facts: { opened: [] }, entities: [host("ws1")] }),
      make({ name: "doubt", facts: { rests_on_suspicion: true }, entities: [host("ws1")] }),
    ];
    expect(run(support).incidents).toEqual([]);
    const strong = [
      make({ name: "a", entities: [host("ws1")] }),
      make({ name: "b", day: 1, entities: [host("ws2")] }),
    ];
    const { incidents } = run([...support, ...strong]);
    expect(incidents).toHaveLength(2);
    expect(incidents.flatMap(({ findings }) => findings).sort()).toEqual(
      [...support, ...strong].map(({ id }) => id).sort(),
    );
    const opened = { ...support[2], facts: { opened: ["OUTLOOK.EXE"] } } as (typeof support)[0];
    expect(run([opened]).incidents).toHaveLength(1);
  });

  it("leaves alone what is weak and tied to nothing", () => {
    const weak = make({ name: "weak", severity: "medium", entities: [host("ws5")] });
    const { incidents, summary } = run([strong, weak]);
    expect(incidents).toHaveLength(1);
    expect(summary).toMatchObject({ findings: 2, joined: 1, standing_alone: [weak.id] });
  });
});

describe("a finding about many hosts", () => {
  const hosts = Array.from({ length: 12 }, (_, index) => host(`ws${index}`));
  const wide = make({ name: "wide", severity: "high", entities: hosts });
  it("ties none of them together, and stands in every incident of theirs", () => {
    const findings = [
      wide,
      make({ name: "a", entities: [host("ws1")] }),
      make({ name: "b", entities: [host("ws2")] }),
    ];
    expect(groupsOf(run(findings), findings)).toEqual([
      ["a", "wide"],
      ["b", "wide"],
    ]);
  });
  it("is an incident of its own where nothing else is known of them", () => {
    expect(only(run([wide])).hosts).toHaveLength(12);
  });
});

describe("the score", () => {
  const stages = ["T1566.001", "T1059.001", "T1547.001", "T1021.001", "T1048"];
  const story = (days: readonly number[], attack: readonly string[]) =>
    days.map((day, index) =>
      make({
        name: `d${index}`,
        day,
        severity: "medium",
        entities: [host("ws1")],
        attack: [attack[index] ?? ""],
      }),
    );

  it("is higher for a plausible sequence than for the same findings in the wrong order", () => {
    const right = only(run(story([0, 1, 2, 3, 4], stages)));
    const wrong = only(run(story([4, 3, 2, 1, 0], stages)));
    expect(right.tactics).toEqual([
      "initial-access",
      "execution",
      "persistence",
      "lateral-movement",
      "exfiltration",
    ]);
    expect(right.score).toBeGreaterThan(wrong.score + 0.15);
    expect(right.severity).toBe("high");
    expect(wrong.severity).toBe("medium");
  });

  it("is higher for a sequence of five than for a pile of ten", () => {
    const pile = Array.from({ length: 10 }, (_, index) =>
      make({
        name: `p${index}`,
        day: index / 2,
        severity: "medium",
        entities: [host("ws2")],
        attack: ["T1083"],
      }),
    );
    const sequence = only(run(story([0, 1, 2, 3, 4], stages)));
    expect(sequence.score).toBeGreaterThan(only(run(pile)).score);
    expect(only(run(pile)).explanation.key).toBe("incident.pile");
    expect(sequence.explanation.key).toBe("incident.sequence");
  });

  it("is higher for what few hosts have", () => {
    const common = Array.from({ length: 30 }, (_, index) =>
      make({ name: `c${index}`, detector: "common", severity: "low", entities: [host(`h${index}`)] }),
    );
    const rare = make({ name: "rare", detector: "rare", org_id: "beta", entities: [host("x")] });
    const usual = make({ name: "usual", detector: "common", org_id: "gamma", entities: [host("y")] });
    const { incidents } = run([...common, rare, usual]);
    const score = (org: string) => incidents.find(({ org_ids }) => org_ids.includes(org))?.score ?? 0;
    expect(score("beta")).toBeGreaterThan(score("gamma"));
  });

  it("is the sum of its components", () => {
    const incident = only(run(story([0, 1, 2, 3, 4], stages)));
    const sum = incident.components.reduce((total, { value, weight }) => total + value * weight, 0);
    expect(incident.score).toBeCloseTo(sum, 2);
    expect(incident.components.reduce((total, { weight }) => total + weight, 0)).toBeCloseTo(1);
  });
});

describe("steps", () => {
  it("stand in order of time, and near-duplicates are one", () => {
    const findings = [
      make({ name: "late", day: 2, entities: [host("ws1")], attack: ["T1048"] }),
      make({
        name: "rule",
        facts: { rule_id: "r1" },
        detector: "sigma",
        entities: [host("ws1")],
        attack: ["T1543.003"],
      }),
      make({
        name: "own",
        detector: "persistence-mechanism",
        severity: "critical",
        entities: [host("ws1")],
        attack: ["T1543.003"],
      }),
      make({
        name: "elsewhere",
        detector: "sigma",
        entities: [host("ws1"), host("ws2")],
        attack: ["T1021.002"],
        day: 1,
      }),
    ];
    const { steps, findings: all, hosts } = only(run(findings));
    expect(steps.map(({ what, also }) => [what, also.length])).toEqual([
      ["own happened", 1],
      ["elsewhere happened", 0],
      ["late happened", 0],
    ]);
    expect(all).toHaveLength(4);
    expect(hosts).toEqual(["ws1", "ws2"]);
  });
});

describe("identity", () => {
  const findings = [
    make({ name: "a", entities: [host("ws1")], attack: ["T1059"] }),
    make({ name: "b", day: 1, entities: [host("ws1"), server("c2.example.net")], attack: ["T1071"] }),
  ];

  it("stays when evidence grows", () => {
    const before = only(run(findings)).id;
    const grown = findings.map((finding) => ({
      ...finding,
      severity: "critical" as const,
      score: 0.99,
      last_seen: "2026-04-01T00:00:00Z",
      evidence: [{ table: "t", source_id: "s", line: 1, time: finding.first_seen, summary: "more" }],
    }));
    const later = make({ name: "c", day: 9, entities: [host("ws2"), server("c2.example.net")] });
    expect(only(run([...grown, later])).id).toBe(before);
  });

  it("differs between organisations and between hosts, and between times of one host", () => {
    const result = run([
      ...findings,
      make({ name: "a", org_id: "beta", entities: [host("ws1")] }),
      make({ name: "z", entities: [host("ws7")] }),
      make({ name: "again", day: 60, entities: [host("ws1")] }),
    ]);
    expect(new Set(result.incidents.map(({ id }) => id)).size).toBe(4);
    const again = result.incidents.find(({ findings: ids }) => ids.length === 2)?.id;
    expect(again).toBe(only(run(findings)).id);
  });

  it("does not depend on the order of the findings, and nothing is lost", () => {
    const value = fc.record({
      name: fc.string({ minLength: 1, maxLength: 8 }),
      day: fc.integer({ min: 0, max: 60 }),
      days: fc.integer({ min: 0, max: 40 }),
      severity: fc.constantFrom(...SEVERITIES),
      org_id: fc.constantFrom("alpha", "beta", null),
      attack: fc.subarray(["T1059", "T1071", "T1048", "T1021", "T1547", "bad"]),
      entities: fc.array(
        fc.record({
          kind: fc.constantFrom("host", "account", "domain", "address", "file", "process", "certificate"),
          value: fc.constantFrom(
            "a",
            "b",
            "c",
            "10.0.0.1",
            "198.51.100.7",
            "x.example.com",
            "\u202eevil<script>",
          ),
          realm: fc.constantFrom("r1", "r2"),
        }),
        { maxLength: 5 },
      ),
    });
    const list = fc.uniqueArray(value, {
      maxLength: 25,
      selector: ({ name, org_id }) => `${org_id} ${name}`,
    });
    fc.assert(
      fc.property(list, fc.infiniteStream(fc.integer()), (made, keys) => {
        const all = made.map((each) => make({ ...each, detector: "d" }) as ReturnType<typeof make>);
        const shuffled = all
          .map((finding) => ({ finding, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ finding }) => finding);
        const result = run(all);
        expect(run(shuffled)).toEqual(result);
        for (const incident of result.incidents) {
          expect(() => incidentSchema.parse(incident)).not.toThrow();
          const members = new Map(incident.members.map((member) => [member.finding, member]));
          for (const { finding } of incident.members) {
            const path = [finding];
            for (let from = members.get(finding)?.from; from != null; from = members.get(from)?.from) {
              expect(path).not.toContain(from);
              path.push(from);
            }
            const end = members.get(path.at(-1) ?? "");
            if (path.length > 1) expect(end?.basis).toBe("strong");
          }
        }
        const somewhere = new Set([
          ...result.incidents.flatMap(({ findings: ids }) => ids),
          ...result.campaigns.flatMap(({ findings: ids }) => ids),
          ...result.summary.standing_alone,
        ]);
        expect(somewhere.size).toBe(new Set(all.map(({ id }) => id)).size);
        expect(new Set(result.incidents.map(({ id }) => id)).size).toBe(result.incidents.length);
      }),
      { seed: 5, numRuns: 150 },
    );
  });
});
