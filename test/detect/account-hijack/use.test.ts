import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/model/finding.js";
import { Draw } from "../../schedule/simulate.js";
import { commonRealm } from "../windows/world.js";
import { accountCase } from "./case.js";
import { at, type Logon, logon, ordinary, privileges, type SecurityEvent } from "./office.js";

const { clear, run } = accountCase();

const componentOf = (finding: Finding | undefined, name: string) =>
  finding?.components.find((each) => each.name === name)?.value ?? Number.NaN;

/** Some evenings in the sixth week. */
const strange = (more: Partial<Logon>, hour = 2, days = 3): SecurityEvent[] =>
  Array.from({ length: days }, (_, day) => logon(at(36 + day, hour), { user: "anna", ...more }));

describe("an administrator's account by its own history", () => {
  it("is hijacked where it is used from a new source at hours at which it never was", async () => {
    const [finding, ...others] = await run([
      ...ordinary(new Draw(1), 40),
      ...strange({ from: "10.1.0.66", computer: "mail.contoso.local", type: 3, ntlm: true }),
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      detector: "account-hijack",
      severity: "critical",
      org_id: "alpha",
      attack: ["T1078"],
      facts: { family: "use", sources: ["10.1.0.66"] },
    });
    expect(finding?.title).toBe("The administrator's account CONTOSO\\anna is used as it never was");
    expect(finding?.entities).toEqual(
      expect.arrayContaining([
        { kind: "account", value: "CONTOSO\\anna", realm: "r1", role: "hijacked" },
        { kind: "address", value: "10.1.0.66", realm: "r1", role: "logon_source" },
        { kind: "host", value: "mail", realm: "r1", role: "victim" },
      ]),
    );
    const sum = finding?.components.reduce((total, { value, weight }) => total + value * weight, 0) ?? 0;
    expect(finding?.score).toBeCloseTo(Math.min(1, sum), 2);
    expect(componentOf(finding, "new source")).toBeGreaterThan(0.9);
    expect(componentOf(finding, "unusual hours")).toBeGreaterThan(0.8);
    expect(finding?.evidence).toHaveLength(3);
  });

  it("is at least medium from somebody else's desk in a new way, though its hours are usual", async () => {
    const draw = new Draw(2);
    const desk = ordinary(draw, 40, { user: "bert", from: "10.1.0.40", rid: 1300 }).filter(
      ({ id }) => id === 4624,
    );
    const [finding, ...others] = await run([
      ...ordinary(draw, 40),
      ...desk,
      ...strange({ from: "10.1.0.40", computer: "mail.contoso.local", type: 3, ntlm: true }, 11),
    ]);
    expect(others).toEqual([]);
    expect(["medium", "high"]).toContain(finding?.severity);
    expect(componentOf(finding, "somebody else's desk")).toBeGreaterThan(0.9);
    expect(componentOf(finding, "unusual hours")).toBe(0);
  });

  it("is medium where its own desk is used night after night", async () => {
    const [finding] = await run([...ordinary(new Draw(3), 40), ...strange({}, 1, 8)]);
    expect(finding?.severity).toBe("medium");
    expect(finding?.facts.sources).toBeUndefined();
    expect(componentOf(finding, "new source")).toBe(0);
  });

  it.each([
    ["a new laptop", ordinary(new Draw(4), 40), strange({ from: "10.1.0.31" }, 11)],
    ["one night of work", ordinary(new Draw(5), 40), strange({}, 1, 1)],
  ])("is no more than low with %s", async (_, usual, more) => {
    const findings = await run([...usual, ...more]);
    expect(findings.map(({ severity }) => severity)).toEqual(["low"]);
    expect(findings[0]?.entities[0]?.role).toBe("account");
  });

  it("does not mind a new address every day, nor what it has no history to compare with", async () => {
    const draw = new Draw(6);
    const roaming = ordinary(draw, 40).map((event, index) => ({
      ...event,
      data: { ...event.data, IpAddress: `10.9.${index >> 7}.${index & 127}` },
    }));
    expect(await run(roaming)).toEqual([]);
    await clear();
    const short = [
      ...ordinary(draw, 10),
      ...strange({ from: "10.1.0.66" }).map((each) => ({ ...each, time: each.time - 25 * 86_400_000 })),
    ];
    expect(await run(short)).toEqual([]);
  });

  it("counts a night once, from however many of its desks it is used", async () => {
    const desk = (from: string) => ({ from, computer: "srv1.contoso.local" });
    const both = [
      ...ordinary(new Draw(9), 40),
      ...ordinary(new Draw(10), 40, { from: "10.1.0.32" }),
      ...strange(desk("10.1.0.30"), 1, 2),
      ...strange(desk("10.1.0.32"), 1, 2),
    ];
    const [finding, ...others] = await run(both);
    expect(others).toEqual([]);
    expect(finding?.components.find(({ name }) => name === "unusual hours")?.meaning).toContain("on 2 days");
    expect(componentOf(finding, "unusual hours")).toBe(0.76);
    expect(finding?.explanation.args.at(-1)).toMatchObject({
      value: expect.stringContaining("4 times on 2 days"),
    });
  });

  it("says of its own desks no more than what was done at unusual hours", async () => {
    const night = strange({ computer: "mail.contoso.local", type: 3 }, 23, 2);
    const [finding] = await run([
      ...ordinary(new Draw(12), 40),
      ...strange({}, 10, 2),
      ...strange({}, 18, 2),
      ...night,
    ]);
    expect(finding?.explanation.args.at(-1)).toMatchObject({
      value: expect.stringContaining("from its usual sources at unusual hours, 2 times on 2 days"),
    });
    expect(finding?.first_seen).toBe(new Date(night[0]?.time ?? 0).toISOString().replace(".000", ""));
    expect(finding?.entities.filter(({ kind }) => kind === "host").map(({ value }) => value)).toEqual([
      "mail",
    ]);
    expect(componentOf(finding, "new hosts")).toBeGreaterThan(0.9);
    expect(finding?.evidence.map(({ time }) => time.slice(11, 13))).toEqual(["23", "23"]);
  });

  it("is told to each of two organisations by what was done on its own hosts, with one history", async () => {
    const names = [
      "A-mail.contoso.local",
      "B-mail.contoso.local",
      "srv1.contoso.local",
      "srv2.contoso.local",
    ];
    const findings = await run(
      [
        ...ordinary(new Draw(11), 40),
        ...names.slice(0, 2).flatMap((computer) => strange({ from: "10.1.0.66", computer, type: 3 })),
      ],
      await commonRealm("r1", names, [at(0, 0), at(60, 0)]),
    );
    const entities = ({ entities: all }: Finding) =>
      all.filter(({ role }) => role === "victim").map(({ value }) => value);
    expect(findings.map((each) => [each.org_id, each.severity, ...entities(each)]).sort()).toEqual([
      ["one", "critical", "a-mail", "10.1.0.1"],
      ["two", "critical", "b-mail", "10.2.0.2"],
    ]);
  });

  it("is not asked of ordinary users", async () => {
    const user = ordinary(new Draw(7), 40).filter(({ id }) => id !== 4672);
    expect(await run([...user, ...strange({ from: "10.1.0.66", computer: "mail.contoso.local" })])).toEqual(
      [],
    );
  });

  it("is one account under both names of its domain", async () => {
    const draw = new Draw(8);
    const both = ordinary(draw, 40).map((event, index) =>
      index % 4 === 0 ? { ...event, data: { ...event.data, TargetDomainName: "CORP.EXAMPLE" } } : event,
    );
    const [finding, ...others] = await run([
      ...both,
      ...strange({ from: "10.1.0.66", domain: "CORP.EXAMPLE" }),
      privileges(at(37, 2), "anna"),
    ]);
    expect(others).toEqual([]);
    expect(finding?.severity).toBe("high");
  });
});
