import { parseTime } from "../../kernel/time.js";
import { visible } from "../../kernel/visible.js";
import { strictestTlp, type Tlp } from "../../model/finding.js";
import { clip } from "../text.js";
import { objectId, observableId } from "./ids.js";
import { TLP_MARKING, tlpMarking } from "./marking.js";

/** An object of a bundle; what each type has stands in STIX 2.1, parts 4 to 6. */
export type StixObject = { type: string; id: string; [property: string]: unknown };

/** What all objects of a bundle have in common. */
export interface BundleContext {
  /** Name of the case: part of every id, for two producers may both know an organisation `moe`. */
  caseName: string;
  tlp: Tlp;
  /** The telemetry was generated: every object is labelled so. */
  synthetic: boolean;
  /** Begin and end of the telemetry, so that equal cases make equal bundles and a case that grew makes newer versions. */
  created: string;
  modified: string;
}

export interface Extra {
  tlp?: Tlp;
  /** 0..100, STIX 2.1, appendix A. */
  confidence?: number | undefined;
}

const LONGEST = 20_000;
/** Where the telemetry has no time at all. */
const EPOCH = "1970-01-01T00:00:00.000Z";

/** RFC 3339 in UTC with milliseconds; undefined where the text is no time of four-digit years. */
export function stixTime(text: string | null): string | undefined {
  const time = text === null ? Number.NaN : parseTime(text);
  if (!Number.isFinite(time)) return undefined;
  const written = new Date(time).toISOString();
  return /^\d{4}-/.test(written) ? written : undefined;
}

/** Two times as an interval that is one, or nothing. */
export function stixSpan(first: string | null, last: string | null): { from: string; to: string } {
  const from = stixTime(first) ?? EPOCH;
  const to = stixTime(last) ?? from;
  return from <= to ? { from, to } : { from: to, to: from };
}

/** Text of a log or of ours, for properties that people read. */
export function stixText(text: string): string {
  return visible(clip(text, LONGEST));
}

/** Several sentences, each on a line of its own; line ends within them are spelled out. */
export function stixLines(lines: readonly string[]): string {
  return lines.map(stixText).join("\n");
}

/** Collects objects, each once; the strictest marking of what was added twice stands. */
export class Collector {
  readonly #objects = new Map<string, StixObject>();
  readonly #markings = new Map<string, Tlp>();
  #creator: string | undefined;

  constructor(readonly context: BundleContext) {}

  /** Who made the objects that come after. */
  set creator(id: string) {
    this.#creator = id;
  }

  /** A domain object. `key` says which thing of the case it is. Returns its id. */
  domain(
    type: string,
    key: readonly string[],
    properties: Readonly<Record<string, unknown>>,
    extra: Extra = {},
  ): string {
    const id = objectId(type, this.context.caseName, ...key);
    return this.#add(id, { type, ...this.#common(id, extra), ...properties }, extra.tlp);
  }

  relationship(
    source: string | undefined,
    type: string,
    target: string | undefined,
    properties: Readonly<Record<string, unknown>> = {},
    extra: Extra = {},
  ): void {
    if (source === undefined || target === undefined) return;
    const id = objectId("relationship", this.context.caseName, source, type, target);
    const ends = { relationship_type: type, ...properties, source_ref: source, target_ref: target };
    this.#add(id, { type: "relationship", ...this.#common(id, extra), ...ends }, extra.tlp);
  }

  /** A cyber-observable. @param contributing its properties that make the id (part 6 of the specification, each type) */
  observable(
    type: string,
    contributing: Readonly<Record<string, unknown>>,
    tlp: Tlp = this.context.tlp,
    others: Readonly<Record<string, unknown>> = {},
  ): string {
    const id = observableId(type, contributing);
    return this.#add(id, { type, spec_version: "2.1", id, ...contributing, ...others }, tlp);
  }

  /** Ids of everything collected so far. */
  ids(): string[] {
    return [...this.#objects.keys()];
  }

  /** Markings first, then all objects by type and id, so that equal cases give equal text. */
  objects(): StixObject[] {
    const objects = [...this.#objects.values()].map((object) => {
      const tlp = this.#markings.get(object.id) ?? this.context.tlp;
      return { ...object, object_marking_refs: [TLP_MARKING[tlp]] };
    });
    const levels = [...new Set(this.#markings.values())].sort();
    return [
      ...levels.map(tlpMarking),
      ...objects.sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : a.id < b.id ? -1 : 1)),
    ];
  }

  #common(id: string, { confidence }: Extra) {
    const { created, modified, synthetic } = this.context;
    return {
      spec_version: "2.1",
      id,
      ...(this.#creator !== undefined && { created_by_ref: this.#creator }),
      created,
      modified,
      ...(synthetic && { labels: ["synthetic"] }),
      ...(confidence !== undefined && { confidence }),
    };
  }

  #add(id: string, object: StixObject, tlp: Tlp = this.context.tlp): string {
    const known = this.#markings.get(id);
    this.#markings.set(id, strictestTlp([this.context.tlp, tlp, ...(known === undefined ? [] : [known])]));
    if (!this.#objects.has(id)) this.#objects.set(id, object);
    return id;
  }
}
