import { describe, expect, test } from "vitest";
import { recommend } from "../../src/assess/actions/index.js";
import { measures } from "../../src/assess/actions/measures.js";
import { ISOLATING_DETECTORS } from "../../src/assess/actions/respond.js";
import { assess } from "../../src/assess/index.js";
import { correlate } from "../../src/correlate/index.js";
import { DETECTORS } from "../../src/detect/registry.js";
import type { Assessment } from "../../src/model/assessment.js";
import type { Finding } from "../../src/model/finding.js";
import type { HostAlias } from "../../src/model/host-identity.js";
import type { ReachedAsset, WithinReach } from "../../src/model/within-reach.js";
import { sayIfKnown } from "../../src/report/catalogue.js";
import { finding, input } from "./support.js";

const LAST = Date.parse("2023-09-25T00:00:00Z");

interface Case {
  org?: string;
  status?: "compromised" | "contacted";
  machine?: HostAlias;
  popular?: Assessment["correlation"]["popular"];
  /** Assets within reach of `alpha`, each by one way with this finding. */
  reached?: readonly (readonly [name: string, way: ReachedAsset["ways"][number]["way"], finding: string])[];
}

const reachOf = (reached: Case["reached"] = []): WithinReach => ({
  listed: true,
  assets: reached.map(([name, way, id]) => ({
    ...{ address: "", realm: "r1", name, role: "database" as const, criticality: 5 },
    ways: [{ way, hosts: [], connections: 0, first_seen: "", last_seen: "", findings: [id] }],
  })),
});

/** An assessment of `alpha` with these findings. */
function recommended(findings: Finding[], more: Case = {}) {
  const base = assess(input({ findings }));
  const { incidents } = correlate(findings, { hosts: 40 });
  const organisations = base.organisations.map((each) =>
    each.org_id === (more.org ?? "alpha")
      ? {
          ...each,
          status: more.status ?? ("compromised" as const),
          findings: findings.map(({ id }) => id),
          within_reach: reachOf(more.reached),
        }
      : each,
  );
  const correlation = { ...base.correlation, popular: more.popular ?? [] };
  const { machine = (_, value) => value } = more;
  const judged = { ...base, organisations, incidents, correlation };
  return recommend(judged, findings, { directory: { resolve: () => undefined }, machine }, LAST);
}

const host = (value: string, role = "victim") => ({ kind: "host" as const, value, realm: "r1", role });
const account = (value: string, role = "actor") => ({ kind: "account" as const, value, realm: "r1", role });

const beacon = finding("infrastructure-contact", {
  attack: ["T1571"],
  entities: [host("10.1.0.5")],
  first_seen: "2023-08-01T00:00:00Z",
  last_seen: "2023-08-31T00:00:00Z",
});
const cleared = finding("log-tampering", {
  attack: ["T1070.001"],
  entities: [
    host("PC7.alpha.example"),
    account("ALPHA\\eve"),
    account("NT AUTHORITY\\SYSTEM"),
    account("PC7$"),
  ],
  first_seen: "2023-08-21T00:00:00Z",
  last_seen: "2023-08-21T00:00:00Z",
});

describe("hardening", () => {
  const { hardening, considered } = recommended([beacon, cleared]);
  const of = (id: string) => hardening.find((each) => each.id === id);

  test("counts days from the first finding that a measure answers", () => {
    expect(considered.days).toBe(30);
    expect(of("egress-by-proxy")?.reach.days).toBe(30);
    expect(of("logs-off-the-host")?.reach.days).toBe(10);
  });

  test("its score is the stated sum", () => {
    for (const each of hardening) {
      const shares = (["organisations", "incidents", "steps", "days"] as const)
        .filter((part) => considered[part] > 0)
        .map((part) => each.reach[part] / considered[part]);
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      expect(each.score).toBeCloseTo(mean * (each.effect === "prevents" ? 1 : 0.5), 3);
    }
    expect(hardening.map(({ score }) => score)).toEqual(
      hardening.map(({ score }) => score).sort((a, b) => b - a),
    );
  });

  test("what prevents more comes first, and what answers nothing found is not there", () => {
    expect(hardening[0]?.id).toBe("egress-by-proxy");
    expect(of("attachments")).toBeUndefined();
    expect(of("logs-off-the-host")?.findings).toEqual([cleared.id]);
  });

  test("steps that two measures answer are new once", () => {
    const steps = hardening.reduce((sum, each) => sum + each.new_steps, 0);
    expect(steps).toBeLessThanOrEqual(considered.steps);
  });

  test("a technique is not its parent", () => {
    expect(recommended([finding("x", { attack: ["T1505"] })]).hardening).toEqual([]);
    expect(recommended([finding("x", { attack: ["T1505"] })]).unanswered).toEqual(["T1505"]);
  });
});

describe("response", () => {
  const { response } = recommended([beacon, cleared]);
  const of = (action: string) => response.find((each) => each.action === action);

  test("evidence is preserved before hosts are isolated", () => {
    const actions = response.map(({ action }) => action);
    expect(actions.indexOf("preserve-logs")).toBeGreaterThanOrEqual(0);
    expect(actions.indexOf("preserve-logs")).toBeLessThan(actions.indexOf("isolate-hosts"));
    expect(of("preserve-logs")?.targets.map(({ value }) => value)).toEqual(["PC7.alpha.example"]);
  });

  test("accounts of the system and of machines are not reset", () => {
    expect(of("reset-accounts")?.targets.map(({ value }) => value)).toEqual(["ALPHA\\eve"]);
  });

  const sideload = (value: string, more: Partial<Finding> = {}) =>
    finding("dll-sideload", { attack: ["T1574.001"], entities: [host(value)], title: value, ...more });
  const targets = (findings: Finding[], action: string, more: Case = {}) =>
    recommended(findings, more)
      .response.filter((each) => each.action === action)
      .flatMap((each) => each.targets.map(({ value }) => value));

  test("two spellings of a host, and its address, are one, told by its name", () => {
    const machine: HostAlias = (_, value) => (value === "10.1.0.5" ? "pc7.alpha.example" : value);
    const findings = [sideload("PC7.alpha.example"), sideload("pc7"), beacon];
    expect(targets(findings, "isolate-hosts", { machine })).toEqual(["PC7.alpha.example"]);
    expect(targets(findings, "isolate-hosts").sort()).toEqual(["10.1.0.5", "PC7.alpha.example"]);
    const isolated = recommended(findings, { machine }).response.find(
      ({ action }) => action === "isolate-hosts",
    );
    expect(isolated?.findings).toHaveLength(3);
  });

  test("a host is isolated for what is on it, and looked at for what reached, tried or named it", () => {
    const named = (detector: string, role: string, more: Partial<Finding> = {}) =>
      finding(detector, { entities: [host(`${detector}-${role}`, role)], ...more });
    const weak = [
      named("lateral-movement", "victim"),
      named("lateral-movement", "origin"),
      named("account-hijack", "victim"),
      named("discovery-burst", "victim"),
      named("log-tampering", "victim"),
      named("dll-sideload", "target"),
      named("sigma", "victim", { facts: { rests_on_suspicion: true } }),
    ];
    const mild = named("web-shell", "victim", { severity: "medium" });
    const findings = [...weak, mild, sideload("pc1"), named("persistence-mechanism", "mentioned")];
    expect(targets(findings, "isolate-hosts")).toEqual(["pc1"]);
    expect(targets(findings, "examine-hosts").sort()).toEqual(
      weak.flatMap(({ entities }) => entities.map(({ value }) => value)).sort(),
    );
  });

  test("a host that serves everyone is isolated for what ran on it, and not for traffic that passes through it", () => {
    const dc = { kind: "host" as const, value: "DC1.alpha.example", why: "it is a domain controller" };
    const popular = [{ ...dc, realm: "r1" }];
    const traffic = { ...beacon, entities: [host("dc1")] };
    expect(targets([traffic], "isolate-hosts", { popular })).toEqual([]);
    expect(targets([traffic], "examine-hosts", { popular })).toEqual(["dc1"]);
    expect(targets([traffic, sideload("dc1")], "isolate-hosts", { popular })).toEqual(["dc1"]);
    expect(targets([traffic], "isolate-hosts", { popular: [{ ...dc, realm: "r2" }] })).toEqual(["dc1"]);
  });

  test("two independent lines of medium on one host isolate it; two of one line, or on two hosts, do not", () => {
    const medium = (detector: string, value: string, facts: Finding["facts"] = {}) =>
      finding(detector, { severity: "medium", entities: [host(value)], facts });
    const library = medium("dll-sideload", "pc1");
    expect(targets([library, medium("persistence-mechanism", "pc1")], "isolate-hosts")).toEqual(["pc1"]);
    for (const other of [
      medium("removable-media-worm", "pc1"),
      medium("sigma", "pc1"),
      medium("persistence-mechanism", "pc2"),
      medium("log-tampering", "pc1"),
      medium("persistence-mechanism", "pc1", { rests_on_suspicion: true }),
    ])
      expect(targets([library, other], "isolate-hosts"), other.detector).toEqual([]);
  });

  test("hosts on which somebody acts are examined first, then assets that a way led to, where ways begin, and last what was passed", () => {
    const acts = finding("log-tampering", { severity: "high", entities: [host("pc9")] });
    const path = finding("lateral-movement", {
      severity: "critical",
      entities: [host("desk", "origin"), host("pc1"), host("files")],
    });
    const rare = finding("process-anomaly", {
      severity: "high",
      entities: [host("pc5")],
      facts: { what: "rare start" },
    });
    const reached = [
      ["controller", "contact", path.id],
      ["database", "stepped_to", path.id],
      ["files", "reached", path.id],
    ] as const;
    const order = ["pc9", "files", "database", "desk", "controller", "pc5", "pc1"];
    expect(targets([path, rare, acts], "examine-hosts", { reached })).toEqual(order);
  });

  test("hosts are examined in the order of how much findings say of each; what is not grave and names dozens waits", () => {
    const crowd = Array.from({ length: 11 }, (_, at) => host(`crowd${at}`));
    const wide = finding("sigma", { severity: "medium", entities: crowd });
    const three = finding("discovery-burst", { entities: [host("a1"), host("a2"), host("b")] });
    const one = finding("log-tampering", { severity: "medium", entities: [host("b")] });
    expect(targets([wide, three, one], "examine-hosts")).toEqual(["b", "a1", "a2"]);
    expect(targets([wide], "examine-hosts")).toHaveLength(11);
    const ten = { ...wide, entities: crowd.slice(1) };
    expect(targets([ten, one], "examine-hosts")).toHaveLength(11);
    expect(
      targets(
        [
          { ...wide, severity: "high" },
          { ...one, severity: "high" },
        ],
        "isolate-hosts",
      ),
    ).toHaveLength(11);
  });

  test("every detector that isolates is one that there is", () => {
    const known = DETECTORS.map(({ manifest }) => manifest.id);
    expect(ISOLATING_DETECTORS.filter((id) => !known.includes(id))).toEqual([]);
  });

  test("hosts of others that a finding about a server names are left to the others", () => {
    const server = finding("cloud-masquerade", {
      org_id: null,
      entities: [host("10.1.0.5"), host("10.2.0.9")],
    });
    const base = assess(input({ findings: [server] }));
    const organisations = base.organisations.map((each) => ({
      ...each,
      status: each.org_id === "unseen" ? ("no_data" as const) : ("compromised" as const),
      findings: [server.id],
    }));

    const isolated = recommend({ ...base, organisations, incidents: [] }, [server], input(), LAST)
      .response.filter(({ action }) => action === "isolate-hosts")
      .map(({ org_id, targets }) => [org_id, targets.map(({ value }) => value)]);
    expect(isolated.sort()).toEqual([
      ["alpha", ["10.1.0.5"]],
      ["beta", ["10.2.0.9"]],
    ]);
  });
});

test("confirmed infrastructure that others use too, or that is no public address, is looked for and not blocked", () => {
  const seen = { ...beacon, severity: "high" as const };
  const base = assess(input({ findings: [seen] }));
  const item = (kind: "domain" | "address", value: string, shared?: boolean) => ({
    kind,
    value,
    role: "c2",
    basis: "confirmed" as const,
    score: 0.9,
    first_seen: seen.first_seen,
    last_seen: seen.last_seen,
    organisations: ["alpha"],
    why: [],
    findings: [seen.id],
    ...(shared && { shared }),
  });
  const organisations = base.organisations.map((each) =>
    each.org_id === "alpha" ? { ...each, status: "compromised" as const, findings: [seen.id] } : each,
  );
  const infrastructure = [
    item("domain", "bad.example"),
    item("domain", "duckdns.org"),
    item("address", "198.51.100.7", true),
    item("address", "198.51.100.8"),
    item("address", "198.51.100.9"),
    item("address", "10.9.9.9"),
  ];
  const popular = [{ kind: "address" as const, value: "198.51.100.8", why: "many meet it" }];
  const { response } = recommend(
    { ...base, organisations, infrastructure, correlation: { ...base.correlation, popular } },
    [seen],
    { directory: { resolve: () => undefined }, machine: (_, value) => value },
    LAST,
  );
  const of = (action: string) =>
    response.find((each) => each.action === action)?.targets.map(({ value }) => value);
  expect(of("block-confirmed")).toEqual(["bad.example", "198.51.100.9"]);
  expect(of("search-shared")).toEqual(["duckdns.org", "198.51.100.7", "198.51.100.8", "10.9.9.9"]);
});

test("nothing is recommended to who was merely contacted, or on findings below medium", () => {
  const none = { response: [], hardening: [] };
  expect(recommended([beacon, cleared], { status: "contacted" })).toMatchObject(none);
  expect(recommended([{ ...beacon, severity: "low" }])).toMatchObject(none);
  expect(recommended([])).toMatchObject({ ...none, unanswered: [] });
});

test("every measure has words, and every sentence a finding that the case has", () => {
  for (const { id } of measures()) {
    expect(sayIfKnown(`hardening.${id}`), id).toBeTruthy();
    expect(sayIfKnown(`needs.${id}`), id).toBeTruthy();
  }
  const ids = new Set([beacon.id, cleared.id]);
  const { response, hardening } = recommended([beacon, cleared]);
  for (const each of [...response, ...hardening]) {
    expect(each.findings.length).toBeGreaterThan(0);
    for (const id of each.findings) expect(ids.has(id)).toBe(true);
  }
});
