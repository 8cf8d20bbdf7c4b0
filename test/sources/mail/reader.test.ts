/** Messages and mboxes, synthetic, as rows of the engine. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "../runner.js";
import { iso, LNK, mbox, message, OLE, zip } from "./samples.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describe("a message", () => {
  test("becomes one row, with what it says and what its servers say", async () => {
    const archive = zip({ "agenda.lnk": LNK }, true);
    const outcome = await bench.read(
      "a.eml",
      message({
        subject: "=?utf-8?B?4LmA4Lij4Li34LmI4Lit4LiH?=",
        text: "Open the file.\r\nThe password is: Golden2026\r\nhttps://files.example/a?x=1.",
        fields: ["Reply-To: Office <office@freemail.example>", "X-Mailer: Test 1"],
        parts: [{ name: "agenda.zip", type: "application/zip", content: archive }],
      }),
    );
    expect(outcome).toMatchObject({ format: "eml", log: "mail", rows: { email_activity: 1 }, rejects: [] });
    expect(accounted(outcome)).toBe(outcome.lines);
    const [row] = await bench.rows(
      "email_activity",
      `product, toString(time) AS at, toString(src_endpoint_ip) AS outside, smtp_hello, smtp_from, smtp_to, email_from, email_to, email_reply_to, email_subject,
       email_message_uid, toString(email_sent_time) AS sent, arrayMap(a -> toString(a), email_received_ips) AS hops, email_auth_server, email_spf, email_dkim, email_dmarc,
       email_names_password, email_links, user_agent, email_attachments.name AS names, email_attachments.file_type AS types, email_attachments.mime_type AS mimes,
       email_attachments.size AS sizes, email_attachments.sha256 AS hashes, email_attachments.members AS members, email_attachments.traits AS traits`,
    );
    expect(row).toEqual({
      product: "mail",
      at: "2026-11-26 02:00:03.000000",
      outside: "::ffff:203.0.113.7",
      smtp_hello: "[192.168.0.9]",
      smtp_from: "bounce@news.example",
      smtp_to: ["minister@mfa.example"],
      email_from: "Office of the Minister <office@mfa.example>",
      email_to: ["desk@mfa.example"],
      email_reply_to: "Office <office@freemail.example>",
      email_subject: "เรื่อง",
      email_message_uid: "<1@news.example>",
      sent: "2026-11-26 01:59:58.000000",
      hops: ["::ffff:10.1.0.5", "::ffff:203.0.113.7"],
      email_auth_server: "mx.mfa.example",
      email_spf: "fail",
      email_dkim: "none",
      email_dmarc: "fail",
      email_names_password: 1,
      email_links: ["https://files.example/a?x=1"],
      user_agent: "Test 1",
      names: ["agenda.zip"],
      types: ["zip"],
      mimes: ["application/zip"],
      sizes: [archive.length],
      hashes: [sha256(archive)],
      members: [["agenda.lnk"]],
      traits: [["encrypted"]],
    });
  });

  const traitsOf = async (name: string, content: Buffer | string) => {
    await bench.read("a.eml", message({ parts: [{ name, content }] }));
    const [row] = await bench.rows(
      "email_activity",
      "email_attachments.name AS names, email_attachments.file_type AS types, email_attachments.members AS members, email_attachments.traits AS traits",
    );
    const { names, types, members, traits } = row as Record<string, string[]>;
    return [names?.[0], types?.[0], members?.[0], traits?.[0]];
  };

  test("shows what attachments are by their bytes", async () => {
    expect(await traitsOf("a.lnk", LNK)).toEqual(["a.lnk", "lnk", [], []]);
    expect(await traitsOf("report.pdf", "MZ harmless")).toEqual(["report.pdf", "pe", [], []]);
    expect(await traitsOf("a.iso", iso(["READ.ME", "RUN.EXE"]))).toEqual([
      "a.iso",
      "iso",
      ["READ.ME", "RUN.EXE"],
      [],
    ]);
    expect(await traitsOf("a.img", iso(["เอกสาร.lnk"], true))).toEqual(["a.img", "iso", ["เอกสาร.lnk"], []]);
    expect(await traitsOf("gpj.\u202eexe.scr", "MZ")).toEqual(["gpj.\u202eexe.scr", "pe", [], []]);
    const vba = Buffer.concat([OLE, Buffer.alloc(600), Buffer.from("_VBA_PROJECT", "utf16le")]);
    expect(await traitsOf("a.doc", vba)).toEqual(["a.doc", "ole", [], ["macro"]]);
    expect(await traitsOf("a.doc", Buffer.concat([OLE, Buffer.alloc(600)]))).toEqual([
      "a.doc",
      "ole",
      [],
      [],
    ]);
    expect(
      await traitsOf(
        "disk.vhd",
        Buffer.concat([Buffer.alloc(1024), Buffer.from("conectix"), Buffer.alloc(504)]),
      ),
    ).toEqual(["disk.vhd", "vhd", [], []]);
  });

  test("tells documents with macros and with templates elsewhere from ordinary ones", async () => {
    const types = { "[Content_Types].xml": "<Types/>" };
    const relation = (type: string, target: string) =>
      `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}" TargetMode="External"/></Relationships>`;
    expect(await traitsOf("a.docm", zip({ ...types, "word/vbaProject.bin": "x" }))).toEqual([
      "a.docm",
      "ooxml",
      [],
      ["macro"],
    ]);
    expect(
      await traitsOf(
        "a.docx",
        zip({
          ...types,
          "word/_rels/settings.xml.rels": relation("attachedTemplate", "http://evil.example/t.dotm"),
        }),
      ),
    ).toEqual(["a.docx", "ooxml", [], ["remote template"]]);
    expect(
      await traitsOf(
        "a.docx",
        zip({ ...types, "word/_rels/document.xml.rels": relation("hyperlink", "http://news.example/") }),
      ),
    ).toEqual(["a.docx", "ooxml", [], []]);
    // A template on the own disk.
    expect(
      await traitsOf(
        "a.docx",
        zip({ ...types, "word/_rels/settings.xml.rels": relation("attachedTemplate", "Normal.dotm") }),
      ),
    ).toEqual(["a.docx", "ooxml", [], []]);
    expect(await traitsOf("a.rtf", "{\\rtf1{\\*\\template http://evil.example/x}}")).toEqual([
      "a.rtf",
      "rtf",
      [],
      ["remote template"],
    ]);
  });

  test("tells a page that carries a file from one with a form", async () => {
    const smuggling = `<html><script>var b=atob("${"QUJD".repeat(600)}");var u=URL.createObjectURL(new Blob([b]));a.download="x.iso"</script></html>`;
    expect(await traitsOf("a.html", smuggling)).toEqual(["a.html", "html", [], ["smuggling"]]);
    expect(await traitsOf("a.html", "<html><script>validate(document.forms[0])</script></html>")).toEqual([
      "a.html",
      "html",
      [],
      [],
    ]);
    expect(
      await traitsOf("a.html", `<html><img src="data:image/png;base64,${"QUJD".repeat(600)}"></html>`),
    ).toEqual(["a.html", "html", [], []]);
  });

  test("that was forwarded as a file shows what was in it", async () => {
    const inner = message({ parts: [{ name: "a.lnk", content: LNK }] });
    await bench.read(
      "a.eml",
      message({ parts: [{ name: "fwd.eml", type: "application/octet-stream", content: inner }] }),
    );
    expect(await bench.rows("email_activity", "email_attachments.name AS names")).toEqual([
      { names: ["fwd.eml", "fwd.eml!/a.lnk"] },
    ]);
  });

  test.each([
    ["Password: 123456", 1],
    ["The password is infected", 1],
    ["解压密码：2026", 1],
    ["Mật khẩu: abc123", 1],
    ["Your password was changed. Reset it: https://bank.example/", 0],
    ["We never ask for your password.", 0],
    ["Password reset: https://bank.example/reset", 0],
  ])("%s", async (text, expected) => {
    await bench.read("a.eml", message({ text }));
    expect(await bench.rows("email_activity", "email_names_password AS said")).toEqual([{ said: expected }]);
  });
});

describe("what servers say of the sender", () => {
  const resultsOf = async (trace: readonly string[]) => {
    await bench.read("a.eml", message({ trace }));
    const [row] = await bench.rows(
      "email_activity",
      "email_auth_server AS server, email_spf AS spf, email_dkim AS dkim, email_dmarc AS dmarc",
    );
    return Object.values(row ?? {});
  };

  test("is what the outermost field says, and what the same server wrote beside it", async () => {
    expect(
      await resultsOf([
        "Authentication-Results: mx.example; dkim=fail header.d=x; dkim=pass header.d=y",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: other.example; spf=fail",
        "Received: from a.example (a.example [203.0.113.9]) by mx.example; Thu, 26 Nov 2026 02:00:00 +0000",
        "Authentication-Results: mx.example; spf=fail",
      ]),
    ).toEqual(["mx.example", "", "pass", "pass"]);
  });

  test("is read where no name stands, and from Received-SPF", async () => {
    expect(
      await resultsOf([
        "Authentication-Results: spf=softfail (sender IP is 203.0.113.9) smtp.mailfrom=a.example; dmarc=none",
      ]),
    ).toEqual(["", "softfail", "", "none"]);
    expect(await resultsOf(["Received-SPF: Fail (mx: not allowed) client-ip=203.0.113.9"])).toEqual([
      "",
      "fail",
      "",
      "",
    ]);
    expect(await resultsOf([])).toEqual(["", "", "", ""]);
  });
});

describe("an mbox", () => {
  test("has a row for each message, in the line in which it begins", async () => {
    const first = message({
      text: "one\r\n\r\nFrom here on nothing begins.\r\n>From x Thu Nov 26 02:00:05 2026",
    });
    const text = mbox([first, message({ parts: [{ name: "a.lnk", content: LNK }] }), message()]);
    const outcome = await bench.read("box", text);
    expect(outcome).toMatchObject({ format: "mbox", rows: { email_activity: 3 }, rejects: [] });
    expect(accounted(outcome)).toBe(outcome.lines);
    const lines = text
      .split("\n")
      .flatMap((line, index) => (line.startsWith("From bounce") ? [index + 1] : []));
    const rows = await bench.rows(
      "email_activity",
      "toUInt32(source_line) AS line, length(email_attachments) AS attachments",
    );
    expect(rows).toEqual(lines.map((line, index) => ({ line, attachments: index === 1 ? 1 : 0 })));
  });

  test.each([
    ["mbox", "box", mbox([message(), message()]), 2],
    ["eml", "a.eml", message(), 1],
  ])("may begin with a byte order mark: %s", async (format, name, text, count) => {
    const outcome = await bench.read(name, `\ufeff${text}`);
    expect(outcome).toMatchObject({ format, rows: { email_activity: count }, rejects: [] });
    expect(accounted(outcome)).toBe(outcome.lines);
    expect(
      await bench.rows("email_activity", "email_spf AS spf, toUInt32(min(source_line) OVER ()) AS line"),
    ).toEqual(Array.from({ length: count }, () => ({ spf: "fail", line: 1 })));
  });

  test("gives the time of its separator where no server wrote one", async () => {
    await bench.read("box", mbox([message({ trace: [], date: "sometime" })]));
    expect(await bench.rows("email_activity", "toString(time) AS at, email_sent_time AS sent")).toEqual([
      { at: "2026-11-26 02:00:05.000000", sent: null },
    ]);
  });
});

describe("what is no message", () => {
  test("is rejected with its line and its reason", async () => {
    const good = message();
    const nested = ["From: a@b.example", "Subject: x", "Date: Thu, 26 Nov 2026 02:00:00 +0000"];
    for (let depth = 0; depth < 60; depth++)
      nested.push(`Content-Type: multipart/mixed; boundary="b${depth}"`, "", `--b${depth}`);
    const parts = [
      "From: a@b.example",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      ...Array.from({ length: 10_001 }, () => "--b\n\nx"),
    ];
    const outcome = await bench.read(
      "box",
      mbox([
        good,
        message({ trace: [`X-Huge: ${"x".repeat(1_100_000)}`] }),
        `${nested.join("\n")}\n`,
        `${parts.join("\n")}\n`,
        message({ trace: ["Received: from a by b; Thu, 26 Nov 2126 02:00:00 +0000"] }),
        good,
      ]),
    );
    expect(outcome.rows).toEqual({ email_activity: 2 });
    expect(outcome.rejects.map(({ reason }) => reason)).toEqual([
      "it cannot be read as a message: Maximum header size of 1048576 bytes exceeded",
      "it cannot be read as a message: Maximum MIME nesting depth of 50 levels exceeded",
      "more than 10,000 lines of the message begin with --, as boundaries of its parts do",
      "time 2126-11-26T02:00:00.000Z lies in the future",
    ]);
    expect(accounted(outcome)).toBe(outcome.lines);
  });

  test("is rejected where it is too long, and what follows is read", async () => {
    const huge = Buffer.concat([
      Buffer.from(mbox([message()])),
      Buffer.from("From a@b.example Thu Nov 26 02:00:05 2026\nFrom: a@b.example\n\n"),
      Buffer.alloc(49 * 1024 * 1024, `${"x".repeat(75)}\n`),
      Buffer.from(`\n\n${mbox([message()])}`),
    ]);
    const outcome = await bench.read("box", huge);
    expect(outcome.rows).toEqual({ email_activity: 2 });
    expect(outcome.rejects.map(({ reason }) => reason)).toEqual(["the message is longer than 48 MiB"]);
  });

  test("keeps hostile values as text", async () => {
    const hostile = "a\0'\"\\{x:String}__LINES__\ud800";
    const outcome = await bench.read(
      "a.eml",
      message({
        from: `"${hostile}" <x'@evil.example>`,
        subject: hostile,
        parts: [{ name: "a'; DROP.zip", content: zip({ "b'\"\\": "x" }) }],
      }),
    );
    expect(outcome.rows).toEqual({ email_activity: 1 });
    const [row] = await bench.rows(
      "email_activity",
      "email_subject AS subject, email_attachments.name AS names, email_attachments.members AS members",
    );
    expect(row).toMatchObject({ names: ["a'; DROP.zip"], members: [["b'\"/"]] });
    expect((row as { subject: string }).subject).toContain("{x:String}__LINES__");
  });
});
