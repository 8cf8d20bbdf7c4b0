import { availableParallelism } from "node:os";
import { messageOf } from "../../kernel/errors.js";
import type { Progress } from "../../kernel/progress.js";
import { type EvtxFile, openEvtx, type Problem, segmentsOf } from "../../sources/evtx/index.js";
import { walkInput } from "../ingest/walk.js";
import { inputProblem } from "../system-error.js";
import {
  type EventFormat,
  type HiddenRecord,
  printSegment,
  type SegmentResult,
  type SegmentTask,
} from "./segment.js";
import { inThreads } from "./threads.js";
import { XML_BEGIN, XML_END } from "./xml-document.js";

export type { Problem as EvtxProblem } from "../../sources/evtx/index.js";

export interface EvtxRequest {
  paths: readonly string[];
  format: EventFormat;
  /** Also records that the log no longer leads to. */
  carve: boolean;
  /** Defaults to as many as there are processors, and to none where there is little to read. */
  threads?: number;
}

/** What became of one file. */
export interface EvtxFileReport {
  path: string;
  /** Why it was not read. */
  refused: string | undefined;
  records: number;
  carved: number;
  hidden: number;
  /** The first of them. */
  namedHidden: HiddenRecord[];
  /** Records and chunks that were lost. */
  damaged: number;
  warnings: number;
}

export interface EvtxReport {
  files: EvtxFileReport[];
  bytes: number;
  seconds: number;
}

/** Takes what is printed, and what could not be. Both may make the reader wait. */
export interface EvtxOutput {
  write(bytes: Uint8Array | string): Promise<void>;
  problem(path: string, problem: Problem): Promise<void>;
}

/** 1 MiB: a thread's answer stays small also where crafted records become much longer than they are. */
const CHUNKS_PER_SEGMENT = 16;
/** Hidden records of one file that its report names. */
const HIDDEN_NAMED = 20;
/** Below this, starting a thread takes longer than reading. */
const BYTES_PER_THREAD = 8 * 1024 ** 2;

/**
 * Prints the records of event logs in the order of the files and of their chunks.
 * @throws LW_INPUT_MISSING where a given path does not exist
 */
export async function printEvents(
  request: EvtxRequest,
  output: EvtxOutput,
  progress: Progress,
): Promise<EvtxReport> {
  const started = performance.now();
  const walk = walkInput(request.paths, []);
  const bytes = walk.files.reduce((sum, file) => sum + file.bytes, 0);
  const files: EvtxFileReport[] = walk.unreadable.map(({ path, reason }) => report(path, reason));
  const pending: Pending[] = [];

  function* tasks(): Generator<SegmentTask> {
    for (const { path } of walk.files) {
      const opened = open(path, request.carve);
      const file = report(path, "refused" in opened ? opened.refused : undefined);
      files.push(file);
      if ("refused" in opened) continue;
      let { warning } = opened;
      for (const segment of segmentsOf(opened, CHUNKS_PER_SEGMENT)) {
        pending.push({ file, bytes: segment.to - segment.from, warning });
        warning = undefined;
        yield { segment, format: request.format, carve: request.carve };
      }
    }
  }

  const threads = request.threads ?? Math.min(availableParallelism(), Math.floor(bytes / BYTES_PER_THREAD));
  const results =
    threads > 0
      ? inThreads<SegmentTask, SegmentResult>(
          { beside: import.meta.url, name: "print-worker" },
          threads,
          tasks(),
        )
      : printed(tasks());
  let done = 0;
  let rows = 0;
  let begun = request.format !== "xml";
  for await (const result of results) {
    if (!begun) await output.write(XML_BEGIN);
    begun = true;
    const segment = pending.shift() as Pending;
    for (const part of result.output) await output.write(part);
    await settle(segment, result, output);
    done += segment.bytes;
    rows += result.records;
    const item = segment.file.path;
    progress.report({ step: "evtx", done, total: Math.max(done, bytes), unit: "bytes", rows, item });
  }
  if (request.format === "xml" && begun) await output.write(XML_END);
  progress.finish("evtx", "");
  return { files, bytes, seconds: (performance.now() - started) / 1000 };
}

/** In this thread. */
function* printed(tasks: Iterable<SegmentTask>): Generator<SegmentResult> {
  for (const task of tasks) yield printSegment(task);
}

/** A segment that was given out. */
interface Pending {
  file: EvtxFileReport;
  bytes: number;
  /** Of the file; told with its first segment. */
  warning: string | undefined;
}

async function settle({ file, warning }: Pending, result: SegmentResult, output: EvtxOutput): Promise<void> {
  file.records += result.records;
  file.carved += result.carved;
  file.hidden += result.hidden.length;
  file.namedHidden.push(...result.hidden.slice(0, HIDDEN_NAMED - file.namedHidden.length));
  const problems: Problem[] = warning === undefined ? [] : [{ kind: "warning", offset: 0, reason: warning }];
  for (const problem of [...problems, ...result.problems]) {
    if (problem.kind === "record" || problem.kind === "chunk") file.damaged++;
    else if (problem.kind === "warning") file.warnings++;
    await output.problem(file.path, problem);
  }
}

function open(path: string, carve: boolean): EvtxFile | { refused: string } {
  try {
    return openEvtx(path, carve);
  } catch (error) {
    return { refused: `the file cannot be read: ${inputProblem(error) || messageOf(error)}` };
  }
}

function report(path: string, refused: string | undefined): EvtxFileReport {
  return { path, refused, records: 0, carved: 0, hidden: 0, namedHidden: [], damaged: 0, warnings: 0 };
}
