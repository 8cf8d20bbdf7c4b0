import type { NamedSoftware } from "./attribution.js";
import type { KnowledgeEntry } from "./knowledge.js";
import type { Stance } from "./knowledge-view.js";

/** How far something that a source says is to be believed, and who says it. */
export interface Credence {
  /** Probability 0..1 that it is true, from the Admiralty grade. */
  weight: number;
  /** `B2`. */
  grade: string;
  publisher: string;
  /** What it rests on: statements with equal source are not independent. */
  source: string;
  /** Milliseconds UTC of the statement, else of its source; undefined where neither has a date. */
  date: number | undefined;
}

type Observable = KnowledgeEntry["observables"][number];

/** A trace by which a cluster, or a tool or campaign of it, is known. */
export interface ProfileArtefact extends Pick<Observable, "kind" | "value" | "specificity"> {
  credence: Credence;
  /** Id of the {@link ProfileTool} whose trace it is; undefined for a trace of the cluster itself or of a campaign. */
  tool?: string;
}

/** What is known of one cluster, as far as it can be compared with findings. All its entries together; every statement keeps its grade. */
export interface ClusterProfile {
  id: string;
  title: string;
  /** Sources describe the activity and name nobody. */
  isUnnamed: boolean;
  /** By newest id; of several statements the best believed. */
  techniques: ReadonlyMap<string, Credence>;
  artefacts: readonly ProfileArtefact[];
  /** By id of {@link ProfileTool}. */
  tools: ReadonlyMap<string, Credence>;
  sectors: ReadonlyMap<string, Credence>;
  countries: ReadonlyMap<string, Credence>;
  /** Countries whose holidays it is said to keep. */
  calendars: ReadonlyMap<string, Credence>;
  /** Other clusters that some source takes for it, or for a part or a relative of it. Kept apart, and shown beside it. */
  related: readonly { id: string; title: string; stance: Stance; publisher: string; grade: string }[];
}

export interface ProfileTool {
  id: string;
  title: string;
  /** All names and aliases, as written. */
  names: readonly string[];
  /** ATT&CK ids. */
  identifiers: readonly string[];
  /** By its id in STIX, or because Malpedia, which lists malware alone, has it; undefined where neither says. */
  type?: NamedSoftware["type"];
}

/** Everybody who could be behind an intrusion, as far as the knowledge base has them. */
export interface RivalClusters {
  clusters: readonly ClusterProfile[];
  tools: readonly ProfileTool[];
  /** A technique by its newest id. */
  currentTechnique(id: string): string;
}
