import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LongwatchError } from "../../src/kernel/errors.js";
import { assessmentSchema } from "../../src/model/assessment.js";
import { findingSchema } from "../../src/model/finding.js";
import { writeReports } from "../../src/report/index.js";
import { csvField, csvLine, organisationsCsv } from "../../src/report/tabular/csv.js";
import { makeInput } from "./fixture.js";

const input = makeInput({ organisations: 12, touched: 6, findings: 5 });

describe("CSV", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "＝1"])(
    "%j is no formula",
    (text) => {
      const [[field]] = parse(csvLine([text, "x"])) as [[string]];
      expect(field.startsWith("'")).toBe(true);
    },
  );

  test("numbers stay numbers, nothing is nothing, quotes are doubled", () => {
    expect([csvField(-5), csvField(null), csvField('a "b", c')]).toEqual(["-5", "", '"a ""b"", c"']);
  });

  test("whatever a name holds, a reader gets as many fields back, none of them a formula, no line break", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 6 }), (fields) => {
        const rows = parse(csvLine(fields)) as string[][];
        expect(rows.length).toBe(1);
        expect(rows[0]?.length).toBe(fields.length);
        for (const field of rows[0] ?? []) expect(field).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
      { numRuns: 500 },
    );
  });

  test("every organisation has its line, those without findings as well", () => {
    const rows = parse(organisationsCsv(input.assessment), { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row.org_id)).toEqual(
      input.assessment.organisations.map((organisation) => organisation.org_id),
    );
    expect(rows[0]?.status).toBe("compromised");
    expect(Number(rows[0]?.bytes_out)).toBe(input.assessment.organisations[0]?.bytes_out);
    expect(rows.at(-1)?.first_seen).toBe("");
  });
});

describe("writing", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "longwatch-report-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("four files for the owner alone, each as its schema says, and nothing half-done beside them", async () => {
    const paths = await writeReports(join(folder, "deep", "report"), input);
    expect(readdirSync(join(folder, "deep", "report")).sort()).toEqual([
      "assessment.json",
      "findings.jsonl",
      "organisations.csv",
      "report.html",
    ]);
    for (const path of Object.values(paths)) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(assessmentSchema.parse(JSON.parse(readFileSync(paths.assessment, "utf8")))).toEqual(
      input.assessment,
    );
    const lines = readFileSync(paths.findings, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => findingSchema.parse(JSON.parse(line)))).toEqual(input.findings);
    expect(readFileSync(paths.html, "utf8").endsWith("</html>\n")).toBe(true);
  });

  test("an older report is replaced, whatever its mode was", async () => {
    writeFileSync(join(folder, "report.html"), "old");
    chmodSync(join(folder, "report.html"), 0o644);
    const paths = await writeReports(folder, input);
    expect(statSync(paths.html).mode & 0o777).toBe(0o600);
    expect(readFileSync(paths.html, "utf8")).not.toBe("old");
  });

  test("a place that cannot be written is an error for people, and leaves no temporary file", async () => {
    mkdirSync(join(folder, "assessment.json"));
    writeFileSync(join(folder, "assessment.json", "in-the-way"), "");
    const failed = await writeReports(folder, input).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(LongwatchError);
    expect(failed instanceof LongwatchError && failed.describe()).toMatch(
      /assessment\.json: The report cannot be written .*longwatch report.*\[LW_CASE_INVALID\]/,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    writeFileSync(join(folder, "file"), "");
    await expect(writeReports(join(folder, "file", "report"), input)).rejects.toMatchObject({
      code: "LW_CASE_INVALID",
    });
    expect(existsSync(join(folder, "file", "report"))).toBe(false);
  });
});
