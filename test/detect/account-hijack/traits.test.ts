import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/model/finding.js";
import { commonRealm } from "../windows/world.js";
import { accountCase } from "./case.js";
import { added, at, DC, logon, made, privileges, type SecurityEvent, ticket } from "./office.js";

const { clear, evaluate, run } = accountCase();

const told = (findings: readonly Finding[]) =>
  findings.map(({ severity, components }) => `${severity}: ${components.map(({ name }) => name).join(", ")}`);

const netonly = (day: number, user = "anna") =>
  logon(at(day, 10), {
    user,
    type: 9,
    more: { LogonProcessName: "seclogo", AuthenticationPackageName: "Negotiate", IpAddress: "::1" },
  });
const withoutKey = (day: number, user: string, from = "10.1.0.66") =>
  logon(at(day, 10), { user, from, type: 3, ntlm: true, more: { KeyLength: "0" } });

describe("the form of logons", () => {
  it("new credentials with special privileges are medium the first time, and nothing to speak of where they are custom", async () => {
    const first = netonly(1);
    const [finding, ...others] = await run([
      first,
      privileges(first.time, "anna", first.computer, first.data.TargetLogonId),
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: "medium",
      score: 0.65,
      attack: ["T1550.002"],
      org_id: "alpha",
    });
    expect(finding?.entities[0]).toMatchObject({ value: "CONTOSO\\anna", role: "hijacked" });
    await clear();
    const custom = await run([1, 2, 3, 4, 7, 8].map((day) => netonly(day)));
    expect(custom.map(({ score }) => score)).toEqual([0.2]);
    expect(custom[0]?.entities[0]?.role).toBe("account");
  });

  it("NTLM without a session key is medium, from a computer's account too; with a key, by Kerberos, by nobody, or custom in the network, it is not", async () => {
    const findings = await run([withoutKey(1, "anna"), withoutKey(2, "EXCH$", "10.1.0.8")]);
    expect(told(findings)).toEqual(["medium: no session key", "medium: no session key"]);
    expect(findings[0]?.entities).toContainEqual({
      kind: "address",
      value: "10.1.0.66",
      realm: "r1",
      role: "logon_source",
    });
    await clear();
    const harmless = [
      logon(at(1, 9), { user: "anna", type: 3, ntlm: true }),
      logon(at(1, 9), { user: "anna", type: 3 }),
      logon(at(1, 9), {
        user: "ANONYMOUS LOGON",
        type: 3,
        ntlm: true,
        more: { KeyLength: "0", TargetUserSid: "S-1-5-7" },
      }),
    ];
    expect(await run(harmless)).toEqual([]);
    await clear();
    const scanner = await run(["a", "b", "c", "d", "e"].map((user) => withoutKey(1, user)));
    expect(new Set(scanner.map(({ severity }) => severity))).toEqual(new Set(["low"]));
  });
});

describe("two organisations in one realm", () => {
  it("have findings of their own hosts, for one account", async () => {
    const names = ["A-1.contoso.local", "B-1.contoso.local", "C-1.contoso.local"];
    const findings = await run(
      names.map((computer) => ({ ...netonly(1), computer })),
      await commonRealm("r1", names, [at(0, 0), at(3, 0)]),
    );
    const entities = ({ entities: all }: Finding) =>
      all.filter(({ role }) => role === "victim").map(({ value }) => value);
    expect(findings.map((each) => [each.org_id, ...entities(each)]).sort()).toEqual([
      [null, "C-1.contoso.local"],
      ["one", "A-1.contoso.local", "10.1.0.1"],
      ["two", "B-1.contoso.local", "10.2.0.2"],
    ]);
    expect(findings.map(({ evidence }) => evidence.length)).toEqual([1, 1, 1]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(3);
  });
});

describe("tickets", () => {
  const services = (count: number, type = "0x17") =>
    Array.from({ length: count }, (_, index) =>
      ticket(at(3, 10) + index * 1000, 4769, {
        user: "anna",
        ServiceName: `svc${index}`,
        TicketEncryptionType: type,
      }),
    );

  it("a collection of RC4 tickets of services is found, more of them more gravely", async () => {
    const [few] = await run(services(3));
    expect(few).toMatchObject({ severity: "medium", attack: ["T1558.003"] });
    expect(few?.entities).toContainEqual({ kind: "account", value: "svc1", realm: "r1", role: "target" });
    await clear();
    const [many] = await run(services(12));
    expect(many).toMatchObject({ severity: "critical", attack: ["T1558.003"] });
  });

  it.each([
    ["AES tickets", services(12, "0x12")],
    ["two services", services(2)],
    [
      "tickets of computers",
      Array.from({ length: 9 }, (_, index) =>
        ticket(at(3, 10), 4769, { user: "anna", ServiceName: `WS${index}$`, TicketEncryptionType: "0x17" }),
      ),
    ],
  ])("%s are not", async (_, events) => {
    expect(await run(events)).toEqual([]);
  });

  it("many RC4 tickets are low where RC4 is what everybody gets", async () => {
    const old = Array.from({ length: 60 }, (_, index) =>
      ticket(at(1, 0) + index * 3_600_000, 4769, {
        user: `user${index}`,
        ServiceName: "fileserver",
        TicketEncryptionType: "0x17",
      }),
    );
    expect(told(await run([...old, ...services(9)]))).toEqual(["low: kerberoasting"]);
  });

  it("a ticket without pre-authentication aims at the account, which is not hijacked by that", async () => {
    const [finding] = await run([
      ticket(at(2, 3), 4768, {
        user: "legacy",
        from: "10.1.0.66",
        PreAuthType: "0",
        TicketEncryptionType: "0x17",
      }),
    ]);
    expect(finding).toMatchObject({ severity: "medium", attack: ["T1558.004"] });
    expect(finding?.entities[0]).toMatchObject({ value: "CONTOSO.LOCAL\\legacy", role: "targeted" });
    await clear();
    const custom = await run(
      [1, 2, 3, 4, 5, 8].map((day) => ticket(at(day, 3), 4768, { user: "legacy", PreAuthType: "0" })),
    );
    expect(told(custom)).toEqual(["low: asrep roasting"]);
  });

  it("an RC4 ticket for an account that otherwise gets AES is medium; without that knowledge nothing is said", async () => {
    const weak = ticket(at(5, 3), 4768, { user: "anna", from: "10.1.0.66", TicketEncryptionType: "0x17" });
    expect(await run([weak])).toEqual([]);
    await clear();
    expect(told(await run([ticket(at(1, 9), 4768, { user: "anna" }), weak]))).toEqual([
      "medium: weak ticket",
    ]);
  });

  it("a domain controller's name without its $ is high", async () => {
    const [finding] = await run([
      ticket(at(1, 9), 4768, { user: "dc01" }),
      ticket(at(1, 9), 4768, { user: "dc01$" }),
    ]);
    expect(finding).toMatchObject({ severity: "high" });
  });
});

describe("new administrators", () => {
  it.each([
    ["by hand, long known", [added(at(9, 10))], "low"],
    ["made a moment before", [made(at(9, 9), "helper"), added(at(9, 10))], "medium"],
    ["the guest account", [added(at(9, 10), { member: "S-1-5-21-1-2-3-501" })], "high"],
    [
      "by the system of a host that has long been set up",
      [logon(at(0, 9), { user: "x", computer: DC }), added(at(9, 10), { by: "DC01$", bySid: "S-1-5-18" })],
      "medium",
    ],
    ["while the host is set up", [added(at(0, 10), { by: "DC01$", bySid: "S-1-5-18" })], "informational"],
    [
      "in the domain",
      [
        made(at(9, 9), "helper"),
        added(at(9, 10), {
          group: "S-1-5-21-1-2-3-512",
          name: "Domain Admins",
          id: 4728,
          dn: "CN=helper,DC=contoso,DC=local",
        }),
      ],
      "medium",
    ],
  ])("%s", async (_, events, severity) => {
    const findings = (await run(events)).filter(({ facts }) => facts.family === "administrator");
    expect(findings.map((finding) => finding.severity)).toEqual([severity]);
  });

  it("names the member by its identifier, and who did it", async () => {
    const [finding] = await run([made(at(9, 9), "helper"), added(at(9, 10))]);
    expect(finding?.title).toBe("CONTOSO\\helper became an administrator");
    expect(finding?.entities.map(({ value, role }) => `${role} ${value}`)).toEqual([
      "hijacked CONTOSO\\helper",
      "actor CONTOSO\\boss",
      `victim ${DC}`,
    ]);
  });

  it("names a computer's account with its $, whatever says so", async () => {
    const dn = (text: string, member: string) => added(at(9, 10), { dn: text, member, id: 4728 });
    const findings = await run([
      { ...made(at(8, 9), "PC7$", "S-1-5-21-1-2-3-1301"), id: 4741 },
      added(at(9, 10), { member: "S-1-5-21-1-2-3-1301" }),
      dn("CN=EXCH01,CN=Computers,DC=contoso,DC=local", "S-1-5-21-1-2-3-1302"),
      dn("CN=DC02,OU=Domain Controllers,DC=contoso,DC=local", "S-1-5-21-1-2-3-1303"),
      dn("CN=Anna\\,CN=Computers\\,DC=x,OU=Staff,DC=contoso,DC=local", "S-1-5-21-1-2-3-1304"),
    ]);
    expect(findings.map(({ title }) => title.replace(" became an administrator", "")).sort()).toEqual([
      "Anna\\,CN=Computers\\,DC=x",
      "CONTOSO\\PC7$",
      "DC02$",
      "EXCH01$",
    ]);
  });

  it("is nothing to speak of in other groups, and low from somebody who does so on many days", async () => {
    expect(await run([added(at(9, 10), { group: "S-1-5-32-545", name: "Users" })])).toEqual([]);
    await clear();
    const days = [1, 2, 3, 4, 7, 8].flatMap((day) => {
      const member = `S-1-5-21-1-2-3-${2000 + day}`;
      return [made(at(day, 9), `new${day}`, member), added(at(day, 10), { member })];
    });
    const severities = (await run(days)).map(({ severity }) => severity);
    expect(severities).toEqual(Array(6).fill("low"));
  });
});

describe("changes that intruders make", () => {
  const change = (id: number, data: Record<string, string>): SecurityEvent => ({
    time: at(4, 3),
    computer: DC,
    id,
    data: {
      SubjectUserName: "anna",
      SubjectDomainName: "CONTOSO",
      SubjectUserSid: "S-1-5-21-1-2-3-1100",
      TargetUserName: "DC01$",
      TargetDomainName: "CONTOSO",
      ...data,
    },
  });
  const NOBODY = { SubjectUserSid: "S-1-5-7", SubjectUserName: "ANONYMOUS LOGON" };

  it.each([
    [
      "a computer's password by nobody",
      change(4742, { ...NOBODY, PasswordLastSet: "1/1/2023" }),
      ["critical"],
      "DC01$",
    ],
    [
      "a computer without its $",
      change(4742, { TargetUserName: "X$", SamAccountName: "dc01" }),
      ["high"],
      "anna",
    ],
    ["a domain controller's password by a person", change(4724, {}), ["medium"], "anna"],
    ["a workstation's password by a help desk", change(4724, { TargetUserName: "WS7$" }), ["low"], "anna"],
    [
      "rights of domain administrators in a history",
      change(4765, { TargetUserName: "bert", SourceSid: "S-1-5-21-9-9-9-512" }),
      ["high"],
      "bert",
    ],
    ["the recovery password", change(4794, { Status: "0x0", TargetUserName: "" }), ["medium"], "anna"],
    [
      "a computer that changes its own password",
      change(4742, {
        SubjectUserName: "DC01$",
        SubjectUserSid: "S-1-5-18",
        PasswordLastSet: "1/1/2023",
        SamAccountName: "-",
      }),
      [],
      "",
    ],
    [
      "a user account with a computer's name",
      change(4720, { TargetUserName: "WS07$", SamAccountName: "WS07$" }),
      ["medium"],
      "WS07$",
    ],
    ["a user account", change(4720, { TargetUserName: "bert", SamAccountName: "bert" }), [], ""],
    ["a person's password", change(4724, { TargetUserName: "bert" }), [], ""],
  ])("%s", async (_, event, severities, account) => {
    const findings = await run([event]);
    expect(findings.map(({ severity }) => severity)).toEqual(severities);
    if (findings.length > 0) expect(findings[0]?.entities[0]?.value).toBe(`CONTOSO\\${account}`);
  });

  it("says not tested without any such event", async () => {
    const { notTested } = await evaluate();
    expect(notTested).toContain("no security log");
  });
});
