import { strictestTlp, type Tlp } from "../../model/finding.js";
import type { Indicator, IndicatorKind } from "../../model/indicator.js";
import { quoted, type Warnings } from "../text/problems.js";
import { type Classified, classify } from "./classify.js";
import { judge } from "./refuse.js";

/** What the configuration says of a list; it stands wherever the list itself is silent. */
export interface ListDefaults {
  /** Count contacts at any time, whatever the list says of validity. */
  openValidity?: boolean;
  source: string;
  confidence: number;
  tlp: Tlp;
  owner: string;
  sharingGroup: string;
}

/** What a list says of one entry. */
export interface EntryFacts {
  kind?: IndicatorKind | undefined;
  role?: string;
  source?: string;
  confidence?: number | undefined;
  validFrom?: number;
  validTo?: number;
  description?: string;
  software?: readonly string[];
  tlp?: Tlp | undefined;
  owner?: string;
  sharingGroup?: string;
}

/** Free text of a feed: one line, bounded. */
function tidy(text: string | undefined, fallback = ""): string {
  const flat = (text ?? "").replace(/[\s\p{Cc}]+/gu, " ").trim();
  return flat === "" ? fallback : flat.slice(0, 1_000);
}

/** Takes the entries of one list, refuses what would match the world, and counts. */
export class Collector {
  readonly indicators: Indicator[] = [];
  /** Entries that were read, whether or not they were kept. */
  read = 0;
  refused = 0;

  constructor(
    readonly defaults: ListDefaults,
    readonly warnings: Warnings,
    /** Marking of the list as a whole: no entry of it is freer. */
    readonly leastTlp?: Tlp,
  ) {}

  /** Adds one value. Returns what is wrong with it, if anything; the caller knows the line. `place` leads warnings: `file:line`. */
  add(text: string, facts: EntryFacts, place: string): string | undefined {
    this.read++;
    const found = classify(text, facts.kind);
    if ("problem" in found) return found.problem;
    this.#take(found, facts, place);
    return undefined;
  }

  #take(found: Classified, facts: EntryFacts, place: string): void {
    const verdict = judge(found);
    const shown = found.kind === "domain-wildcard" ? `*.${found.value}` : found.value;
    if (verdict.warning !== undefined) this.warnings.add(`${place}: ${quoted(shown)} ${verdict.warning}`);
    if (!verdict.accept) {
      this.refused++;
      return;
    }
    if (found.note !== undefined) this.warnings.add(`${place}: ${quoted(shown)}: ${found.note}`);
    const { defaults } = this;
    const software = (facts.software ?? []).map((each) => tidy(each));
    this.indicators.push({
      kind: found.kind,
      value: found.value,
      role: tidy(facts.role),
      source: tidy(facts.source, defaults.source),
      confidence: facts.confidence ?? defaults.confidence,
      validFrom: (defaults.openValidity ? undefined : facts.validFrom) ?? Number.NEGATIVE_INFINITY,
      validTo: (defaults.openValidity ? undefined : facts.validTo) ?? Number.POSITIVE_INFINITY,
      description: tidy(facts.description),
      ...(software.length > 0 && { software }),
      tlp: strictestTlp([facts.tlp ?? defaults.tlp, this.leastTlp ?? "clear"]),
      owner: tidy(facts.owner, defaults.owner),
      sharingGroup: tidy(facts.sharingGroup, defaults.sharingGroup),
    });
  }
}
