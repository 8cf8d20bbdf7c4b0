import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { ENGINES, type TestStore } from "../support/stores.js";

const SYSMON = "Microsoft-Windows-Sysmon/Operational";

/** Synthetic events, told by channel, id and what they say. */
const EVENTS: [channel: string, provider: string, id: number, data: Record<string, string>][] = [
  [
    SYSMON,
    "Microsoft-Windows-Sysmon",
    1,
    {
      ProcessGuid: "{P}",
      ProcessId: "4660",
      Image: "C:\\a.exe",
      CommandLine: "a.exe -x",
      User: "LAB\\eve",
      ParentProcessGuid: "{Q}",
      ParentProcessId: "12",
      ParentImage: "C:\\p.exe",
      ParentCommandLine: "p",
      Hashes: "SHA256=00",
    },
  ],
  [
    "Security",
    "Microsoft-Windows-Security-Auditing",
    4688,
    {
      SubjectUserName: "eve",
      SubjectDomainName: "LAB",
      SubjectLogonId: "0x3e7",
      NewProcessId: "0x1234",
      NewProcessName: "C:\\a.exe",
      ProcessId: "0xc",
      ParentProcessName: "C:\\p.exe",
      CommandLine: "a.exe -x",
    },
  ],
  // The same number in another channel is no process.
  ["Application", "Other", 1, { Image: "C:\\no.exe" }],
  [SYSMON, "Microsoft-Windows-Sysmon", 7, { Image: "C:\\a.exe", ImageLoaded: "C:\\v.dll", Signed: "false" }],
  [
    SYSMON,
    "Microsoft-Windows-Sysmon",
    27,
    { Image: "C:\\a.exe", TargetFilename: "C:\\x.exe", Hashes: "MD5=1" },
  ],
  [
    SYSMON,
    "Microsoft-Windows-Sysmon",
    13,
    { EventType: "SetValue", Image: "C:\\a.exe", TargetObject: "HKU\\Run\\x", Details: "C:\\x.exe" },
  ],
  [
    "Security",
    "Microsoft-Windows-Security-Auditing",
    4625,
    {
      TargetUserName: "admin",
      TargetDomainName: "LAB",
      LogonType: "3",
      IpAddress: "192.0.2.7",
      IpPort: "50000",
      Status: "0xc000006d",
      SubStatus: "0xc000006a",
      WorkstationName: "EVIL",
    },
  ],
  [
    "System",
    "Service Control Manager",
    7045,
    { ServiceName: "svc", ImagePath: "C:\\s.exe", StartType: "auto start", AccountName: "LocalSystem" },
  ],
  [
    "Security",
    "Microsoft-Windows-Security-Auditing",
    4698,
    {
      TaskName: "\\Up",
      SubjectUserName: "eve",
      TaskContent: "<Exec><Command>cmd</Command><Arguments>/c a &gt; b</Arguments></Exec>",
    },
  ],
  ["Security", "Microsoft-Windows-Eventlog", 1102, { SubjectUserName: "eve", SubjectUserSid: "S-1-5-21-1" }],
  ["System", "Microsoft-Windows-Eventlog", 104, { Channel: "Application", SubjectUserName: "eve" }],
];

const schema = ["004-windows.sql", "005-windows-classes.sql"].flatMap((name) =>
  readFileSync(join(packageRoot, "src/store/schema", name), "utf8")
    .replaceAll(/^--.*$|^\s+--.*$/gm, "")
    .split(";")
    .filter((statement) => statement.trim() !== ""),
);

describe.each(ENGINES)("what the classes say of Windows events: $name", ({ open }) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await open();
    // Twice, as whenever a case is opened.
    for (const statement of [...schema, ...schema]) await opened.store.command(statement);
    await opened.store.insert(
      "windows_event",
      EVENTS.map(([channel, provider, event_id, data], index) => ({
        batch_id: "b",
        source_id: "s",
        source_line: index + 1,
        sensor_id: "default",
        address_realm: "default",
        product: "evtx",
        time: "2024-03-01 12:00:00.000001",
        channel,
        provider,
        event_id,
        computer: "HOST-1",
        level: 4,
        user_sid: "S-1-5-18",
        data,
      })),
    );
  });
  afterAll(() => opened.close());

  const rows = (view: string, columns: string) =>
    opened.store.query<Record<string, unknown>>(
      `SELECT ${columns}, device_hostname AS host FROM ${view} ORDER BY source_line`,
    );

  it("processes, by either log in one form", async () => {
    const common = {
      activity: "Launch",
      process_pid: 4660,
      process_file_path: "C:\\a.exe",
      process_cmd_line: "a.exe -x",
      user_name: "LAB\\eve",
      parent_process_pid: 12,
      parent_process_file_path: "C:\\p.exe",
      host: "HOST-1",
    };
    expect(
      await rows(
        "process_activity",
        "metadata_event_code, activity, process_uid, process_pid, process_file_path, process_cmd_line, user_name, parent_process_pid, parent_process_file_path",
      ),
    ).toEqual([
      { metadata_event_code: 1, process_uid: "{P}", ...common },
      { metadata_event_code: 4688, process_uid: "", ...common },
    ]);
  });

  it.each([
    [
      "module_activity",
      "module_file_path, module_signed, is_driver",
      [{ module_file_path: "C:\\v.dll", module_signed: "false", is_driver: 0 }],
    ],
    [
      "host_file_activity",
      "activity, action, file_path",
      [{ activity: "Create", action: "Denied", file_path: "C:\\x.exe" }],
    ],
    [
      "registry_activity",
      "activity, registry_path, registry_value_data",
      [{ activity: "SetValue", registry_path: "HKU\\Run\\x", registry_value_data: "C:\\x.exe" }],
    ],
    [
      "authentication",
      "activity, status, status_code, logon_type, user_name, src_endpoint_ip, src_endpoint_port, src_endpoint_hostname",
      [
        {
          activity: "Logon",
          status: "Failure",
          status_code: "0xc000006a",
          logon_type: 3,
          user_name: "admin",
          src_endpoint_ip: "::ffff:192.0.2.7",
          src_endpoint_port: 50_000,
          src_endpoint_hostname: "EVIL",
        },
      ],
    ],
    [
      "service_activity",
      "activity, service_name, service_file_path, service_account, user_sid",
      [
        {
          activity: "Create",
          service_name: "svc",
          service_file_path: "C:\\s.exe",
          service_account: "LocalSystem",
          user_sid: "S-1-5-18",
        },
      ],
    ],
    [
      "scheduled_job_activity",
      "activity, job_name, job_cmd_line, user_name",
      [{ activity: "Create", job_name: "\\Up", job_cmd_line: "cmd /c a > b", user_name: "eve" }],
    ],
    [
      "log_activity",
      "activity, log_name, user_name",
      [
        { activity: "Clear", log_name: "Security", user_name: "eve" },
        { activity: "Clear", log_name: "Application", user_name: "eve" },
      ],
    ],
  ])("%s", async (view, columns, expected) => {
    expect(await rows(view, columns)).toEqual(expected.map((row) => ({ ...row, host: "HOST-1" })));
  });

  it("is said of committed batches only", async () => {
    opened.store.setVisible({ batches: ["other"] });
    expect(await rows("process_activity", "activity")).toEqual([]);
    opened.store.setVisible({ batches: ["b"] });
    expect(await rows("process_activity", "activity")).toHaveLength(2);
  });
});
