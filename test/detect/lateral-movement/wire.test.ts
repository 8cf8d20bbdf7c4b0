import { expect } from "vitest";
import type { Finding } from "../../../src/model/finding.js";
import { later } from "../windows/world.js";
import { type Case, judgeCases, type Row } from "./cases.js";
import { days, opens } from "./events.js";

/** A synthetic record of a sensor on the network. Times are seconds after the beginning of the world. */
const at = (seconds: number, from: string, to: string, row: Row): Row => ({
  batch_id: "b",
  source_id: "wire",
  product: "zeek",
  time: later(seconds),
  src_endpoint_ip: from,
  dst_endpoint_ip: to,
  ...row,
});
const CONNECTION = { connection_uid: "C1" };
const maps = (seconds: number, share: string, row: Row = {}): Row =>
  at(seconds, "10.1.0.5", "10.1.0.6", {
    ...{ protocol: "smb", operation: "mapping", share, ...CONNECTION },
    ...row,
  });
const writes = (seconds: number, file_name: string, row: Row = {}): Row =>
  maps(seconds, "\\\\SRV6\\ADMIN$", { operation: "FILE_OPEN", file_name, ...row });
const calls = (seconds: number, endpoint: string, operation: string, row: Row = {}): Row =>
  at(seconds, "10.1.0.5", "10.1.0.6", { protocol: "dce_rpc", endpoint, operation, ...CONNECTION, ...row });
const logsOn = (seconds: number, user_name: string, row: Row = {}): Row =>
  at(seconds, "10.1.0.5", "10.1.0.6", {
    ...{ protocol: "ntlm", operation: "logon", user_name, user_domain: "CONTOSO", status: "Success" },
    ...CONNECTION,
    ...row,
  });
const asks = (seconds: number, user_name: string, service_name: string, from = "10.1.0.5"): Row =>
  at(seconds, from, "10.1.0.1", {
    ...{ protocol: "kerberos", operation: "TGS", user_name, user_domain: "CONTOSO.LOCAL", service_name },
    status: "Success",
  });
const flow = (seconds: number, from = "10.1.0.5", to = "10.1.0.6"): Row =>
  at(seconds, from, to, { dst_endpoint_port: 5985, answered: 1, traffic_bytes_in: 900 });

/** Two hosts and a connection of their own. */
const between = (number: number): Row => ({
  src_endpoint_ip: `10.1.${number}.5`,
  dst_endpoint_ip: `10.1.${number}.6`,
  connection_uid: `D${number}`,
});
/** From one host to another that it never reached, in a connection of its own. */
const toNew = (number: number): Row => ({
  dst_endpoint_ip: `10.2.${number}.9`,
  connection_uid: `N${number}`,
});
/** The help desk mends a computer: with its own account from its own host, by a program that it brings along. */
const mends = (day: number, number: number, row: Row = {}): Row[] => [
  logsOn(days(day), "desk", { ...toNew(number), ...row }),
  writes(days(day) + 1, "mend.exe", { ...toNew(number), ...row }),
  calls(days(day) + 2, "svcctl", "CreateServiceW", { ...toNew(number), ...row }),
];
const WEEKS = Array.from({ length: 30 }, (_, day) => day).filter((day) => day % 7 < 5);

const silent = (...rows: Row[]): Case => ({ rows, told: [] });
const accountsOf = ([finding]: readonly Finding[]) => finding?.facts.accounts;

judgeCases("lateral-movement on the wire", {
  "a service made over a share, as whom, with the line of the log": {
    rows: [
      logsOn(9, "anna"),
      maps(10, "\\\\SRV6\\ADMIN$"),
      writes(11, "x.exe"),
      calls(12, "svcctl", "CreateServiceW"),
    ],
    told: ["medium: copy, service, share"],
    check: ([finding]) => {
      expect(finding?.attack).toEqual(["T1021.002", "T1569.002", "T1570"]);
      expect(finding?.facts.hosts).toEqual(["10.1.0.5", "10.1.0.6"]);
      expect(finding?.facts.accounts).toEqual(["CONTOSO\\anna"]);
      expect(finding?.evidence[0]).toMatchObject({ table: "remote_access_activity", source_id: "wire" });
    },
  },
  "tasks, WMI, the registry and the replication of a domain": {
    rows: [
      calls(10, "ITaskSchedulerService", "SchRpcRegisterTask", between(1)),
      calls(10, "IWbemServices", "ExecMethod", between(2)),
      calls(10, "winreg", "BaseRegSetValue", between(3)),
      calls(10, "drsuapi", "DRSGetNCChanges", between(4)),
    ],
    told: ["low: registry", "low: wmi_call", "medium: replication", "medium: task"],
  },
  "one host that takes control of others as different people": {
    rows: [
      logsOn(9, "anna", toNew(1)),
      calls(10, "svcctl", "CreateServiceW", toNew(1)),
      logsOn(1200, "boris", toNew(2)),
      calls(1201, "svcctl", "CreateServiceW", toNew(2)),
    ],
    told: ["medium: service"],
    check: ([finding]) =>
      expect(finding?.components.find(({ name }) => name === "change of credentials")?.value).toBe(0.6),
  },
  "no share for users, no printer's, no policy": silent(
    ...["IPC$", "SYSVOL", "NETLOGON", "print$", "Documents"].map((share) => maps(10, `\\\\DC1\\${share}`)),
    calls(10, "spoolss", "RpcAddPrinterDriverEx"),
  ),
  "no reading, as monitoring, inventories and scanners do": silent(
    calls(10, "svcctl", "EnumServicesStatusExW"),
    calls(11, "winreg", "BaseRegQueryValue"),
    calls(12, "IWbemServices", "ExecQuery"),
    calls(13, "ITaskSchedulerService", "SchRpcEnumTasks"),
  ),
  "no program that is read, as backups do": silent(
    ...Array.from({ length: 5 }, (_, n) => writes(10 + n, `System32\\${n}.exe`, { file_size: 4096 })),
  ),
  "no look-ups of names, which each logon makes": silent(
    calls(10, "samr", "SamrConnect5"),
    calls(11, "samr", "SamrEnumerateDomainsInSamServer"),
    calls(12, "lsarpc", "LsarEnumerateTrustedDomains"),
  ),
  "no replication by who gives tickets": silent(
    asks(5, "anna", "cifs/x", "10.1.0.9"),
    calls(10, "drsuapi", "DRSGetNCChanges", { src_endpoint_ip: "10.1.0.1" }),
  ),
  "no replication by a controller of which the sensor sees no ticket": silent(
    calls(10, "drsuapi", "DRSGetNCChanges"),
    calls(20, "drsuapi", "DRSGetNCChanges", { src_endpoint_ip: "10.1.0.6", dst_endpoint_ip: "10.1.0.5" }),
  ),
  "no computer's own account, by NTLM": silent(logsOn(9, "SCCM1$"), calls(10, "svcctl", "CreateServiceW")),
  "no computer's own account, by its ticket": silent(
    asks(8, "SCCM1$", "cifs/WS6.contoso.local"),
    writes(9, "ccmsetup.exe"),
    calls(10, "svcctl", "CreateServiceW"),
  ),
  "no logon that failed": silent(
    logsOn(9, "anna", { status: "Failure" }),
    calls(10, "svcctl", "CreateServiceW"),
  ),
  "a person's ticket, though the computer asks for one as well": {
    rows: [asks(5, "anna", "cifs/SRV6"), asks(8, "WS5$", "cifs/DC1"), calls(10, "svcctl", "CreateServiceW")],
    told: ["medium: service"],
    check: (findings) => expect(accountsOf(findings)).toEqual(["CONTOSO.LOCAL\\anna"]),
  },
  "one account where two asked at one moment, in one order": {
    rows: [
      asks(5, "anna", "cifs/SRV6"),
      asks(5, "boris", "cifs/SRV6"),
      calls(10, "svcctl", "CreateServiceW"),
    ],
    check: (findings) => expect(accountsOf(findings)).toEqual(["CONTOSO.LOCAL\\anna"]),
  },
  "one account where two asked at one moment, in the other order": {
    rows: [
      calls(10, "svcctl", "CreateServiceW"),
      asks(5, "boris", "cifs/SRV6"),
      asks(5, "anna", "cifs/SRV6"),
    ],
    check: (findings) => expect(accountsOf(findings)).toEqual(["CONTOSO.LOCAL\\anna"]),
  },
  "a service whose start is changed, as low": {
    rows: [calls(10, "svcctl", "ChangeServiceConfigW"), calls(11, "svcctl", "StartServiceW")],
    told: ["low: service_pipe"],
  },
  "a scanner with an administrator's account, as low, however many hosts": {
    rows: Array.from({ length: 30 }, (_, n) => [
      logsOn(60 * n, "scanner", toNew(n)),
      maps(60 * n + 1, "\\\\WS\\ADMIN$", toNew(n)),
      calls(60 * n + 2, "svcctl", "StartServiceW", toNew(n)),
      calls(60 * n + 3, "winreg", "BaseRegQueryValue", toNew(n)),
      calls(60 * n + 4, "IWbemServices", "ExecMethod", toNew(n)),
    ]).flat(),
    told: ["low: service_pipe, share, wmi_call"],
  },
  "a host known by a domain and a name in the cookie of its remote desktop": {
    rows: [
      at(5, "10.1.0.5", "10.1.0.6", { protocol: "rdp", operation: "logon", user_name: "CO\\anna" }),
      logsOn(9, "anna"),
      calls(10, "svcctl", "CreateServiceW"),
    ],
    told: ["medium: desktop, service"],
    check: ([finding]) => expect(finding?.facts.steps).toBe(1),
  },
  "no lists of accounts alone": silent(
    ...["SamrEnumerateUsersInDomain", "SamrGetMembersInAlias", "NetrSessionEnum"].map((operation, n) =>
      calls(10 + n, "samr", operation),
    ),
  ),
  "lists of accounts with what else is done, from three kinds on": {
    rows: [
      ...["SamrEnumerateUsersInDomain", "SamrGetMembersInAlias", "NetrSessionEnum"].map((operation, n) =>
        calls(10 + n, "samr", operation),
      ),
      calls(20, "svcctl", "CreateServiceW"),
      calls(10, "samr", "SamrEnumerateUsersInDomain", between(1)),
      calls(11, "samr", "SamrGetMembersInAlias", between(1)),
      calls(20, "svcctl", "CreateServiceW", between(1)),
    ],
    told: ["medium: listing, service", "medium: service"],
    check: (findings) => expect(findings.flatMap(({ attack }) => attack)).toContain("T1087.002"),
  },
  "WinRM by the ticket before it": {
    rows: [asks(10, "anna", "HTTP/SRV6")],
    flows: [flow(11)],
    told: ["low: winrm"],
    check: ([finding]) => {
      expect(finding).toMatchObject({ attack: ["T1021.006"], facts: { accounts: ["CONTOSO.LOCAL\\anna"] } });
      expect(finding?.evidence[0]).toMatchObject({ table: "network_activity" });
    },
  },
  "no event forwarding, which asks as the computer": {
    rows: [asks(10, "WS5$", "HTTP/WEC")],
    flows: [flow(11)],
    told: [],
  },
  "no WinRM long after the ticket": {
    rows: [asks(10 - 3600, "anna", "HTTP/SRV6")],
    flows: [flow(11)],
    told: [],
  },
  "no collector of events, though people ask for tickets of its kind before": {
    rows: Array.from({ length: 12 }, (_, n) => asks(100 * n, "anna", "HTTP/intranet", `10.1.1.${n}`)),
    flows: Array.from({ length: 12 }, (_, n) => flow(100 * n + 1, `10.1.1.${n}`)),
    told: [],
  },
  "one step for what an event log and the network tell of one act": {
    hosts: ["A-ws5", "A-srv6"],
    events: [opens("A-srv6", 10, "ADMIN$", "x.exe", { from: "10.1.0.1" })],
    rows: [
      maps(11, "\\\\A-SRV6\\ADMIN$", { src_endpoint_ip: "10.1.0.1", dst_endpoint_ip: "10.1.0.2" }),
      calls(12, "svcctl", "CreateServiceW", { src_endpoint_ip: "10.1.0.1", dst_endpoint_ip: "10.1.0.2" }),
    ],
    told: ["medium: copy, service, share"],
    check: ([finding]) =>
      expect(finding?.facts).toMatchObject({
        hosts: ["a-ws5", "a-srv6"],
        accounts: ["CONTOSO\\anna"],
        steps: 1,
      }),
  },
  "no habit": silent(...Array.from({ length: 8 }, (_, day) => calls(days(day), "svcctl", "CreateServiceW"))),
  "no help desk that comes to ever new computers": silent(
    ...WEEKS.flatMap((day) => [...mends(day, 2 * day), ...mends(day, 2 * day + 1)]),
  ),
  "no help desk that comes once a week": silent(
    ...Array.from({ length: 7 }, (_, week) => mends(7 * week, week)).flat(),
  ),
  "no help desk of which some records do not name the account": silent(
    ...WEEKS.flatMap((day) => mends(day, day).slice(day % 7 === 3 ? 1 : 0)),
  ),
  "the help desk's account from another host": {
    rows: [...WEEKS.flatMap((day) => mends(day, day)), ...mends(22, 90, { src_endpoint_ip: "10.1.0.77" })],
    told: ["medium: copy, service"],
    check: ([finding]) => expect(finding?.facts.hosts).toEqual(["10.1.0.77", "10.2.90.9"]),
  },
  "the help desk's account by another way": {
    rows: [
      ...WEEKS.flatMap((day) => mends(day, day)),
      logsOn(days(22) + 3600, "desk", toNew(90)),
      calls(days(22) + 3601, "ITaskSchedulerService", "SchRpcRegisterTask", toNew(90)),
    ],
    told: ["medium: task"],
  },
  "what nobody would name so": {
    rows: [
      logsOn(9, "'; DROP TABLE x; -- \u0000"),
      maps(10, `\\\\${"a'\"\u0000".repeat(200)}\\C$`, { operation: "FILE_WRITE", file_name: "<script>.exe" }),
      calls(11, "svcctl", "CreateServiceW"),
    ],
    told: ["medium: copy, service"],
  },
});
