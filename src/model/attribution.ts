import { z } from "zod";
import { CONFIDENCES, explanationSchema } from "./finding.js";
import { STANCES } from "./knowledge-view.js";

export const ATTRIBUTION_VERDICTS = ["insufficient_evidence", "consistent_with", "unknown_cluster"] as const;
export type AttributionVerdict = (typeof ATTRIBUTION_VERDICTS)[number];

/** What could be behind an intrusion: a cluster of the knowledge base, and what is behind most intrusions. */
export const HYPOTHESIS_KINDS = ["cluster", "unknown", "criminal", "administration"] as const;
export type HypothesisKind = (typeof HYPOTHESIS_KINDS)[number];

/**
 * `specific`: a trace known of one cluster alone; `shared`: of several, or named by a rule only; `common`: a technique, or what administrators leave as
 * well; `supporting`: sectors, countries, calendars; `absent`: what should be there, could have been seen, and is not.
 */
export const EVIDENCE_STRENGTHS = ["specific", "shared", "common", "supporting", "absent"] as const;
export type EvidenceStrength = (typeof EVIDENCE_STRENGTHS)[number];

/** One cell of the matrix of competing hypotheses. `log_ratio`: natural logarithm of its likelihood over that under an unknown cluster. */
const cellSchema = z.object({
  cluster: z.string(),
  mark: z.enum(["consistent", "inconsistent", "not_applicable"]),
  log_ratio: z.number(),
  /** Admiralty grade and publisher of the statement that it is held against; null where nothing is said. */
  grade: z.string().nullable(),
  publisher: z.string().nullable(),
});

export const SOFTWARE_TYPES = ["malware", "tool"] as const;

/** A program that a trace is known of alone, or that a rule names. Never from a technique, nor from a server, which outlives its programs. */
const softwareSchema = z.object({
  /** Id of an entry of the knowledge base. */
  id: z.string(),
  name: z.string(),
  /** Id in ATT&CK, such as `S1228`. */
  attack: z.string().nullable(),
  type: z.enum(SOFTWARE_TYPES).nullable(),
});
export type NamedSoftware = z.infer<typeof softwareSchema>;

const evidenceSchema = z.object({
  /** Within this attribution. */
  id: z.string(),
  strength: z.enum(EVIDENCE_STRENGTHS),
  what: explanationSchema,
  findings: z.array(z.string()),
  software: softwareSchema.optional(),
  /** 0..1: how far it counts beside evidence that rests on the same finding or report. */
  independence: z.number().min(0).max(1),
  cells: z.array(cellSchema),
});

const hypothesisSchema = z.object({
  /** Id of an entry of the knowledge base, or `unknown`, `criminal`, `administration`. */
  cluster: z.string(),
  title: z.string(),
  kind: z.enum(HYPOTHESIS_KINDS),
  prior: z.number().min(0).max(1),
  posterior: z.number().min(0).max(1),
  /** Ids of evidence, most telling first. */
  supports: z.array(z.string()),
  against: z.array(z.string()),
});

/** An entry of `assessment.attribution[]` (design, section 9; docs/attribution.md). Only ever gains fields. */
export const attributionSchema = z.object({
  /** Id of an incident or a campaign. */
  subject: z.string(),
  subject_kind: z.enum(["incident", "campaign"]),
  org_ids: z.array(z.string()),
  verdict: z.enum(ATTRIBUTION_VERDICTS),
  /** The cluster of the verdict; null where there is none, or nobody has named it. */
  cluster: z.string().nullable(),
  /** Of the hypothesis that the verdict rests on, else of the first. No frequency: priors are stated and not measured. */
  likelihood: z.number().min(0).max(1),
  likelihood_word: z.string(),
  confidence: z.enum(CONFIDENCES),
  explanation: explanationSchema,
  /** How many clusters were compared. */
  rivals: z.number().int(),
  /** The first of the clusters, and always the three others. */
  hypotheses: z.array(hypothesisSchema),
  /** Logarithm of the likelihood ratio that specific artefacts give the first cluster, and what a verdict asks for. */
  gate: z.object({ reached: z.number(), needed: z.number() }),
  /** The matrix, most telling evidence first. */
  evidence: z.array(evidenceSchema),
  /** Each piece of evidence left out in turn. */
  sensitivity: z.object({
    lowest: z.number().min(0).max(1),
    highest: z.number().min(0).max(1),
    without: z.array(
      z.object({
        evidence: z.string(),
        leader: z.string(),
        posterior: z.number().min(0).max(1),
        verdict: z.enum(ATTRIBUTION_VERDICTS),
      }),
    ),
  }),
  /** What sources say of the first cluster and others: never merged. */
  related: z.array(
    z.object({
      cluster: z.string(),
      title: z.string(),
      stance: z.enum(STANCES),
      publisher: z.string(),
      grade: z.string(),
    }),
  ),
  would_change: z.array(explanationSchema),
  collect_next: z.array(explanationSchema),
  caveats: z.array(explanationSchema),
});
export type Attribution = z.infer<typeof attributionSchema>;
export type AttributionEvidence = z.infer<typeof evidenceSchema>;
