import { describe, expect, it } from "vitest";
import { ATTRIBUTION_MESSAGES, attributeSubjects } from "../../../src/assess/index.js";
import { attributionSchema } from "../../../src/model/attribution.js";
import type { Explanation } from "../../../src/model/finding.js";
import { finding } from "../support.js";
import {
  artefact,
  CROWD,
  cluster,
  credence,
  judgeOne,
  only,
  rivals,
  server,
  subject,
  technique,
} from "./support.js";

const OWN = ["T1001.003", "T1197", "T1218.009", "T1505.004", "T1546.015", "T1014", "T1542.003", "T1200"];
const fox = cluster("fox", { techniques: OWN, artefacts: [artefact("domain", "fox[.]example")] });

describe("the gate", () => {
  it("names nobody by techniques, however well they fit and however rare they are", () => {
    const found = judgeOne(
      OWN.map((id) => technique(id, { severity: "critical" })),
      [...CROWD, fox],
    );
    expect(found.hypotheses[0]).toMatchObject({ cluster: "fox" });
    expect(found.likelihood).toBeGreaterThan(0.5);
    expect(found).toMatchObject({ verdict: "insufficient_evidence", cluster: null, confidence: "low" });
    expect(found.gate.reached).toBe(0);
  });

  it("is opened by a trace of the cluster alone", () => {
    const found = judgeOne([server("fox.example"), technique("T1001.003")], [...CROWD, fox]);
    expect(found).toMatchObject({ verdict: "consistent_with", cluster: "fox" });
    // One piece of evidence carries it: that is said, and the confidence is low.
    expect(found.confidence).toBe("low");
    expect(found.caveats.map(({ key }) => key)).toContain("attribution.caveat.single");
    expect(found.would_change[0]).toMatchObject({
      key: "attribution.change.without",
      args: [{ type: "domain", value: "fox.example" }, {}],
    });
  });

  it("stays shut for a trace that a weak finding shows, that two clusters leave, or that is aged or graded away", () => {
    const wolf = cluster("wolf", { artefacts: [artefact("domain", "fox[.]example")] });
    expect(judgeOne([server("fox.example", { severity: "low" })], [...CROWD, fox]).verdict).toBe(
      "insufficient_evidence",
    );
    expect(judgeOne([server("fox.example")], [...CROWD, fox, wolf]).verdict).toBe("insufficient_evidence");
    const old = cluster("fox", {
      artefacts: [
        artefact("domain", "fox.example", { credence: credence({ date: Date.parse("2002-01-01") }) }),
      ],
    });
    expect(judgeOne([server("fox.example")], [...CROWD, old]).verdict).toBe("insufficient_evidence");
    const doubtful = cluster("fox", {
      artefacts: [artefact("domain", "fox.example", { credence: credence({ weight: 0.02 }) })],
    });
    expect(judgeOne([server("fox.example")], [...CROWD, doubtful]).verdict).toBe("insufficient_evidence");
  });

  it("is not opened by what a finding only mentions, nor by a name in a rule's title", () => {
    const mention = finding("sigma", {
      severity: "critical",
      entities: [{ kind: "domain", value: "fox.example", role: "mentioned" }],
      facts: { rule_title: "FoxRat2 Beacon" },
    });
    const user = cluster("fox", { artefacts: fox.artefacts, tools: new Map([["foxrat2", credence()]]) });
    const tools = [{ id: "foxrat2", title: "FoxRat2", names: ["FoxRat2"], identifiers: [] }];
    const found = only(attributeSubjects([subject([mention])], rivals([...CROWD, user], tools)));
    expect(found.verdict).toBe("insufficient_evidence");
    expect(found.evidence.map(({ strength, what }) => [strength, what.key])).toEqual([
      ["shared", "attribution.artefact.named"],
    ]);
  });

  it("is never opened by working hours, calendars, sectors and countries", () => {
    const local = cluster("fox", {
      techniques: OWN,
      sectors: new Map([["government", credence({ weight: 1 })]]),
      countries: new Map([["KH", credence({ weight: 1 })]]),
      calendars: new Map([["CN", credence({ weight: 1 })]]),
    });
    const elsewhere = ["a", "b", "c", "d"].map((id) =>
      cluster(id, {
        sectors: new Map([["mining", credence()]]),
        countries: new Map([["BR", credence()]]),
        calendars: new Map([["BR", credence()]]),
      }),
    );
    const found = judgeOne(
      OWN.map((id) => technique(id)),
      [...CROWD, ...elsewhere, local],
      {
        sectors: [{ value: "government", orgs: ["alpha"] }],
        countries: ["KH"],
        calendars: [{ country: "CN", fits: true, subject: "203.0.113.9" }],
      },
    );
    expect(found.verdict).toBe("insufficient_evidence");
    const supporting = found.evidence.filter(({ strength }) => strength === "supporting");
    expect(supporting).toHaveLength(3);
    const sum = supporting
      .flatMap(({ cells }) => cells.filter((cell) => cell.cluster === "fox"))
      .reduce((all, { log_ratio }) => all + log_ratio, 0);
    expect(sum).toBeLessThanOrEqual(Math.log(3) + 1e-3);
  });
});

describe("independence", () => {
  it("counts ten findings of one thing once", () => {
    const once = judgeOne([technique("T1197")], [...CROWD, fox]);
    const ten = judgeOne(
      Array.from({ length: 10 }, (_, at) => technique("T1197", { title: `n${at}` })),
      [...CROWD, fox],
    );
    expect(ten.hypotheses).toEqual(once.hypotheses);
    expect(ten.evidence[0]?.findings).toHaveLength(10);
  });

  it("counts techniques of one finding less than those of several", () => {
    const together = judgeOne([finding("one", { attack: OWN })], [...CROWD, fox]);
    const apart = judgeOne(
      OWN.map((id) => technique(id)),
      [...CROWD, fox],
    );
    const posterior = (found: typeof apart) =>
      found.hypotheses.find((each) => each.cluster === "fox")?.posterior ?? 0;
    expect(posterior(apart)).toBeGreaterThan(posterior(together));
  });

  it("takes revoked ids for what they are called now, and a sub-technique for its technique once", () => {
    const found = judgeOne(
      [technique("T1574.002"), technique("T1574")],
      [...CROWD, cluster("fox", { techniques: ["T1574.001"] })],
    );
    expect(found.evidence.map(({ what }) => what.args[0]?.value)).toEqual(["T1574.001"]);
  });
});

it("says that nobody has named an activity that is known, and names nobody", () => {
  const nameless = cluster("nameless", { isUnnamed: true, artefacts: [artefact("domain", "fox.example")] });
  expect(judgeOne([server("fox.example")], [...CROWD, nameless])).toMatchObject({
    verdict: "unknown_cluster",
    cluster: null,
  });
});

it("shows clusters that sources take for the first beside it, and does not merge them", () => {
  const said = { id: "wolf", title: "WOLF", stance: "same_as" as const, publisher: "Labs", grade: "B3" };
  const known = cluster("fox", {
    artefacts: [
      artefact("domain", "fox.example"),
      artefact("file-hash", "aa".repeat(32), { credence: credence({ source: "other" }) }),
    ],
    related: [said],
  });
  const found = judgeOne(
    [
      server("fox.example"),
      finding("x", { entities: [{ kind: "file", value: "AA".repeat(32), role: "hash" }] }),
    ],
    [...CROWD, known, cluster("wolf")],
  );
  expect(found.related).toEqual([
    { cluster: "wolf", title: "WOLF", stance: "same_as", publisher: "Labs", grade: "B3" },
  ]);
  // Two sources, and neither carries it alone: but who it is is disputed.
  expect(found).toMatchObject({ verdict: "consistent_with", cluster: "fox", confidence: "moderate" });
  expect(found.caveats.map(({ key }) => key)).toContain("attribution.caveat.related");
});

it("holds it against a cluster that its rare techniques are absent only where a detector that ran looks for them", () => {
  const evidence = [technique("T1105")];
  const blind = judgeOne(evidence, [...CROWD, fox]);
  const seeing = judgeOne(evidence, [...CROWD, fox], { testable: new Set(OWN) });
  expect(blind.evidence.some(({ strength }) => strength === "absent")).toBe(false);
  const of = (found: typeof blind) => found.hypotheses.find((each) => each.cluster === "fox")?.posterior ?? 0;
  expect(of(seeing)).toBeLessThanOrEqual(of(blind));
});

it("is the same for findings in any order, fits the schema, and has a text for every key", () => {
  const findings = [server("fox.example"), ...OWN.map((id) => technique(id))];
  const more = {
    hasHosts: false,
    hasNetwork: false,
    testable: new Set(["T1018"]),
    sectors: [{ value: "government", orgs: ["alpha", "beta"] }],
  };
  const found = judgeOne(findings, [...CROWD, fox], more);
  const turned = judgeOne([...findings].reverse(), [...CROWD, fox], more);
  expect(turned).toEqual(found);
  expect(attributionSchema.parse(found)).toEqual(found);
  const said: Explanation[] = [
    found.explanation,
    ...found.would_change,
    ...found.collect_next,
    ...found.caveats,
    ...found.evidence.map(({ what }) => what),
  ];
  for (const { key, args } of said) {
    expect(ATTRIBUTION_MESSAGES).toHaveProperty([key]);
    const places = [...(ATTRIBUTION_MESSAGES[key] ?? "").matchAll(/\{(\d+)\}/g)].map(([, at]) => Number(at));
    expect(Math.max(-1, ...places)).toBeLessThan(args.length);
  }
});

it("does without a knowledge base and without findings", () => {
  expect(judgeOne([], [])).toMatchObject({ verdict: "insufficient_evidence", rivals: 0 });
  expect(attributeSubjects([], rivals(CROWD))).toEqual([]);
});

it("takes hostile values for what they are", () => {
  const hostile = ["\0", "x".repeat(200_000), "fox.example\0", '"fox.example"', "..", "[.]", "(a+)+$"];
  const found = judgeOne(
    hostile.map((value) => server(value, { facts: { rule_title: value } })),
    [...CROWD, fox],
  );
  expect(found.evidence).toEqual([]);
});
