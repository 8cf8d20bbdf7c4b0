import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadEvidence } from "../../src/pipeline/evidence.js";
import { LNK, mbox, message } from "../sources/mail/samples.js";
import { zip } from "../support/archives.js";
import { accounted, type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

const numbered = (index: number, attached: boolean): string =>
  message({
    subject: `message ${index}`,
    text: `first\r\n\r\nhttps://second.example/${index}`,
    ...(attached ? { parts: [{ name: `a${index}.lnk`, content: LNK }] } : {}),
  });
const ROWS =
  "SELECT toUInt32(source_line) AS line, email_subject AS subject, length(email_attachments) AS attachments FROM email_activity ORDER BY line, subject";

describe("mail in a case", () => {
  it("is read from files, compressed files and archives, once", async () => {
    const box = mbox([numbered(1, true), numbered(2, false), numbered(3, true)]);
    folder.put("a/box", box);
    folder.put("b/box.gz", gzipSync(box));
    folder.put("c/mails.zip", zip([{ name: "in/1.eml", content: Buffer.from(numbered(4, true)) }]));
    const reports = await folder.ingest();
    expect(reports.get("a/box")).toMatchObject({ format: "mbox", rows: 3, rejected: 0, waiting_bytes: 0 });
    expect(reports.get("b/box.gz")).toMatchObject({ skipped: true, reason: "already in the case" });
    expect(reports.get("c/mails.zip!/in/1.eml")).toMatchObject({ format: "eml", rows: 1, rejected: 0 });
    for (const file of reports.values()) expect(file.rejected).toBe(0);
    const eml = reports.get("c/mails.zip!/in/1.eml");
    expect(eml && accounted(eml)).toBe(numbered(4, true).split("\n").length - 1);
    expect(await folder.value("SELECT count() FROM email_activity")).toBe(4);
    // Messages are no sensor at work.
    expect(await folder.value("SELECT count() FROM coverage_hourly")).toBe(0);
    const again = await folder.ingest();
    expect([...again.values()].every(({ skipped }) => skipped)).toBe(true);
  });

  it("adds what is new of an mbox that grows, wherever a message with parts was cut", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
        async (cuts) => {
          run++;
          const numbers = [0, 1, 2, 3, 4, 5].map((index) => 10 * run + index);
          const whole = mbox(numbers.map((index) => numbered(index, true)));
          const name = `box${run}`;
          for (const cut of [...cuts].sort((a, b) => a - b)) {
            folder.put(name, whole.slice(0, Math.round(cut * whole.length)));
            await folder.ingest();
          }
          folder.put(name, whole);
          const last = (await folder.ingest()).get(name);
          expect(last?.waiting_bytes).toBe(0);
          const lines = whole
            .split("\n")
            .flatMap((line, at) => (line.startsWith("From bounce") ? [at + 1] : []));
          const rows = await folder.query<{ subject: string }>(ROWS);
          expect(
            rows.filter(({ subject }) => numbers.some((index) => subject === `message ${index}`)),
          ).toEqual(lines.map((line, at) => ({ line, subject: `message ${numbers[at]}`, attachments: 1 })));
        },
      ),
      { numRuns: 10, seed: 7 },
    );
  }, 60_000);

  it("waits for the end of a last message, and takes one without parts at its empty line", async () => {
    const [first, second] = [numbered(1, false), numbered(2, false)];
    const whole = mbox([first, second]);
    folder.put("box", whole.slice(0, -4));
    const torn = await folder.ingest();
    expect(torn.get("box")).toMatchObject({ rows: 1 });
    expect(torn.get("box")?.reason).toMatch(
      /^the last record \(\d+ bytes\) has no end yet and waits for it$/,
    );
    folder.put("box", whole);
    expect((await folder.ingest()).get("box")).toMatchObject({ rows: 1, waiting_bytes: 0 });
    folder.put("box", whole + mbox([numbered(3, false)]));
    expect((await folder.ingest()).get("box")).toMatchObject({ rows: 1, waiting_bytes: 0 });
    const rows = await folder.query<{ subject: string }>(ROWS);
    expect(rows.map(({ subject }) => subject)).toEqual(["message 1", "message 2", "message 3"]);
  });

  it("reads again no message but the last where that was cut at an empty line of its text", async () => {
    const whole = mbox([numbered(1, false), numbered(2, false), numbered(3, true)]);
    const cut = whole.lastIndexOf("\n\nhttps://second.example/2");
    folder.put("box", whole.slice(0, cut + 2));
    await folder.ingest();
    folder.put("box", whole);
    await folder.ingest();
    const rows = await folder.query<{ subject: string }>(ROWS);
    expect(rows.map(({ subject }) => subject)).toEqual(["message 1", "message 2", "message 2", "message 3"]);
  });

  it("leads back to what a message says, and to nothing once the file is gone", async () => {
    folder.put("box", mbox([numbered(1, true), numbered(2, true)]));
    await folder.ingest();
    const [row] = await folder.query<{ source_id: string; line: number }>(
      "SELECT source_id, toUInt32(source_line) AS line FROM email_activity WHERE email_subject = 'message 2'",
    );
    const evidence = {
      table: "email_activity",
      time: "2026-11-26T02:00:03Z",
      summary: "",
      source_id: row?.source_id ?? "",
      line: row?.line ?? 0,
    };
    const finding = { evidence: [evidence] } as unknown as Parameters<typeof loadEvidence>[1][number];
    const textOf = async () => [...(await loadEvidence(folder.opened.store, [finding], 5)).values()][0];
    expect(await textOf()).toMatchObject({ text: expect.stringContaining('"subject":"message 2"') });
    rmSync(join(folder.logs, "box"));
    expect(await textOf()).toMatchObject({ missing: expect.stringContaining("cannot be read any more") });
  });
});
