import {
  Correlator,
  type LogSourceEntry,
  Matcher,
  type SigmaEvent,
  type SigmaRule,
} from "../../detect/sigma/index.js";
import type { SigmaMatch } from "../../model/sigma.js";
import {
  ChunkReader,
  type EvtxRecord,
  type Problem,
  readChunks,
  readSegment,
  type Segment,
} from "../../sources/evtx/index.js";
import { LinuxReader } from "../../sources/linux/index.js";
import { eventsOf } from "../../sources/windows-json/index.js";
import { EvtxEvent } from "./evtx-event.js";
import { ReadEvent } from "./read-event.js";
import type { ChunkBlock, RecordBatch } from "./stream-parts.js";

/** What is tested at once. */
export type MatchTask = Segment | ChunkBlock | RecordBatch;

/** What could not be read, and where: the byte of an event log, the line of a text. */
export type MatchProblem = Problem | { kind: "record"; line: number; reason: string };

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
  problems: MatchProblem[];
}

/** Tests the records of one segment after the other; what it has learned of templates and rules serves all of them. */
export class SegmentMatcher {
  readonly #matcher: Matcher;
  readonly #correlator: Correlator;
  readonly #positions: ReadonlyMap<SigmaRule, number>;
  readonly #reader = new ChunkReader(false);
  readonly #event = new EvtxEvent();
  /** What it remembers of earlier records is nothing that rules ask for. */
  readonly #linux = new LinuxReader();

  constructor({ rules, entries }: MatchSetup) {
    this.#matcher = new Matcher(rules, entries);
    // Here it only tells which matches and which of their fields are asked for.
    this.#correlator = new Correlator(rules);
    this.#positions = new Map(rules.map((rule, index) => [rule, index]));
  }

  match(task: MatchTask): SegmentMatches {
    const result: SegmentMatches = { matches: [], correlated: [], records: 0, problems: [] };
    if ("texts" in task) this.#matchRecords(task, result);
    else {
      const file = "bytes" in task ? task.path : task.file.path;
      const sink = {
        record: (record: EvtxRecord) => {
          const { recordId, time, computer } = record;
          this.#matchEvent(this.#event.of(record), { file, record_id: recordId, time, computer }, result);
        },
        problem: (problem: Problem) => void result.problems.push(problem),
      };
      if ("bytes" in task) readChunks(task.bytes, task.from, this.#reader, sink);
      else readSegment(task, this.#reader, sink);
    }
    return result;
  }

  #matchRecords({ path, kind, texts, lines, rejects }: RecordBatch, result: SegmentMatches): void {
    for (const reject of rejects) result.problems.push({ kind: "record", ...reject });
    for (const [index, text] of texts.entries()) {
      const line = lines[index] as number;
      const events = kind === "json" ? eventsOf(text) : this.#linux.read(text);
      if (events === undefined) continue;
      if ("refused" in events) result.problems.push({ kind: "record", line, reason: events.refused });
      else
        for (const event of events) {
          const { recordId = null, time, computer } = event;
          this.#matchEvent(
            new ReadEvent(event),
            { file: path, record_id: recordId, line, time, computer },
            result,
          );
        }
    }
  }

  #matchEvent(event: SigmaEvent, place: Place, result: SegmentMatches): void {
    result.records++;
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
          time: Date.parse(place.time),
          fields: values,
        });
      }
      if (this.#correlator.isSilent(rule)) continue;
      const { id, title, level } = rule;
      result.matches.push({ rule_id: id, rule_title: title, level, ...place, fields: fields() });
    }
  }
}

/** Where the event stands. */
type Place = Pick<SigmaMatch, "file" | "record_id" | "line" | "time" | "computer">;
