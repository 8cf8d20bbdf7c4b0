import { z } from "zod";
import { TLP_LEVELS } from "./finding.js";
import { ENTRY_KINDS, SECTIONS } from "./knowledge.js";

/** What `longwatch knowledge … --json` prints. Only ever gains fields. */

const kind = z.enum(ENTRY_KINDS);

/** What a statement holds of the identity of two entries: a relation between them, or `named`, where it gives one the other's name. */
export const STANCES = [
  "same_as",
  "overlaps",
  "distinct_from",
  "disputed",
  "part_of",
  "variant_of",
  "named",
] as const;
export type Stance = (typeof STANCES)[number];

/** A statement with what it rests on, ready to be read. */
const shownStatementSchema = z.object({
  text: z.string(),
  /** Admiralty code, e.g. `B2`. */
  grade: z.string(),
  /** Key in the sources of the entry that the statement stands in. */
  source: z.string(),
  publisher: z.string(),
  /** Of the statement, else of its source; null where neither has one. */
  date: z.string().nullable(),
  note: z.string().nullable(),
  /** Publishers of the reports that the source names for it. */
  cites: z.array(z.string()),
});
export type ShownStatement = z.infer<typeof shownStatementSchema>;

const shownPositionSchema = shownStatementSchema.extend({
  /** Id of the entry that the statement stands in. */
  entry: z.string(),
  stance: z.enum(STANCES),
});

const shownDisputeSchema = z.object({
  between: z.array(z.object({ id: z.string(), title: z.string() })).length(2),
  positions: z.array(shownPositionSchema),
});
export type ShownDispute = z.infer<typeof shownDisputeSchema>;

/** `knowledge show --json`: one line for each entry that the name fits. */
export const knowledgeShownSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  kind,
  title: z.string(),
  file: z.string(),
  imported_from: z.string().nullable(),
  disputes: z.array(shownDisputeSchema),
  sections: z.array(
    z.object({
      section: z.enum(SECTIONS),
      statements: z.array(shownStatementSchema),
    }),
  ),
  /** What other entries say of this one. */
  elsewhere: z.array(shownStatementSchema.extend({ entry: z.string() })),
  /** Entries that share an identifier with this one: another's view of the same thing. */
  views: z.array(z.string()),
  sources: z.array(
    z.object({
      key: z.string(),
      publisher: z.string(),
      title: z.string(),
      url: z.string().nullable(),
      date: z.string().nullable(),
      reliability: z.string(),
      tlp: z.enum(TLP_LEVELS),
      via: z.string().nullable(),
    }),
  ),
});
export type KnowledgeShown = z.infer<typeof knowledgeShownSchema>;

/** One line of `knowledge list --json`. */
export const knowledgeListedSchema = z.object({
  id: z.string(),
  kind,
  title: z.string(),
  names: z.array(z.string()),
  identifiers: z.array(z.string()),
  statements: z.int(),
  sources: z.int(),
  techniques: z.int(),
  /** Ids of the entries with which its identity is disputed. */
  disputed_with: z.array(z.string()),
  imported_from: z.string().nullable(),
  file: z.string(),
});
export type KnowledgeListed = z.infer<typeof knowledgeListedSchema>;

/** One line of `knowledge check --json`. */
export const knowledgeCheckedSchema = z.object({
  path: z.string(),
  status: z.enum(["ok", "invalid"]),
  /** Line of the first problem; null where there is none, or where it lies between files. */
  line: z.int().nullable(),
  reason: z.string(),
});
export type KnowledgeChecked = z.infer<typeof knowledgeCheckedSchema>;

/** `knowledge import --json`. */
export const knowledgeImportedSchema = z.object({
  out: z.string(),
  files: z.array(z.object({ path: z.string(), format: z.enum(["attack", "stix", "misp-galaxy"]) })),
  clusters: z.int(),
  tools: z.int(),
  campaigns: z.int(),
  statements: z.int(),
  successors: z.int(),
  /** What was not taken over, by reason. */
  left_out: z.array(z.object({ reason: z.string(), count: z.int(), example: z.string() })),
});
export type KnowledgeImported = z.infer<typeof knowledgeImportedSchema>;
