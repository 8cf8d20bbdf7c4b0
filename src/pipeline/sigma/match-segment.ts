import { Correlator, type LogSourceEntry, Matcher, type SigmaRule } from "../../detect/sigma/index.js";
import type { SigmaMatch } from "../../model/sigma.js";
import {
  ChunkReader,
  type EvtxRecord,
  type Problem,
  readSegment,
  type Segment,
} from "../../sources/evtx/index.js";
import { EvtxEvent } from "./evtx-event.js";

/** What every thread is given once. */
export interface MatchSetup {
  rules: readonly SigmaRule[];
  entries: readonly LogSourceEntry[];
}

/** A match that a correlation asks for. */
export interface CorrelatedMatch {
  /** Position among the rules of the setup. */
  rule: number;
  /** Milliseconds UTC. */
  time: number;
  fields: Record<string, string>;
}

export interface SegmentMatches {
  matches: SigmaMatch[];
  correlated: CorrelatedMatch[];
  records: number;
  problems: Problem[];
}

/** Tests the records of one segment after the other; what it has learned of templates and rules serves all of them. */
export class SegmentMatcher {
  readonly #matcher: Matcher;
  readonly #correlator: Correlator;
  readonly #positions: ReadonlyMap<SigmaRule, number>;
  readonly #reader = new ChunkReader(false);
  readonly #event = new EvtxEvent();

  constructor({ rules, entries }: MatchSetup) {
    this.#matcher = new Matcher(rules, entries);
    // Here it only tells which matches and which of their fields are asked for.
    this.#correlator = new Correlator(rules);
    this.#positions = new Map(rules.map((rule, index) => [rule, index]));
  }

  match(segment: Segment): SegmentMatches {
    const result: SegmentMatches = { matches: [], correlated: [], records: 0, problems: [] };
    readSegment(segment, this.#reader, {
      record: (record) => {
        result.records++;
        this.#matchRecord(record, segment.file.path, result);
      },
      problem: (problem) => result.problems.push(problem),
    });
    return result;
  }

  #matchRecord(record: EvtxRecord, file: string, result: SegmentMatches): void {
    const event = this.#event.of(record);
    for (const { rule, fields } of this.#matcher.match(event)) {
      const needed = this.#correlator.fieldsOf(rule);
      if (needed !== undefined) {
        const values: Record<string, string> = {};
        for (const name of needed) {
          const value = event.field(name);
          if (value !== undefined && value !== null)
            values[name] = typeof value === "string" ? value : value.join("\n");
        }
        result.correlated.push({
          rule: this.#positions.get(rule) as number,
          time: Date.parse(record.time),
          fields: values,
        });
      }
      if (this.#correlator.isSilent(rule)) continue;
      const { id, title, level } = rule;
      result.matches.push({
        rule_id: id,
        rule_title: title,
        level,
        file,
        record_id: record.recordId,
        time: record.time,
        fields: fields(),
      });
    }
  }
}
