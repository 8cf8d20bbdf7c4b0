import { z } from "zod";

const fieldValue = z
  .union([z.string(), z.array(z.string())])
  .describe("The text that Event Viewer's XML shows; a list where the event has the field more than once");
const fields = z.record(z.string(), fieldValue);

const windowsEvent = z.object({
  file: z.string().describe("As the user named it, joined with what lies below"),
  record_id: z
    .number()
    .min(0)
    .multipleOf(1)
    .describe(
      "From the record's header. In a log of forwarded or exported events, system.EventRecordID is the origin's",
    ),
  time: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/)
    .describe("TimeCreated; where the event has none, when the record was written"),
  channel: z.string().describe("Empty where the event has none"),
  provider: z.string().describe("Empty where the event has none"),
  event_id: z.number().int().min(0).nullable(),
  computer: z.string().describe("Empty where the event has none"),
  system: fields.describe("The element System: Element, Element_Attribute"),
  data: fields.describe("EventData, UserData and whatever else the event holds"),
  rendering: fields.optional().describe("RenderingInfo: texts that a collector added to forwarded events"),
  offset: z.number().int().optional().describe("Byte in the file; of records that were hidden or carved"),
  carved: z
    .enum(["damaged_chunk", "slack", "no_chunk"])
    .optional()
    .describe("With --carve: where a record was found that the log itself no longer leads to"),
  hidden_in: z
    .number()
    .min(0)
    .multipleOf(1)
    .optional()
    .describe("record_id of the record in whose bytes this one is hidden"),
});

/** One line of `evtx --jsonl` (design, section 9; docs/evtx.md). */
export const windowsEventSchema = windowsEvent.extend({
  hidden: z
    .array(windowsEvent)
    .optional()
    .describe("Records that somebody hid in the bytes of this one, each in the form of a line"),
});
