import { z } from "zod";

/** What makes a level strong or weak, by its name in `src/plant/shapes.yaml`: contacts_per_day, jitter, bytes_per_night, nights, days, weeks… */
const strengthSchema = z.record(z.string(), z.number());

/** The weakest level at which all plantings were seen, as they were at every stronger one. */
const limitSchema = z.object({
  /** Index into the shape's levels: 0 is the strongest. */
  level: z.number().int().nonnegative(),
  /** Detectors that saw it at this level, in all plantings. */
  detectors: z.array(z.string()),
});
export type DetectionLimit = z.infer<typeof limitSchema>;

export const LIMIT_KINDS = ["listed", "medium", "suspected"] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

const measureSchema = z.object({
  org_id: z.string(),
  name: z.string(),
  /** Empty where no sensor saw the organisation. */
  sensor_id: z.string(),
  shape: z.string(),
  /** Why nothing was measured; null where something was. */
  reason: z.string().nullable(),
  /** Level of the first planting: stronger ones need more telemetry than there is. */
  strongest: z.number().int().nonnegative().nullable(),
  /** Days over which the shape was planted, the fewest of its plantings. */
  days: z.number().int().nonnegative().nullable(),
  /** Seen by a finding of whatever severity. */
  listed: limitSchema.nullable(),
  /** Seen by a finding of medium severity or above. */
  medium: limitSchema.nullable(),
  /** Enough by itself that the organisation would be suspected, or worse. */
  suspected: limitSchema.nullable(),
});
/** What would have been seen of one shape at one organisation by one sensor. A limit is null where not even the strongest level was seen. */
export type DetectionMeasure = z.infer<typeof measureSchema>;

const shapeSchema = z.object({
  id: z.string(),
  kind: z.enum(["beacon", "upload", "dwell"]),
  title: z.string(),
  what: z.string(),
  sources: z.array(z.object({ name: z.string(), where: z.string() })),
  /** In the order of falling strength. */
  levels: z.array(strengthSchema),
});
export type LimitShape = z.infer<typeof shapeSchema>;

/** How much could hide: known campaign shapes, planted into a copy of the case's telemetry at falling strength. */
export const detectionLimitsSchema = z.object({
  /** Plantings of each level, each at another host and time. */
  plantings: z.number().int().positive(),
  seed: z.number().int(),
  /** Detections that were made. */
  runs: z.number().int().nonnegative(),
  shapes: z.array(shapeSchema),
  /** By organisation, sensor and shape. */
  measures: z.array(measureSchema),
});
export type DetectionLimits = z.infer<typeof detectionLimitsSchema>;
