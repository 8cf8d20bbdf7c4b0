import { z } from "zod";

const text = z.string().min(1);

/** One place where events of the asked kind stand, and how they read. Absent conditions are no condition. */
const sourceSchema = z.strictObject({
  channel: text.optional(),
  provider: text.optional(),
  event_ids: z.array(z.int()).optional(),
  /** The rule's name of a field to the event's. */
  rename: z.record(text, text).optional(),
  /** Values of a field (by the rule's name) as the event has them, to what rules know them as. */
  values: z.record(text, z.record(text, z.string())).optional(),
  /** A field (by the rule's name) that is put together of several. */
  join: z.record(text, z.strictObject({ fields: z.array(text).min(2), with: z.string() })).optional(),
  /** Beginnings of a field's values (by the rule's name) to what rules know them as. */
  prefixes: z.record(text, z.record(text, z.string())).optional(),
  /** All names that an event of this kind can have, as the event has them; absent where that is not known. */
  fields: z.array(text).optional(),
});

export const logSourcesSchema = z.array(
  z.strictObject({
    asks: z
      .strictObject({ product: text.optional(), category: text.optional(), service: text.optional() })
      .refine((asks) => Object.keys(asks).length > 0, { error: "asks for nothing" }),
    sources: z.array(sourceSchema).min(1),
  }),
);

export type EventSource = z.infer<typeof sourceSchema>;
export type LogSourceEntry = z.infer<typeof logSourcesSchema>[number];
