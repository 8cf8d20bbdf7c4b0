import { z } from "zod";

const text = z.string().min(1);

/** One place where events of the asked kind stand, and how they read. Absent conditions are no condition. */
const eventSourceSchema = z.strictObject({
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

/** Tables of network and web logs that rules can be asked of. */
export const RULE_TABLES = [
  "network_activity",
  "dns_activity",
  "http_activity",
  "tls_activity",
  "certificate",
  "file_activity",
  "email_activity",
  "software_inventory",
  "remote_access_activity",
  "detection_finding",
] as const;
export type RuleTable = (typeof RULE_TABLES)[number];

/** Several attributes are several values of the field; `value` is one that all rows have. */
const mappedSchema = z
  .union([text, z.array(text).min(2), z.strictObject({ value: text })])
  .transform((mapped): { attributes: string[] } | { value: string } =>
    typeof mapped === "string"
      ? { attributes: [mapped] }
      : Array.isArray(mapped)
        ? { attributes: mapped }
        : mapped,
  );

/** An event table whose rows are events of the asked kind. Its rows have no fields but those that are named here. */
const tableSourceSchema = z.strictObject({
  table: z.enum(RULE_TABLES),
  /** Who wrote the rows (column `product`); absent: whoever. */
  products: z.array(text).min(1).optional(),
  /** Which of the table's rows: of `http_activity` by whose log it is, of `remote_access_activity` by its log. Absent: all. */
  where: z
    .strictObject({
      log_role: z
        .array(z.enum(["sensor", "server", "proxy"]))
        .min(1)
        .optional(),
      protocol: z.array(text).min(1).optional(),
      operation: z.array(text).min(1).optional(),
    })
    .optional(),
  /** The rule's name of a field to the table's attributes (`sql/attributes.ts`). */
  fields: z.record(text, mappedSchema),
});

const asksSchema = z
  .strictObject({ product: text.optional(), category: text.optional(), service: text.optional() })
  .refine((asks) => Object.keys(asks).length > 0, { error: "asks for nothing" });

export const logSourcesSchema = z.array(
  z.strictObject({
    asks: asksSchema,
    sources: z.array(z.union([tableSourceSchema, eventSourceSchema])).min(1),
  }),
);

export type EventSource = z.infer<typeof eventSourceSchema>;
export type TableSource = z.infer<typeof tableSourceSchema>;
export type LogSourceEntry = z.infer<typeof logSourcesSchema>[number];
