import { describe, expect, test } from "vitest";
import { assess } from "../../src/assess/index.js";
import type { AssessmentInput, AssetContact } from "../../src/assess/input.js";
import { actedSpans } from "../../src/assess/reach.js";
import { correlate } from "../../src/correlate/index.js";
import { parseTime } from "../../src/kernel/time.js";
import { assessmentSchema } from "../../src/model/assessment.js";
import type { Finding } from "../../src/model/finding.js";
import type { Asset, AssetRole } from "../../src/model/organisation.js";
import { directoryOf } from "../detect/infrastructure-contact/support.js";
import { finding, gathered, input, NO_CORRELATION } from "./support.js";

const asset = (address: string, name: string, role: AssetRole, criticality = 3, realm = "r1"): Asset => ({
  address,
  realm,
  name,
  role,
  criticality,
});
const ASSETS = [
  asset("10.1.0.10", "DC1.alpha.example", "domain_controller", 5),
  asset("10.1.0.20", "MAIL1.alpha.example", "mail_server", 4),
  asset("10.1.0.30", "PC9.alpha.example", "workstation"),
  asset("10.2.0.20", "MAIL2.beta.example", "mail_server", 4),
];
const base = directoryOf([
  { cidr: "10.1.0.0/16", realm: "r1", org: "alpha" },
  { cidr: "10.2.0.0/16", realm: "r1", org: "beta" },
]);
const directory = {
  ...base,
  assets: ASSETS,
  asset: (realm: string, address: string) =>
    ASSETS.find((each) => each.realm === realm && each.address === address),
};
const machine: AssessmentInput["machine"] = (_, value) =>
  ASSETS.find(({ name }) => name.toLowerCase().split(".")[0] === value.split(".")[0])?.address ?? value;

const host = (value: string, role = "victim") => ({ kind: "host" as const, value, realm: "r1", role });
const sideload = (value: string, more: Partial<Finding> = {}) =>
  finding("dll-sideload", { entities: [host(value)], title: value, ...more });
const seen = (from: string, to: string, more: Partial<AssetContact> = {}): AssetContact => ({
  realm: "r1",
  host: from,
  asset: to,
  connections: 3,
  first: parseTime("2023-08-08T00:00:00Z"),
  last: parseTime("2023-08-09T00:00:00Z"),
  ...more,
});

function alpha(findings: Finding[], more: Partial<AssessmentInput> = {}, assetContacts: AssetContact[] = []) {
  const result = assess(
    input({ findings, directory, machine, gathered: gathered({ assetContacts }), ...more }),
  );
  expect(() => assessmentSchema.parse(result)).not.toThrow();
  const found = result.organisations.find((each) => each.org_id === "alpha");
  if (found === undefined) throw new Error("alpha is not assessed");
  return found;
}

/** One incident that holds these findings, the first of which founds it. */
const correlated = (joined: readonly Finding[]) => {
  const { incidents } = correlate(joined.slice(0, 1), { hosts: 100 });
  const findings = joined.map(({ id }) => id);
  return { ...NO_CORRELATION, incidents: incidents.map((each) => ({ ...each, findings })) };
};

describe("data within reach", () => {
  test("an asset that a finding names, by any of its names, with the finding that says so", () => {
    const found = sideload("mail1");
    const { within_reach: reach } = alpha([found]);
    expect(reach?.listed).toBe(true);
    expect(reach?.assets).toMatchObject([
      {
        name: "MAIL1.alpha.example",
        role: "mail_server",
        ways: [{ way: "acted_on", hosts: [], findings: [found.id], first_seen: "2023-08-07T10:00:00Z" }],
      },
    ]);
  });

  test("an asset reached from another host, with that host and the time of this step alone", () => {
    const moved = finding("lateral-movement", {
      entities: [host("pc1", "origin"), host("pc2", "origin"), host("MAIL1"), host("pc3")],
      parts: [
        {
          first_seen: "2023-08-08T00:00:00Z",
          last_seen: "2023-08-08T01:00:00Z",
          entities: [host("pc1", "origin"), host("MAIL1")],
        },
        {
          first_seen: "2023-08-20T00:00:00Z",
          last_seen: "2023-08-20T01:00:00Z",
          entities: [host("pc2", "origin"), host("pc3")],
        },
      ],
    });
    expect(alpha([moved]).within_reach?.assets).toMatchObject([
      { ways: [{ way: "reached", hosts: ["pc1"], last_seen: "2023-08-08T01:00:00Z" }] },
    ]);
  });

  test("contact of a host with findings, most critical first; of other hosts, and with others' assets, none", () => {
    const found = sideload("10.1.0.5");
    const { within_reach: reach } = alpha([found], {}, [
      seen("10.1.0.5", "10.1.0.20"),
      seen("10.1.0.5", "10.1.0.10"),
      seen("10.1.0.5", "10.1.0.30"),
      seen("10.1.0.5", "10.2.0.20"),
      seen("10.1.0.6", "10.1.0.20", { connections: 100 }),
    ]);
    expect(reach?.assets).toMatchObject([
      { name: "DC1.alpha.example", ways: [{ way: "contact", hosts: ["10.1.0.5"], findings: [found.id] }] },
      { name: "MAIL1.alpha.example", ways: [{ way: "contact", connections: 3 }] },
    ]);
    expect(reach?.assets).toHaveLength(2);
  });

  test("says where no asset list names the organisation's machines, and nothing where nobody is suspected", () => {
    const none = { directory: { ...directory, assets: [], asset: () => undefined } };
    expect(alpha([sideload("pc1")], none).within_reach).toEqual({ listed: false, assets: [] });
    expect(alpha([]).within_reach).toBeNull();
  });

  test("a finding of dozens of hosts, and traffic of a host that serves everyone, bring nothing within reach", () => {
    const crowd = Array.from({ length: 11 }, (_, at) => host(`pc${at}`));
    const wide = finding("sigma", { severity: "medium", entities: [...crowd, host("mail1")] });
    expect(alpha([wide]).within_reach?.assets).toEqual([]);
    const tunnel = finding("dns-tunnel", { entities: [host("dc1")] });
    const serving = (realm: string) => {
      const popular = [{ kind: "host" as const, value: "dc1", realm, why: "it serves" }];
      return { correlation: { ...NO_CORRELATION, summary: { ...NO_CORRELATION.summary, popular } } };
    };
    expect(alpha([tunnel]).within_reach?.assets).toHaveLength(1);
    expect(alpha([tunnel], serving("r1")).within_reach?.assets).toEqual([]);
    expect(alpha([tunnel], serving("r2")).within_reach?.assets).toHaveLength(1);
  });

  test("a step of a weak finding in an incident, from a host on which others show acts by then", () => {
    const grave = sideload("pc1");
    const step = (day: string, from: string) => ({
      first_seen: `2023-08-${day}T00:00:00Z`,
      last_seen: `2023-08-${day}T00:00:00Z`,
      entities: [host(from, "origin"), host("MAIL1")],
    });
    const moved = (...parts: Finding["parts"] & object) =>
      finding("lateral-movement", {
        severity: "low",
        entities: [host("pc1", "mentioned"), host("mail1", "mentioned")],
        parts,
      });
    const ways = (low: Finding, joined: Finding[] = [grave, low]) =>
      alpha([grave, low], { correlation: correlated(joined) }).within_reach?.assets.flatMap(
        (each) => each.ways,
      );
    const late = moved(step("09", "pc1.alpha.example"));
    expect(ways(late)).toMatchObject([
      { way: "stepped_to", hosts: ["pc1.alpha.example"], first_seen: "2023-08-09T00:00:00Z" },
    ]);
    expect(ways(late)?.[0]?.findings).toEqual([late.id, grave.id]);
    expect(ways(late, [grave])).toEqual([]);
    expect(ways(moved(step("01", "pc1")))).toEqual([]);
    expect(ways(moved(step("09", "pc8")))).toEqual([]);
  });

  test("hosts known by name are looked for by the address that the asset list gives them", () => {
    const spans = actedSpans([sideload("mail1"), sideload("10.1.0.20"), sideload("pc7")], ASSETS);
    expect(spans.map(({ host: each }) => each).sort()).toEqual(["10.1.0.20", "pc7"]);
    const twins = [asset("10.1.0.21", "MAIL1.other.example", "mail_server"), ...ASSETS];
    expect(actedSpans([sideload("mail1")], twins).map(({ host: each }) => each)).toEqual(["mail1"]);
  });

  test("the time of a host is that of the findings that bear evidence by themselves", () => {
    const spans = actedSpans([
      sideload("pc1"),
      sideload("pc1", { first_seen: "2023-08-01T00:00:00Z" }),
      sideload("pc1", { first_seen: "2023-07-01T00:00:00Z", severity: "low" }),
      sideload("pc1", { first_seen: "2023-07-01T00:00:00Z", facts: { rests_on_suspicion: true } }),
    ]);
    expect(spans).toEqual([
      {
        realm: "r1",
        host: "pc1",
        from: parseTime("2023-08-01T00:00:00Z"),
        to: parseTime("2023-09-15T10:00:00Z"),
      },
    ]);
  });
});

test("a judgement counts assets by what they are, and keeps contact apart from what findings show", () => {
  const found = sideload("mail1");
  const beside = sideload("10.1.0.5");
  const { judgements } = assess(
    input({
      findings: [found, beside],
      directory,
      machine,
      gathered: gathered({ assetContacts: [seen("10.1.0.5", "10.1.0.10")] }),
    }),
  );
  const judgement = judgements.find(({ statement }) => statement.startsWith("Within reach"));
  expect(judgement?.statement).toBe(
    "Within reach, as findings show: mail server (1). In contact with affected hosts, and so perhaps within reach: domain controller (1).",
  );
  expect([...(judgement?.findings ?? [])].sort()).toEqual([found.id, beside.id].sort());
});

describe("hosts of an organisation", () => {
  const rules = (value: string, title: string) =>
    finding("sigma", { severity: "medium", entities: [host(value)], title });
  const names = (findings: Finding[], joined: Finding[] = []) =>
    alpha(findings, { correlation: correlated(joined) })
      .hosts.map(({ name }) => name)
      .sort();

  test("known from medium findings alone stand there where these hang together with others, or nothing is known to", () => {
    const grave = sideload("pc1");
    const joined = rules("pc2", "joined");
    const alone = rules("pc3", "alone");
    expect(names([grave, joined, alone])).toEqual(["pc1", "pc2", "pc3"]);
    expect(names([grave, joined, alone], [grave, joined])).toEqual(["pc1", "pc2"]);
  });

  test("and where the status rests on them", () => {
    const grave = sideload("pc1");
    const line = finding("web-shell", { severity: "medium", entities: [host("pc4")] });
    expect(names([grave, line], [grave])).toEqual(["pc1", "pc4"]);
  });

  test("bring data within reach, and stand with the findings that tell of them", () => {
    const grave = sideload("pc1");
    const alone = rules("mail1", "alone");
    expect(alpha([grave, alone]).within_reach?.assets).toHaveLength(1);
    const found = alpha([grave, alone], { correlation: correlated([grave]) });
    expect(found.within_reach?.assets).toEqual([]);
    expect(found.hosts.map(({ findings }) => findings)).toEqual([[grave.id]]);
    expect(found.judgements.find(({ about }) => about === "hosts")?.findings).toEqual([grave.id]);
  });
});

test("hosts that only hosts' own logs name stand once each, by name, with their address where it is known", () => {
  const { hosts } = alpha([
    sideload("PC1.alpha.example"),
    sideload("mail1"),
    sideload("pc1", { title: "again" }),
  ]);
  expect(hosts.map(({ address, name, role }) => [address, name, role]).sort()).toEqual([
    ["", "PC1.alpha.example", ""],
    ["10.1.0.20", "MAIL1.alpha.example", "mail_server"],
  ]);
});
