import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/log-tampering/index.js";
import { classifyLinux } from "../../../src/detect/log-tampering/linux.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

const PERSON = { auid: "1000", AUID: "eve", exe: "/usr/bin/x", success: "yes" };
const command = (command_line: string, who: Record<string, string> = PERSON) =>
  classifyLinux({ event_id: 1309, data: {}, context: { ...who, command_line } });
const file = (
  name: string,
  call: string,
  more: Record<string, string> = {},
  nametype = "NORMAL",
  flags = 0,
) =>
  classifyLinux({
    event_id: 1302,
    data: { name, nametype },
    context: { ...PERSON, SYSCALL: call, cwd: "/var/log", ...more },
    flags,
  });

describe("commands about the logs of Linux", () => {
  it.each([
    ["rm -f /var/log/wtmp", "cleared"],
    ["rm -rf /home/eve/.bash_history", "cleared"],
    ["rm .bash_history", "cleared"],
    ["shred -u /root/.zsh_history", "cleared"],
    ["truncate -s 0 /var/log/auth.log", "cleared"],
    ["sh -c echo > /var/log/lastlog", "cleared"],
    ["bash -c cat /dev/null >/var/log/btmp; exit", "cleared"],
    ["dd if=/dev/zero of=/var/log/secure bs=1 count=9", "cleared"],
    ["ln -sf /dev/null /root/.bash_history", "cleared"],
    ["rm -rf /var/log/*", "cleared"],
    ["sed -i /203.0.113.7/d /var/log/auth.log", "rewritten"],
    ["utmpdump -r /tmp/w -o /var/log/wtmp", "rewritten"],
    ["bash -c history -c && exit", "cleared"],
    ["bash -c unset HISTFILE; id", "policy"],
    ["sh -c export HISTFILE=/dev/null", "policy"],
    ["auditctl -e 0", "policy"],
    ["auditctl -D", "policy"],
    ["systemctl stop rsyslog", "stopped"],
    ["systemctl disable --now auditd.service", "stopped"],
    ["service auditd stop", "stopped"],
    ["pkill -9 rsyslogd", "stopped"],
  ])("%s", (line, kind) => {
    expect(command(line)).toMatchObject({ kind, harmless: "" });
  });

  it.each([
    "rm /var/log/auth.log.1",
    "rm -f /var/log/wtmp-20240301.gz",
    "rm -rf /var/log/myapp",
    "rm /home/eve/notes.txt",
    "cat /var/log/wtmp",
    "grep -i failed /var/log/auth.log",
    "sh -c echo started >> /var/log/messages",
    "sh -c make 2> /var/log/syslog.build",
    "tail -f /var/log/secure",
    "utmpdump /var/log/wtmp",
    "auditctl -l",
    "auditctl -w /etc/passwd -p wa -k identity",
    "systemctl restart rsyslog",
    "systemctl status auditd",
    "service auditd restart",
    "systemctl stop cups",
    "/usr/sbin/logrotate /etc/logrotate.conf",
    "vi .bash_history_notes",
    "",
  ])("is nothing: %s", (line) => {
    expect(command(line)).toBeUndefined();
  });

  it("a job of the system frees logs", () => {
    expect(command("rm -f /var/log/wtmp", { auid: "4294967295" })?.harmless).toMatch(/nobody was logged on/);
    expect(command("journalctl --vacuum-size=100M")?.harmless).toMatch(/disk space/);
  });

  it.each([
    ["rm ", 100_000],
    ["rm -r -", 50_000],
    ["systemctl stop a ", 50_000],
    ["> ", 100_000],
    ["/", 200_000],
    ["auditctl -x ", 50_000],
    ["\u0000'\"; --", 50_000],
  ])("reads what is made of %j however often", (piece, times) => {
    expect(command(piece.repeat(times))).toBeUndefined();
  });
});

describe("files of Linux hosts", () => {
  it("a log that is deleted, cut, or opened to be written anew; not one that is read, appended to or rotated", () => {
    expect(file("/var/log/wtmp", "unlinkat", {}, "DELETE")).toMatchObject({
      kind: "cleared",
      log: "/var/log/wtmp",
    });
    expect(file("wtmp", "unlink", {}, "DELETE")?.log).toBe("/var/log/wtmp");
    expect(file("/var/log/auth.log", "truncate")?.kind).toBe("cleared");
    expect(file("/var/log/wtmp", "openat", { exe: "/bin/bash" }, "NORMAL", 0x241)?.kind).toBe("cleared");
    expect(file("/var/log/wtmp", "openat", { exe: "/usr/sbin/sshd" }, "NORMAL", 0x401)).toBeUndefined();
    expect(file("/var/log/wtmp", "openat")).toBeUndefined();
    expect(file("/var/log/wtmp", "rename", {}, "DELETE")).toBeUndefined();
    expect(file("/var/log/wtmp", "unlink", { exe: "/usr/sbin/logrotate" }, "DELETE")).toBeUndefined();
    expect(file("/var/log/wtmp", "unlink", { success: "no" }, "DELETE")).toBeUndefined();
    expect(file("/var/log/wtmp.1", "unlink", {}, "DELETE")).toBeUndefined();
  });

  it("a history that its own shell writes is none", () => {
    const home = { cwd: "/home/eve" };
    expect(file(".bash_history", "unlinkat", { ...home, exe: "/usr/bin/rm" }, "DELETE")).toMatchObject({
      kind: "cleared",
      attack: ["T1070.003"],
    });
    expect(file(".bash_history", "openat", { ...home, exe: "/bin/bash" }, "NORMAL", 0x241)).toBeUndefined();
    expect(file(".bash_history", "openat", { ...home, exe: "/usr/bin/python3" }, "NORMAL", 0x241)?.kind).toBe(
      "cleared",
    );
  });

  it("auditing that is switched off, a rule that somebody deletes", () => {
    const change = (data: Record<string, string>) => classifyLinux({ event_id: 1305, data, context: {} });
    expect(change({ op: "set", audit_enabled: "0", old: "1", auid: "0", res: "1" })?.kind).toBe("policy");
    expect(change({ op: "set", audit_enabled: "1", old: "0", auid: "0", res: "1" })).toBeUndefined();
    expect(change({ op: "remove_rule", auid: "1000", res: "1" })?.kind).toBe("policy");
    expect(change({ op: "remove_rule", auid: "4294967295", res: "1" })).toBeUndefined();
    expect(change({ op: "remove_rule", auid: "1000", res: "0" })).toBeUndefined();
  });
});

describe.each(ENGINES)("log-tampering on Linux hosts: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());

  const audit = (
    id: number,
    data: Record<string, string>,
    context: Record<string, string> = {},
    seconds = 0,
    recordId = `${id}-${seconds}`,
  ): MadeEvent => ({
    ...{ id, data, context, recordId, host: "web01", channel: "auditd", provider: "auditd" },
    time: later(seconds),
  });
  const find = async (events: readonly MadeEvent[]) => {
    await world.store(events);
    return (await world.run(detector)).findings;
  };

  it("a history deleted, and wtmp opened to be emptied: one finding of both, with who did it", async () => {
    const found = await find([
      audit(1309, {}, { ...PERSON, command_line: "rm -f /home/eve/.bash_history" }),
      audit(1300, { SYSCALL: "openat", a1: "7ffe", a2: "241" }, {}, 60, "77"),
      audit(
        1302,
        { name: "/var/log/wtmp", nametype: "NORMAL" },
        { ...PERSON, SYSCALL: "openat", exe: "/bin/bash" },
        60,
        "77",
      ),
      audit(1300, { SYSCALL: "openat", a1: "7ffe", a2: "402" }, {}, 90, "78"),
      audit(
        1302,
        { name: "/var/log/lastlog", nametype: "NORMAL" },
        { ...PERSON, SYSCALL: "openat", exe: "/usr/sbin/sshd" },
        90,
        "78",
      ),
    ]);
    expect(told(found)).toEqual(["high: Event logs cleared: web01"]);
    expect(found[0]).toMatchObject({
      attack: ["T1070.003", "T1070.002"],
      facts: { signs: 2, accounts: ["eve"], logs: ["/home/eve/.bash_history", "/var/log/wtmp"] },
    });
  });

  it("auditing switched off beside a cleared log is graver; rules that are loaded anew and services that are restarted are nothing", async () => {
    expect(
      told(
        await find([
          audit(1305, { op: "remove_rule", auid: "1000", res: "1" }, {}, 0),
          audit(1305, { op: "add_rule", auid: "1000", res: "1" }, {}, 2),
          audit(1131, { unit: "rsyslog" }, {}, 3_000),
          audit(1130, { unit: "rsyslog" }, {}, 3_010),
          audit(1131, { unit: "rsyslog" }, {}, 7_000),
          audit(1128, {}, {}, 7_020),
          audit(1201, { auid: "1000" }, {}, 7_010),
        ]),
      ),
    ).toEqual([]);
    await world.clear();
    expect(
      told(
        await find([
          audit(1305, { op: "set", audit_enabled: "0", old: "1", auid: "1000", res: "1" }),
          audit(1131, { unit: "rsyslog" }, {}, 20),
          audit(1309, {}, { ...PERSON, command_line: "truncate -s0 /var/log/auth.log" }, 30),
        ]),
      ),
    ).toEqual([
      "critical: Event logs cleared: web01",
      "high: Audit or logging policy weakened: web01",
      "high: Event log service stopped or crashed: web01",
    ]);
  });

  it("a job that nobody was logged on for is one step lower", async () => {
    expect(
      told(
        await find([audit(1309, {}, { auid: "4294967295", command_line: "truncate -s 0 /var/log/wtmp" })]),
      ),
    ).toEqual(["medium: Event logs cleared: web01"]);
  });
});
