import { z } from "zod";
import { visible } from "../kernel/visible.js";
import { TLP_LEVELS } from "./finding.js";

/**
 * One file of the knowledge base (docs/adding-knowledge.md): a cluster, a tool or a campaign, as a list of statements. A statement says
 * what somebody said, who, when, and how far that is to be believed. Nothing in a file is "the truth": where sources disagree, each has
 * its statement.
 */

const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    // Nothing that steers a terminal or turns text around (Unicode TR 36).
    .refine((value) => visible(value) === value, "must not hold control characters")
    .refine((value) => value.trim() === value, "must not begin or end with a space");

const name = text(200);
const sentence = text(2_000);
const key = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,79}$/, "must be lower-case letters, digits and hyphens (at most 80)");

const DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/;

/** Whether a text is a year, a month or a day that the calendar has: 2024, 2024-06, 2024-06-05, never 2023-02-31. */
export function isDate(text: string): boolean {
  // A day beyond the month's end is read as one of the next month.
  return DATE.test(text) && new Date(text).toISOString().startsWith(text);
}

/** A day, a month or a year, as exact as the source is. */
const date = z
  .string()
  .regex(DATE, "must be a year, month or day: 2024-06-05, 2024-06 or 2024")
  .refine((text) => !DATE.test(text) || isDate(text), "is no day of the calendar");

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day: 08:00");

export const ATTACK_TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;
const technique = z.string().regex(ATTACK_TECHNIQUE, "must be an ATT&CK technique: T1574 or T1574.001");

/** Admiralty code (NATO AJP-2.1, STANAG 2511): reliability of the source. F is not "bad": it could not be judged. */
export const RELIABILITIES = ["A", "B", "C", "D", "E", "F"] as const;
export type Reliability = (typeof RELIABILITIES)[number];

const reliability = z.enum(RELIABILITIES);
const credibility = z.union([
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
  z.literal(5),
  z.literal(6),
]);
/** Admiralty code: credibility of the information. */
export type Credibility = z.infer<typeof credibility>;

const sourceSchema = z.strictObject({
  publisher: name.describe("Who says it"),
  title: sentence,
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
  file: sentence.optional().describe("Of imported knowledge: the file it was read from"),
  date: date.optional().describe("When it was published; left out where the source does not say"),
  reliability,
  tlp: z.enum(TLP_LEVELS).default("clear").describe("TLP 2.0 marking of the source"),
  via: sentence
    .optional()
    .describe("Where the publisher's own text was not at hand: through whom it was read. Lowers the grade"),
});

const statement = {
  source: key.describe("A key of `sources`"),
  information: credibility.describe("Credibility of this statement, 1 to 6"),
  date: date.optional().describe("Where the statement has a date of its own, beside that of its source"),
  cites: z
    .array(key)
    .max(1_000)
    .optional()
    .describe(
      "Sources that the source itself names for this: two statements that rest on one report are not independent",
    ),
  note: sentence.optional(),
};

export const RELATIONS = {
  same_as: "is the same as",
  overlaps: "overlaps with",
  distinct_from: "is kept apart from",
  disputed: "stands in a disputed relation to",
  part_of: "is part of",
  attributed_to: "is attributed to",
  uses: "uses",
  variant_of: "is a variant of",
} as const;
export type Relation = keyof typeof RELATIONS;

export const OBSERVABLE_KINDS = [
  "domain",
  "domain-wildcard",
  "address",
  "address-port",
  "network",
  "file-name",
  "file-path",
  "file-hash",
  "side-load",
  "registry-key",
  "service",
  "scheduled-task",
  "command",
  "network-bytes",
  "other",
] as const;

export const REGIONS = [
  "africa",
  "eastern-africa",
  "middle-africa",
  "northern-africa",
  "southern-africa",
  "western-africa",
  "americas",
  "caribbean",
  "central-america",
  "latin-america-caribbean",
  "northern-america",
  "south-america",
  "asia",
  "central-asia",
  "eastern-asia",
  "southern-asia",
  "south-eastern-asia",
  "western-asia",
  "europe",
  "eastern-europe",
  "northern-europe",
  "southern-europe",
  "western-europe",
  "oceania",
] as const;

const weekday = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(5_000).default([]);
const sources = z.record(key, sourceSchema);

export const ENTRY_KINDS = ["cluster", "tool", "campaign"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The lists of statements that an entry has, in the order in which they are shown. */
export const SECTIONS = [
  "names",
  "identifiers",
  "descriptions",
  "relations",
  "activity",
  "victims",
  "techniques",
  "observables",
  "infrastructure",
  "working_hours",
] as const;
export type Section = (typeof SECTIONS)[number];

export const entryFileSchema = z.strictObject({
  id: key.describe("Also the file's name"),
  kind: z.enum(ENTRY_KINDS),
  title: name.describe("The name under which Longwatch shows it; no judgement on whose name is right"),
  unnamed: z
    .literal(true)
    .optional()
    .describe("Of a cluster: its sources describe the activity and name nobody; the title is Longwatch's"),
  imported: z
    .strictObject({ from: sentence, format: z.enum(["attack", "stix", "misp-galaxy"]) })
    .optional()
    .describe("Written by `longwatch knowledge import`"),
  sources,
  names: z
    .array(
      z.strictObject({
        ...statement,
        name,
        by: name.optional().describe("Who uses the name, where that is not the source's publisher"),
      }),
    )
    .min(1)
    .max(5_000),
  identifiers: list(
    z.strictObject({
      ...statement,
      system: z.enum(["attack", "stix", "malpedia", "misp-galaxy"]),
      value: name,
    }),
  ),
  descriptions: list(z.strictObject({ ...statement, text: sentence })),
  relations: list(
    z.strictObject({
      ...statement,
      relation: z.enum(Object.keys(RELATIONS) as Relation[]),
      to: key.optional().describe("Id of another entry"),
      to_name: name.optional().describe("A name for which there is no entry"),
    }),
  ),
  techniques: list(
    z.strictObject({
      ...statement,
      technique,
      attack: name.optional().describe("Version of ATT&CK that the id belongs to, e.g. 18.1"),
      reported_as: technique.optional().describe("The revoked id that the source gives"),
    }),
  ),
  observables: list(
    z.strictObject({
      ...statement,
      kind: z.enum(OBSERVABLE_KINDS),
      value: text(1_000).describe("Network names and addresses defanged: example[.]org"),
      specificity: z
        .enum(["specific", "shared", "common"])
        .describe(
          "specific: seen with this alone; shared: with several clusters or tools; common: also in ordinary administration",
        ),
    }),
  ),
  victims: list(
    z.strictObject({
      ...statement,
      sector: key.optional().describe("STIX 2.1 industry-sector-ov"),
      region: z.enum(REGIONS).optional().describe("STIX 2.1 region-ov"),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, "must be an ISO 3166-1 code of two letters")
        .optional(),
      text: sentence.optional(),
    }),
  ),
  activity: list(
    z.strictObject({
      ...statement,
      from: date.optional(),
      to: date.optional(),
      text: sentence.optional(),
    }),
  ),
  infrastructure: list(z.strictObject({ ...statement, habit: sentence })),
  working_hours: list(
    z.strictObject({
      ...statement,
      utc_offset: z
        .string()
        .regex(/^[+-](?:0\d|1[0-4]):[0-5]\d$/, "must be an offset: +08:00")
        .optional(),
      from: clock.optional(),
      to: clock.optional(),
      days: z.array(weekday).max(7).optional(),
      calendar: z
        .string()
        .regex(/^[A-Z]{2}$/, "must be an ISO 3166-1 code of two letters")
        .optional(),
      text: sentence.optional(),
    }),
  ),
});
export type KnowledgeEntry = z.output<typeof entryFileSchema>;
export type KnowledgeSource = z.output<typeof sourceSchema>;
export type Statement = Pick<
  KnowledgeEntry["names"][number],
  "source" | "information" | "date" | "cites" | "note"
>;

/** Techniques that ATT&CK replaced: reports and rules of several years name one technique by several ids. */
export const successorsFileSchema = z.strictObject({
  kind: z.literal("attack-successors"),
  imported: z.strictObject({ from: sentence, format: z.literal("attack") }).optional(),
  sources,
  successors: z
    .array(
      z.strictObject({
        ...statement,
        from: technique,
        to: technique,
        since: name.optional().describe("The version of ATT&CK that made the change"),
      }),
    )
    .max(20_000),
});
export type SuccessorsFile = z.output<typeof successorsFileSchema>;

/** `B2`. */
export function grade(
  source: Pick<KnowledgeSource, "reliability">,
  statement: Pick<Statement, "information">,
): string {
  return `${source.reliability}${statement.information}`;
}
