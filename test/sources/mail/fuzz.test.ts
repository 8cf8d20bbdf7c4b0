/** Whatever is done to a file of mail, reading it never fails, no line is lost, and what comes out can be read by the engine. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { linedMail } from "../../../src/sources/mail/lined.js";
import { iso, LNK, mbox, message, OLE, zip } from "./samples.js";

const BOX = Buffer.from(
  mbox([
    message({
      parts: [{ name: "a.zip", content: zip({ "a.lnk": LNK, "word/_rels/a.rels": "<x/>" }, true) }],
    }),
    message({
      html: '<a href="https://x.example/">Password: x1234</a>',
      parts: [{ name: "a.doc", content: OLE }],
    }),
    message({
      parts: [
        {
          name: "fwd.eml",
          content: message({ parts: [{ name: "a.iso", content: iso(["A.LNK"]).subarray(32_768) }] }),
        },
      ],
    }),
    message(),
  ]),
);

const edits = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 40 }),
    fc.oneof(
      fc.constantFrom(
        "\0",
        "\n",
        "\n\n",
        "\r",
        "--=_b1",
        "--=_b1--",
        "=?utf-8?B?",
        "<",
        '"',
        "\\",
        "(",
        "From x Thu Nov 26 02:00:05 2026\n",
        "Content-Type: multipart/mixed; boundary=\n",
      ),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
  ),
  { minLength: 1, maxLength: 6 },
);

test("a file with stretches cut out and others put in", async () => {
  await fc.assert(
    fc.asyncProperty(edits, fc.integer({ min: 1, max: 3000 }), async (list, size) => {
      const bytes = list.reduce((all, [place, cut, put]) => {
        const at = Math.floor(place * all.length);
        return Buffer.concat([all.subarray(0, at), Buffer.from(put), all.subarray(at + cut)]);
      }, BOX);
      const read = async (step: number): Promise<string> => {
        async function* pieces(): AsyncGenerator<Buffer> {
          for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
        }
        const parts: Buffer[] = [];
        for await (const part of linedMail(pieces())) parts.push(part);
        return Buffer.concat(parts).toString("utf8");
      };
      const text = await read(bytes.length);
      expect(await read(size)).toBe(text);
      for (const line of text.split("\n").filter((each) => each !== "")) {
        const record = line.replace(/^~/, "");
        if (!record.startsWith("!")) expect(Object.keys(JSON.parse(record))).toContain("attachments");
        else expect(record.indexOf("\t")).toBeGreaterThan(1);
      }
      expect(text.split("\n").length).toBeLessThanOrEqual(bytes.toString("latin1").split("\n").length + 1);
    }),
    { numRuns: 150, seed: 11 },
  );
}, 60_000);
