/** What is known of clusters, tools and campaigns, as statements with their sources. The unit's one index. */
export { buildBase, type KnowledgeBase } from "./base.js";
export { allDisputes } from "./disputes.js";
export { findEntries } from "./find.js";
export { rivalHypotheses } from "./hypotheses.js";
export type { ImportGrade } from "./import/draft.js";
export { type ImportResult, importDocuments, parseImport } from "./import/import.js";
export { attributedTo, rivalClusters } from "./profiles.js";
export { type KnowledgeFile, parseKnowledge } from "./read-file.js";
export { currentTechnique } from "./techniques.js";
export { listEntries, showEntry } from "./view.js";
export { knowledgeJson } from "./write-file.js";
