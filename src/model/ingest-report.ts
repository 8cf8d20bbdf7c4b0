import { z } from "zod";

/** One entry of `ingest --json` (design, section 9). */
export const fileReportSchema = z.object({
  path: z.string(),
  format: z.string().nullable().describe("null where no reader took the file"),
  log: z.string().nullable(),
  sensor_id: z.string().nullable(),
  rows: z.number().int().describe("Records stored by this run"),
  rejected: z.number().int(),
  first_reject: z
    .object({ line: z.number().int(), reason: z.string() })
    .nullable()
    .describe("Of the lines that were rejected; all of them are in the table rejected_record"),
  skipped: z.boolean().describe("Nothing of the file was new or usable; reason says why"),
  reason: z.string().describe("Why it was skipped or is incomplete; empty where all is well"),
  header_lines: z.number().int(),
  blank_lines: z.number().int(),
  unused_lines: z
    .number()
    .int()
    .describe("Lines of logs or kinds of record that are recognised and not used"),
  waiting_bytes: z.number().int().describe("Bytes of a last line that waits for its end"),
  early_times: z.number().int().describe("Records with a time before 1971"),
  first_early_line: z.number().int().nullable().describe("Line of the first of them"),
  known_slices: z.number().int().describe("Stretches of the file that were in the case already"),
});
export type FileReport = z.infer<typeof fileReportSchema>;

/** `ingest --json`. */
export const ingestReportSchema = z.object({
  files: z.array(fileReportSchema),
  seconds: z.number(),
  bytes: z.number().int().describe("Bytes read from disk"),
});
export type IngestReport = z.infer<typeof ingestReportSchema>;
