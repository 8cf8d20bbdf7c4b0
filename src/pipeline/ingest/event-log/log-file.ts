import { contentId } from "../../../kernel/ids.js";
import { MINUTE } from "../../../kernel/time.js";
import { type ChunkFacts, type EvtxFile, lineNumber } from "../../../sources/evtx/index.js";
import { type IdRange, rangesOf, surveyIds } from "./id-ranges.js";

/** Stretches, steps and ids that a row of `log_file_fact` lists at most. */
const LISTED_GAPS = 64;
const LISTED_STEPS = 16;

/** Row of `log_file_fact` without what the batch and the records that were read add. */
export type FactRow = Record<string, string | number | readonly unknown[]> & {
  scope: "file" | "chunk";
  slices: readonly string[];
};

interface Chunk {
  facts: Omit<ChunkFacts, "frames" | "slackIds">;
  ranges: readonly IdRange[];
  /** Of the records with the least and the greatest id, milliseconds since 1970. */
  first: Stamp;
  last: Stamp;
  row: FactRow;
}

/** A record that was written before the one with the id below. */
interface TimeStep {
  id: number;
  time: string;
  seconds: number;
}

interface Stamp {
  id: number;
  time: number;
}

/** Gathers what one copy of an event log shows of itself, chunk by chunk. Of a chunk only a row is kept: a log of 1 GB has 16,384. */
export class LogFile {
  readonly #file: EvtxFile;
  readonly #chunks: Chunk[] = [];
  readonly #content: string[] = [];
  #steps: TimeStep[] = [];
  #records = 0;

  constructor(file: EvtxFile) {
    this.#file = file;
  }

  /** @param slices ids of the slices that hold its records */
  add(offset: number, bytes: number, facts: ChunkFacts, slices: readonly string[]): void {
    const { frames, slackIds, ...rest } = facts;
    this.#records += frames.length;
    this.#content.push(JSON.stringify([offset, bytes, rest, frames.length, frames.at(-1)?.id ?? 0, slices]));
    const ids = frames.map(({ id }) => lineNumber(id));
    const { ranges, repeated, descents } = rangesOf(ids);
    const survey = surveyIds(ranges);
    const first = { id: survey.first, time: timeOf(frames, survey.first) };
    const last = { id: survey.last, time: timeOf(frames, survey.last) };
    const steps = stepsBack(frames);
    this.#steps = [...this.#steps, ...steps].slice(0, LISTED_STEPS);
    const row: FactRow = {
      scope: "chunk",
      offset,
      bytes,
      header_checksum: facts.headerChecksum,
      data_checksum: facts.dataChecksum,
      first_number: facts.firstNumber,
      last_number: facts.lastNumber,
      first_id: survey.first,
      last_id: survey.last,
      records: frames.length,
      missing: survey.missing,
      gaps: survey.gaps.slice(0, LISTED_GAPS),
      repeated,
      descents,
      first_time: engineTime(first.time),
      last_time: engineTime(last.time),
      time_steps: steps.slice(0, LISTED_STEPS),
      free_bytes: facts.freeBytes,
      slack_records: slackIds.length,
      slack_last_id: lineNumber(slackIds.reduce((most, id) => Math.max(most, id), 0)),
      slices,
    };
    this.#chunks.push({ facts: rest, ranges, first, last, row });
  }

  /** Known by content, as a slice is: the same bytes under another path are the same copy, compressed or not. To be asked when all of it is read. */
  get acquisitionId(): string {
    const { header, size } = this.#file;
    return contentId("acquisition", JSON.stringify([size, header ?? null]), ...this.#content);
  }

  /** The file's row, and those of its chunks. */
  rows(): FactRow[] {
    const { header, size } = this.#file;
    const chunks = this.#chunks;
    const withRecords = chunks.filter(({ ranges }) => ranges.length > 0);
    const all = surveyIds(chunks.flatMap(({ ranges }) => ranges));
    const sum = (name: string) => chunks.reduce((total, { row }) => total + Number(row[name]), 0);
    const numbers = withRecords.map(({ facts }) => facts.firstNumber).filter((number) => number > 0);
    const first = withRecords.find((chunk) => chunk.first.id === all.first)?.first;
    const last = withRecords.find((chunk) => chunk.last.id === all.last)?.last;
    const descents = withRecords.filter(
      (chunk, index) => index > 0 && chunk.first.id < (withRecords[index - 1]?.first.id ?? 0),
    ).length;
    const file: FactRow = {
      scope: "file",
      offset: 0,
      bytes: size,
      version: header?.version ?? "",
      dirty: header?.dirty ? 1 : 0,
      full: header?.full ? 1 : 0,
      chunks: chunks.length,
      chunks_counted: header?.chunks ?? 0,
      next_record_id: lineNumber(header?.nextRecordId ?? 0),
      header_checksum: header?.checksum ?? "none",
      data_checksum: worst(chunks.map(({ facts }) => facts.dataChecksum)),
      first_number: numbers.reduce((least, number) => Math.min(least, number), numbers[0] ?? 0),
      last_number: withRecords.reduce((most, { facts }) => Math.max(most, facts.lastNumber), 0),
      first_id: all.first,
      last_id: all.last,
      records: this.#records,
      missing: all.missing,
      gaps: all.gaps.slice(0, LISTED_GAPS),
      repeated: all.repeated + sum("repeated"),
      descents: descents + sum("descents"),
      first_time: engineTime(first?.time ?? 0),
      last_time: engineTime(last?.time ?? 0),
      time_steps: [...this.#steps, ...this.#stepsBetween()].slice(0, LISTED_STEPS),
      free_bytes: sum("free_bytes"),
      slack_records: sum("slack_records"),
      slack_last_id: chunks.reduce((most, { row }) => Math.max(most, Number(row.slack_last_id)), 0),
      slices: [],
    };
    return [file, ...chunks.map(({ row }) => row)];
  }

  /** Steps back in time from the last record of a chunk to the first of the one that continues it. */
  #stepsBetween(): TimeStep[] {
    const ordered = this.#chunks
      .filter(({ ranges }) => ranges.length > 0)
      .sort((a, b) => a.first.id - b.first.id);
    return ordered.flatMap(({ first: { id, time } }, index) => {
      const back = (ordered[index - 1]?.last.time ?? time) - time;
      return back > MINUTE ? [{ id, time: engineTime(time), seconds: back / 1000 }] : [];
    });
  }
}

function stepsBack(frames: ChunkFacts["frames"]): TimeStep[] {
  return frames.flatMap(({ id, time }, index) => {
    const back = (frames[index - 1]?.time ?? time) - time;
    return back > MINUTE ? [{ id: lineNumber(id), time: engineTime(time), seconds: back / 1000 }] : [];
  });
}

function timeOf(frames: ChunkFacts["frames"], id: number): number {
  return frames.find((frame) => lineNumber(frame.id) === id)?.time ?? 0;
}

function worst(checksums: readonly ChunkFacts["dataChecksum"][]): ChunkFacts["dataChecksum"] {
  if (checksums.includes("wrong")) return "wrong";
  return checksums.includes("right") ? "right" : "none";
}

/** In the engine's range of years. */
function engineTime(milliseconds: number): string {
  const inRange = Math.min(Math.max(milliseconds, 0), Date.UTC(2299, 0));
  return new Date(inRange).toISOString().slice(0, 23).replace("T", " ");
}
