import { z } from "zod";

/** Midnight (UTC) at which a day begins: `2023-09-29` is what records from before that midnight show. */
const daySchema = z.string();

/** Something could not be said yet on `after` (null: before all telemetry), and could on `by`. The truth lies between. */
export const replayMomentSchema = z.object({ after: daySchema.nullable(), by: daySchema });
export type ReplayMoment = z.infer<typeof replayMomentSchema>;

export const replayedOrganisationSchema = z.object({
  org_id: z.string(),
  name: z.string(),
  /** What is said of it at the end. */
  status: z.enum(["compromised", "suspected"]),
  /** Of the contact behind that. */
  first_seen: z.string().nullable(),
  /** When it could first have been suspected, and held for compromised; null where that was never so. */
  suspected: replayMomentSchema.nullable(),
  compromised: replayMomentSchema.nullable(),
  /** Whole days from the first contact to `suspected.by`: how long the intruder was there before anything could be said. */
  days_hidden: z.number().int().nullable(),
  /** Whole days from `suspected.by` to the end of the telemetry: what acting at once would have saved. */
  days_saved: z.number().int().nullable(),
  /** When each detector first had a finding of medium or above that bears on it, earliest first. */
  detectors: z.array(z.object({ id: z.string(), moment: replayMomentSchema })),
});
export type ReplayedOrganisation = z.infer<typeof replayedOrganisationSchema>;

/** The case detected again, each time with the records from before a day alone and the indicators that were valid by then. */
export const replaySchema = z.object({
  /** Days at which it was detected again, in order. */
  days: z.array(daySchema),
  /** The midnight after the last record: all of the telemetry. */
  end: daySchema,
  /** Indicators that say from when they are valid, and others: these count as known all along. */
  indicators: z.object({ dated: z.number().int(), undated: z.number().int() }),
  organisations: z.array(replayedOrganisationSchema),
});
export type Replay = z.infer<typeof replaySchema>;
