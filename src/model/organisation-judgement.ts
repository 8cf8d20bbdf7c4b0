import { z } from "zod";
import { explanationSchema } from "./finding.js";

/** What a sentence about one organisation says, in the order in which they stand. */
export const JUDGED = [
  "likelihood",
  "confidence",
  "since",
  "means",
  "hosts",
  "reach",
  "volume",
  "unknown",
] as const;

export const organisationJudgementSchema = z.object({
  about: z.enum(JUDGED),
  /** A key of `report/messages/organisations.ts` with its arguments. */
  statement: explanationSchema,
  /** What it rests on: no sentence without. */
  findings: z.array(z.string()).min(1),
});
export type OrganisationJudgement = z.infer<typeof organisationJudgementSchema>;

/** An upload as a detector measured it. Its destination is no indicator: it may serve others as well. */
export const uploadSchema = z.object({
  finding: z.string(),
  destinations: z.array(z.string()),
  hosts: z.array(z.string()),
  first_seen: z.string(),
  last_seen: z.string(),
  /** 0 where an upload was ordered, and no sensor saw it. */
  bytes_out: z.number(),
});
export type Upload = z.infer<typeof uploadSchema>;

export const uploadsSchema = z.object({
  /** Bytes: of uploads that have a destination in common the largest alone, for findings may have measured the same. */
  at_least: z.number(),
  uploads: z.array(uploadSchema),
});
export type Uploads = z.infer<typeof uploadsSchema>;
