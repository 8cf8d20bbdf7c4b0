import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/lateral-movement/index.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, later, told, WindowsWorld } from "../windows/world.js";
import { days, opens } from "./events.js";

/** Synthetic records of a sensor on the network. Times are seconds after the beginning of the world. */
type Row = Record<string, string | number>;
const at = (seconds: number, from: string, to: string, row: Row): Row => ({
  batch_id: "b",
  source_id: "wire",
  address_realm: "default",
  product: "zeek",
  time: later(seconds),
  src_endpoint_ip: from,
  dst_endpoint_ip: to,
  ...row,
});
const maps = (seconds: number, share: string, row: Row = {}): Row =>
  at(seconds, "10.1.0.5", "10.1.0.6", {
    protocol: "smb",
    operation: "mapping",
    share,
    connection_uid: "C1",
    ...row,
  });
const calls = (seconds: number, endpoint: string, operation: string, row: Row = {}): Row =>
  at(seconds, "10.1.0.5", "10.1.0.6", {
    protocol: "dce_rpc",
    endpoint,
    operation,
    connection_uid: "C1",
    ...row,
  });
const logsOn = (seconds: number, user_name: string, status = "Success"): Row =>
  at(seconds, "10.1.0.5", "10.1.0.6", {
    ...{
      protocol: "ntlm",
      operation: "logon",
      user_name,
      user_domain: "CONTOSO",
      status,
      connection_uid: "C1",
    },
  });
const asks = (seconds: number, user_name: string, service_name: string, from = "10.1.0.5"): Row =>
  at(seconds, from, "10.1.0.1", {
    ...{ protocol: "kerberos", operation: "TGS", user_name, user_domain: "CONTOSO.LOCAL", service_name },
    status: "Success",
  });

/** Two hosts and a connection of their own. */
const between = (number: number): Row => ({
  src_endpoint_ip: `10.1.${number}.5`,
  dst_endpoint_ip: `10.1.${number}.6`,
  connection_uid: `D${number}`,
});

describe.each(ENGINES)("lateral-movement on the wire in $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  beforeEach(async () => {
    await world.clear();
    for (const table of ["remote_access_activity", "network_activity"])
      await world.opened.store.command(`TRUNCATE TABLE ${table}`);
  });
  afterAll(() => world.close());

  const store = (rows: readonly Row[], table = "remote_access_activity") =>
    world.opened.store.insert(
      table,
      rows.map((row, index) => ({ ...row, source_line: index + 1 })),
    );
  async function run(rows: readonly Row[], flows: readonly Row[] = []) {
    await store(rows);
    if (flows.length > 0) await store(flows, "network_activity");
    return (await world.run(detector)).findings;
  }
  const meansOf = (findings: Awaited<ReturnType<typeof run>>) => findings.map(({ facts }) => facts.means);

  it("tells a service made over a share, as whom, with the line of the log", async () => {
    const [finding, ...others] = await run([
      logsOn(9, "anna"),
      maps(10, "\\\\SRV6\\ADMIN$"),
      maps(11, "\\\\SRV6\\ADMIN$", { operation: "FILE_WRITE", file_name: "x.exe" }),
      calls(12, "svcctl", "CreateServiceW"),
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: "medium", attack: ["T1021.002", "T1569.002", "T1570"] });
    expect(finding?.facts).toMatchObject({
      hosts: ["10.1.0.5", "10.1.0.6"],
      accounts: ["CONTOSO\\anna"],
      means: ["copy", "service", "share"],
    });
    expect(finding?.evidence[0]).toMatchObject({ table: "remote_access_activity", source_id: "wire" });
  });

  it("tells tasks, WMI, the registry and the replication of a domain", async () => {
    const findings = await run([
      calls(10, "ITaskSchedulerService", "SchRpcRegisterTask", between(1)),
      calls(10, "IWbemServices", "ExecMethod", between(2)),
      calls(10, "winreg", "BaseRegSetValue", between(3)),
      calls(10, "drsuapi", "DRSGetNCChanges", between(4)),
    ]);
    expect(meansOf(findings).sort()).toEqual([["registry"], ["replication"], ["task"], ["wmi"]]);
  });

  it("is silent on ordinary traffic", async () => {
    const computer = between(6);
    const failed = between(7);
    const findings = await run([
      ...["IPC$", "SYSVOL", "NETLOGON", "print$", "Documents"].map((share) =>
        maps(10, `\\\\DC1\\${share}`, between(1)),
      ),
      // What monitoring, inventories and scanners do is reading.
      calls(10, "svcctl", "EnumServicesStatusExW", between(2)),
      calls(11, "winreg", "BaseRegQueryValue", between(2)),
      calls(12, "IWbemServices", "ExecQuery", between(2)),
      calls(13, "ITaskSchedulerService", "SchRpcEnumTasks", between(2)),
      // Each logon looks names up.
      calls(10, "samr", "SamrConnect5", between(3)),
      calls(11, "samr", "SamrEnumerateDomainsInSamServer", between(3)),
      calls(12, "lsarpc", "LsarEnumerateTrustedDomains", between(3)),
      calls(10, "spoolss", "RpcAddPrinterDriverEx", between(4)),
      // Controllers replicate: who gives tickets is one.
      asks(5, "anna", "cifs/x", "10.1.0.9"),
      calls(10, "drsuapi", "DRSGetNCChanges", { ...between(5), src_endpoint_ip: "10.1.0.1" }),
      { ...logsOn(9, "SCCM1$"), ...computer },
      calls(10, "svcctl", "CreateServiceW", computer),
      { ...logsOn(9, "anna", "Failure"), ...failed },
      calls(10, "svcctl", "CreateServiceW", failed),
    ]);
    expect(findings.map(({ title }) => title)).toEqual([]);
  });

  it("sees one host take control of others as different people", async () => {
    const first = { ...between(1), src_endpoint_ip: "10.1.0.5" };
    const second = { ...between(2), src_endpoint_ip: "10.1.0.5" };
    const [finding, ...others] = await run([
      { ...logsOn(9, "anna"), ...first },
      calls(10, "svcctl", "CreateServiceW", first),
      { ...logsOn(1200, "boris"), ...second },
      calls(1201, "svcctl", "CreateServiceW", second),
    ]);
    expect(others).toEqual([]);
    expect(finding?.facts.traits).toContain("change of credentials");
    expect(finding?.components.find(({ name }) => name === "change of credentials")?.value).toBe(0.6);
  });

  it("takes lists of accounts for a burst from three kinds on, and tells them with what else is done only", async () => {
    const lists = ["SamrEnumerateUsersInDomain", "SamrGetMembersInAlias", "NetrSessionEnum"].map(
      (operation, n) => calls(10 + n, "samr", operation),
    );
    expect(told(await run([...lists]))).toEqual([]);
    const findings = await run([calls(20, "svcctl", "CreateServiceW")]);
    expect(meansOf(findings)).toEqual([["listing", "service"]]);
    expect(findings[0]?.attack).toContain("T1087.002");
  });

  it("knows WinRM by the ticket before it, and event forwarding by the computer that asks", async () => {
    const flow = (seconds: number) =>
      at(seconds, "10.1.0.5", "10.1.0.6", { dst_endpoint_port: 5985, answered: 1, traffic_bytes_in: 900 });
    const [finding, ...others] = await run([asks(10, "anna", "HTTP/SRV6")], [flow(11)]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ attack: ["T1021.006"], facts: { accounts: ["CONTOSO.LOCAL\\anna"] } });
    expect(finding?.evidence[0]).toMatchObject({ table: "network_activity" });
    await world.opened.store.command("TRUNCATE TABLE remote_access_activity");
    expect(await run([asks(10, "WS5$", "HTTP/WEC")])).toEqual([]);
    await world.opened.store.command("TRUNCATE TABLE remote_access_activity");
    expect(await run([asks(10 - 3600, "anna", "HTTP/SRV6")])).toEqual([]);
  });

  it("has one step for what an event log and the network tell of one act", async () => {
    const { hosts } = await commonRealm("default", ["A-ws5", "A-srv6"]);
    await world.store([opens("A-srv6", 10, "ADMIN$", "x.exe", { from: "10.1.0.1" })]);
    await store([
      { ...maps(11, "\\\\A-SRV6\\ADMIN$"), src_endpoint_ip: "10.1.0.1", dst_endpoint_ip: "10.1.0.2" },
      { ...calls(12, "svcctl", "CreateServiceW"), src_endpoint_ip: "10.1.0.1", dst_endpoint_ip: "10.1.0.2" },
    ]);
    const { findings } = await world.run(detector, hosts === undefined ? {} : { hosts });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).toMatchObject({
      hosts: ["a-ws5", "a-srv6"],
      accounts: ["CONTOSO\\anna"],
      steps: 1,
      means: ["copy", "service", "share"],
    });
  });

  it("counts for little what is done so day after day", async () => {
    const rows = Array.from({ length: 8 }, (_, day) => calls(days(day), "svcctl", "CreateServiceW"));
    expect(told(await run(rows))).toEqual([]);
  });

  it("reads what nobody would name so", async () => {
    const [finding] = await run([
      logsOn(9, "'; DROP TABLE x; -- \u0000"),
      maps(10, `\\\\${"a'\"\u0000".repeat(200)}\\C$`, { operation: "FILE_WRITE", file_name: "<script>.exe" }),
      calls(11, "svcctl", "CreateServiceW"),
    ]);
    expect(finding?.facts.means).toEqual(["copy", "service"]);
  });
});
