import { describe, expect, test } from "vitest";
import { recommend } from "../../src/assess/actions/index.js";
import { measures } from "../../src/assess/actions/measures.js";
import { assess } from "../../src/assess/index.js";
import { correlate } from "../../src/correlate/index.js";
import type { Finding } from "../../src/model/finding.js";
import { sayIfKnown } from "../../src/report/catalogue.js";
import { finding, input } from "./support.js";

const LAST = Date.parse("2023-09-25T00:00:00Z");

/** An assessment of `alpha` with these findings. */
function recommended(findings: Finding[], more: { org?: string; status?: "compromised" | "contacted" } = {}) {
  const base = assess(input({ findings }));
  const { incidents } = correlate(findings, { hosts: 40 });
  const organisations = base.organisations.map((each) =>
    each.org_id === (more.org ?? "alpha")
      ? { ...each, status: more.status ?? ("compromised" as const), findings: findings.map(({ id }) => id) }
      : each,
  );
  return recommend({ ...base, organisations, incidents }, findings, { resolve: () => undefined }, LAST);
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

  test("two spellings of a host are one", () => {
    const other = finding("dll-sideload", { attack: ["T1574.001"], entities: [host("pc7")], title: "again" });
    const isolated = recommended([cleared, other]).response.find(({ action }) => action === "isolate-hosts");
    expect(isolated?.targets.map(({ value }) => value)).toEqual(["PC7.alpha.example"]);
    expect(isolated?.findings).toHaveLength(2);
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
    const { directory } = input();
    const isolated = recommend({ ...base, organisations, incidents: [] }, [server], directory, LAST)
      .response.filter(({ action }) => action === "isolate-hosts")
      .map(({ org_id, targets }) => [org_id, targets.map(({ value }) => value)]);
    expect(isolated.sort()).toEqual([
      ["alpha", ["10.1.0.5"]],
      ["beta", ["10.2.0.9"]],
    ]);
  });
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
