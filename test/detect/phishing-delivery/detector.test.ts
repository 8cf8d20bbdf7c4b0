import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { correlate } from "../../../src/correlate/index.js";
import { signsOf } from "../../../src/detect/phishing-delivery/attachment-signs.js";
import { detector } from "../../../src/detect/phishing-delivery/index.js";
import type { Attachment } from "../../../src/detect/phishing-delivery/mail.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { ENGINES } from "../../support/stores.js";
import { later, WindowsWorld } from "../windows/world.js";

const attachment = (name: string, more: Partial<Attachment> = {}): Attachment => ({
  name,
  mime_type: "application/octet-stream",
  file_type: "",
  size: 100,
  sha256: "a".repeat(64),
  members: [],
  traits: [],
  ...more,
});
const LOCKED = attachment("minutes-of-meeting.zip", {
  file_type: "zip",
  members: ["minutes-of-meeting.lnk"],
  traits: ["encrypted"],
});
const MACRO = attachment("budget.docm", { file_type: "ooxml", traits: ["macro"] });

let line = 0;
const mail = (attachments: readonly Attachment[], more: Record<string, unknown> = {}) => ({
  batch_id: "b",
  source_id: "slice-mail",
  source_line: ++line,
  address_realm: "default",
  product: "mail",
  time: later(0),
  email_message_uid: `<${line}@x>`,
  email_from: "Office <office@partner.example>",
  smtp_to: ["anna@mfa.example"],
  email_subject: "Minutes",
  src_endpoint_ip: "203.0.113.7",
  email_attachments: attachments,
  ...more,
});

describe("what an attachment brings", () => {
  it.each([
    ["a.lnk", {}, 1, ""],
    ["report.pdf", { file_type: "pe" }, 1, "its name is that of a document, its bytes those of pe"],
    ["report.pdf.exe", { file_type: "pe" }, 1, "its name has two extensions"],
    ["report\u202efdp.scr", { file_type: "pe" }, 1, "a character in its name turns the direction of reading"],
    ["a.iso", { file_type: "iso", members: ["agenda.pdf"] }, 0.9, ""],
    ["fwd.eml!/a.zip", { file_type: "zip", members: ["in/agenda.hta"] }, 1, ""],
    ["a.html", { file_type: "html", traits: ["smuggling"] }, 0.8, ""],
    ["a.docx", { file_type: "ooxml", traits: ["remote template"] }, 0.8, ""],
    ["a.doc", { file_type: "ole", traits: ["macro"] }, 0.6, ""],
    ["minutes v1.2.docx", { file_type: "ooxml" }, 0, ""],
    ["photo.jpg", { file_type: "image" }, 0, ""],
    ["2024.03.01 agenda.pdf", { file_type: "pdf" }, 0, ""],
  ])("%s", (name, more, value, disguise) => {
    expect(signsOf(attachment(name, more))).toMatchObject({ value, disguise });
  });
});

describe.each(ENGINES)("phishing-delivery: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
    for (const file of ["001-events.sql", "003-case.sql"]) {
      const text = readFileSync(join(packageRoot, "src/store/schema", file), "utf8");
      for (const statement of text.replaceAll(/^\s*--.*$/gm, "").split(/;\s*$/m))
        if (statement.trim() !== "") await world.opened.store.command(statement);
    }
  });
  beforeEach(async () => {
    await world.clear();
    for (const table of ["email_activity", "file_activity"])
      await world.opened.store.command(`TRUNCATE TABLE ${table}`);
  });
  afterAll(() => world.close());
  const store = (rows: Record<string, unknown>[]) => world.opened.store.insert("email_activity", rows);
  const found = async () => (await world.run(detector, { organisations: { mfa: "default" } })).findings;

  it("finds a locked archive with its password that a process opened, and says who and where", async () => {
    await store([
      mail([LOCKED], { email_names_password: 1, email_dmarc: "fail", email_spf: "fail" }),
      mail([LOCKED], { email_names_password: 1, email_dmarc: "fail", smtp_to: ["ben@mfa.example"] }),
    ]);
    await world.store([
      {
        id: 1,
        time: later(600),
        data: {
          Image: "C:\\Windows\\System32\\cmd.exe",
          CommandLine: 'cmd.exe /c "C:\\Users\\anna\\Downloads\\Minutes-of-Meeting.lnk"',
          ParentImage: "C:\\Program Files\\7-Zip\\7zFM.exe",
          User: "MFA\\anna",
        },
      },
    ]);
    const [finding, ...more] = await found();
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: "high",
      org_id: "mfa",
      attack: ["T1566.001", "T1204.002", "T1027"],
      facts: { sender: "office@partner.example", messages: 2, opened: ["WS-01"] },
    });
    expect(finding?.evidence.map(({ table }) => table)).toEqual([
      "email_activity",
      "email_activity",
      "windows_event",
    ]);
    expect(finding?.entities).toContainEqual({
      kind: "account",
      value: "ben@mfa.example",
      realm: "default",
      role: "recipient",
    });
    expect(finding?.entities).toContainEqual({
      kind: "host",
      value: "WS-01",
      realm: "default",
      role: "victim",
    });
  });

  it("does not take a process before the delivery, long after it, or of another realm for one that opened it", async () => {
    await store([mail([LOCKED])]);
    const event = {
      id: 1,
      data: { Image: "C:\\Windows\\explorer.exe", CommandLine: "explorer minutes-of-meeting.lnk" },
    };
    await world.store([
      { ...event, time: later(80 * 3600) },
      { ...event, time: later(60), realm: "other" },
    ]);
    expect((await found()).map(({ facts, severity }) => [facts.opened, severity])).toEqual([[[], "medium"]]);
    // A name that processes have anyway.
    await world.store([
      { ...event, time: later(-60) },
      { ...event, time: later(60) },
    ]);
    expect((await found()).map(({ facts }) => facts.opened)).toEqual([[]]);
  });

  it("is no more than medium, and no incident, before it is opened, however plain it is and however much comes", async () => {
    const plain = { email_names_password: 1, email_dmarc: "fail" };
    const names = ["Minutes-of-Meeting.pdf.exe", "Agenda-of-Meeting.pdf.exe", "Summit-Programme.iso"];
    await store(
      names.map((name, index) => mail([attachment(name, { sha256: String(index).repeat(64) })], plain)),
    );
    const findings = await found();
    expect(findings.map(({ severity, score }) => [severity, score > 0.6])).toEqual(
      names.map(() => ["medium", true]),
    );
    expect(findings.some(({ score }) => score >= 0.78)).toBe(true);
    expect(correlate(findings, { hosts: 100 }).incidents).toEqual([]);
  });

  it("finds who opened it beside a name that thousands of processes have", async () => {
    await store([mail([attachment("workbook.exe")]), mail([LOCKED])]);
    const data = { Image: "C:\\Windows\\explorer.exe" };
    await world.store([
      ...Array.from({ length: 5001 }, (_, index) => ({
        id: 1,
        time: later(-60 - index),
        data: { ...data, CommandLine: "workbook.exe" },
      })),
      { id: 1, time: later(60), data: { ...data, CommandLine: "explorer minutes-of-meeting.lnk" } },
    ]);
    expect((await found()).map(({ facts }) => facts.opened)).toContainEqual(["WS-01"]);
  });

  it("leaves newsletters, office work and known correspondents alone", async () => {
    await store([
      mail([attachment("news.html", { file_type: "html" })], {
        email_reply_to: "answers@list.example",
        email_spf: "softfail",
      }),
      mail([attachment("offer.pdf", { file_type: "pdf" })], {
        email_dmarc: "fail",
        email_reply_to: "x@other.example",
      }),
      mail([MACRO]),
      mail([attachment("archive.zip", { file_type: "zip", members: ["a.xlsx"] })]),
      mail([], { email_dmarc: "fail" }),
    ]);
    const { findings, evaluated } = await world.run(detector, { organisations: { mfa: "default" } });
    expect(findings).toEqual([]);
    expect(evaluated.slice(0, 2)).toEqual([
      { what: "messages", count: 5 },
      { what: "messages of which attachments are known", count: 4 },
    ]);
  });

  it("counts a macro from somebody who poses as a colleague, and less from one who has written for weeks", async () => {
    await store([
      mail([MACRO], {
        email_from: '"Minister <minister" <minister@mfa.example>',
        email_dmarc: "fail",
        email_reply_to: "minister@freemail.example",
      }),
    ]);
    const [posing] = await found();
    expect(posing).toMatchObject({ severity: "medium" });
    expect(posing?.components.find(({ name }) => name === "sender")).toMatchObject({ value: 1 });
    await store([mail([MACRO], { time: later(-30 * 86_400), email_from: "minister@mfa.example" })]);
    const [known] = await found();
    expect(known?.score).toBeLessThan(posing?.score ?? 0);
  });

  it("reads the names of files that Zeek saw in mail", async () => {
    await store([mail([], { product: "zeek", file_uids: ["F1", "F2"], email_dmarc: "" })]);
    await world.opened.store.insert("file_activity", [
      {
        batch_id: "b",
        source_id: "s",
        source_line: 1,
        time: later(0),
        file_uid: "F1",
        file_name: "agenda.pdf.lnk",
        app_name: "SMTP",
      },
    ]);
    expect((await found()).map(({ facts }) => facts.attachment)).toEqual(["agenda.pdf.lnk"]);
  });

  it("takes hostile values as text", async () => {
    const hostile = "'; DROP TABLE x; --\\ \0 \u202e {names:Array(String)} ".repeat(20);
    await store([
      mail([attachment(`${hostile}.lnk`, { file_type: "lnk" })], {
        email_from: `${hostile}<${hostile}@evil.example>`,
        email_subject: hostile,
        email_reply_to: "<<>>",
        smtp_to: [hostile],
      }),
    ]);
    expect(await found()).toHaveLength(1);
  });

  it("says where there is nothing to look at", async () => {
    expect(await world.run(detector)).toMatchObject({
      findings: [],
      notTested: expect.stringContaining("no message"),
    });
  });
});
