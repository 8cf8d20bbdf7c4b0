import { z } from "zod";
import { shippedList } from "../kernel/shipped-list.js";

const range = z.tuple([z.number().nonnegative(), z.number().positive()]).refine(([from, to]) => from <= to);
const share = z.number().min(0).max(1);
const count = z.number().int().positive();

const common = {
  id: z.string().regex(/^[a-z-]+$/),
  title: z.string().min(1),
  what: z.string().min(1),
  sources: z.array(z.object({ name: z.string().min(1), where: z.string().min(1) })).min(1),
  port: z.number().int().min(1).max(65_535),
  /** Whether it speaks TLS there; else a protocol of its own. */
  tls: z.boolean(),
  /** How its servers are called, `LABEL.<syllables>WORD.SUFFIX`; without it they have no name. */
  names: z
    .object({
      labels: z.array(z.string()).min(1),
      words: z.array(z.string()).min(1),
      suffixes: z.array(z.string()).min(1),
    })
    .optional(),
  /** Payload bytes and seconds of one small connection, drawn evenly. */
  bytes_out: range,
  bytes_in: range,
  seconds: range,
};

/** `jitter`: a pause is up to this share shorter or longer than the interval. `loss`: share of check-ins that never happen. */
const beaconSchema = z.object({
  ...common,
  kind: z.literal("beacon"),
  days: count,
  levels: z.array(z.object({ contacts_per_day: count, jitter: share, loss: share })).min(1),
});

const uploadSchema = z.object({
  ...common,
  kind: z.literal("upload"),
  days: count,
  contacts_per_day: count,
  answer_share: share,
  connections_per_night: count,
  levels: z.array(z.object({ bytes_per_night: count, nights: count })).min(1),
});

const dwellSchema = z.object({
  ...common,
  kind: z.literal("dwell"),
  contacts_per_day: count,
  levels: z.array(z.object({ days: count, weeks: count })).min(1),
});

const shapeSchema = z.discriminatedUnion("kind", [beaconSchema, uploadSchema, dwellSchema]);
/** A shape of a known campaign, with levels of falling strength. */
export type Shape = z.infer<typeof shapeSchema>;
export type Beacon = z.infer<typeof beaconSchema>;
export type Upload = z.infer<typeof uploadSchema>;
export type Dwell = z.infer<typeof dwellSchema>;

export const shapes = shippedList(
  "The list of campaign shapes",
  "src/plant/shapes.yaml",
  (content) => z.object({ shapes: z.array(shapeSchema).min(1) }).parse(content).shapes,
);
