import { availableParallelism } from "node:os";
import { Correlator, type RuleSet, type SigmaRule } from "../../detect/sigma/index.js";
import { messageOf } from "../../kernel/errors.js";
import type { Progress } from "../../kernel/progress.js";
import type { SigmaMatch } from "../../model/sigma.js";
import { openEvtx, segmentsOf } from "../../sources/evtx/index.js";
import { inThreads } from "../evtx/threads.js";
import { walkInput } from "../ingest/walk.js";
import { inputProblem } from "../system-error.js";
import { correlationMatch } from "./correlation-match.js";
import {
  type MatchProblem,
  type MatchSetup,
  type MatchTask,
  SegmentMatcher,
  type SegmentMatches,
} from "./match-segment.js";
import { streamParts } from "./stream-parts.js";

export interface SigmaMatchRequest extends RuleSet {
  paths: readonly string[];
  /** Defaults to as many as there are processors, and to none where there is little to read. */
  threads?: number;
}

export interface SigmaMatchOutput {
  match(match: SigmaMatch): Promise<void>;
  problem(path: string, problem: MatchProblem): Promise<void>;
}

/** What became of a file, or of one in an archive. */
interface FileReport {
  path: string;
  /** Why nothing of it was read. */
  refused: string | undefined;
  /** Why it was not read to its end. */
  broken: string | undefined;
  records: number;
  matches: number;
}

export interface SigmaMatchReport {
  files: FileReport[];
  records: number;
  matches: number;
  /** Matches that a correlation asked for and that were too many to keep, by rule title. */
  overflow: { rule: string; matches: number }[];
  bytes: number;
  seconds: number;
}

/** 1 MiB. */
const CHUNKS_PER_SEGMENT = 16;
/** Below this, starting a thread with all rules takes longer than reading. */
const BYTES_PER_THREAD = 16 * 1024 ** 2;

/**
 * Tests all rules on the records of event logs and on Windows events as JSON, in one pass. Matches come in the order of the files and their records, those of correlations at the end.
 * @throws LW_INPUT_MISSING where a given path does not exist
 */
export async function matchEvents(
  request: SigmaMatchRequest,
  output: SigmaMatchOutput,
  progress: Progress,
): Promise<SigmaMatchReport> {
  const started = performance.now();
  const walk = walkInput(request.paths, []);
  const bytes = walk.files.reduce((sum, file) => sum + file.bytes, 0);
  const report: SigmaMatchReport = {
    files: walk.unreadable.map(({ path, reason }) => fileReport(path, reason)),
    records: 0,
    matches: 0,
    overflow: [],
    bytes,
    seconds: 0,
  };
  const pending: { file: FileReport; bytes: number }[] = [];
  const add = (path: string, refused?: string): FileReport => {
    const file = fileReport(path, refused);
    report.files.push(file);
    return file;
  };

  async function* tasks(): AsyncGenerator<MatchTask> {
    for (const { path, bytes: size } of walk.files) {
      try {
        const opened = openEvtx(path, false);
        if ("refused" in opened) yield* streamTasks(path, size);
        else {
          const file = add(path);
          for (const segment of segmentsOf(opened, CHUNKS_PER_SEGMENT)) {
            pending.push({ file, bytes: segment.to - segment.from });
            yield segment;
          }
        }
      } catch (error) {
        add(path, `the file cannot be read: ${inputProblem(error) || messageOf(error)}`);
      }
    }
  }

  async function* streamTasks(path: string, size: number): AsyncGenerator<MatchTask> {
    let file: FileReport | undefined;
    let left = size;
    for await (const part of streamParts(path)) {
      if ("refused" in part) add(part.path, part.refused);
      else {
        if (file?.path !== part.path && "part" in part) file = add(part.path);
        if ("broken" in part) (file ?? add(part.path)).broken = part.broken;
        else {
          pending.push({ file: file as FileReport, bytes: left });
          left = 0;
          yield part.part;
        }
      }
    }
  }

  const setup: MatchSetup = { rules: request.rules, entries: request.logSources };
  const threads = request.threads ?? Math.min(availableParallelism(), Math.floor(bytes / BYTES_PER_THREAD));
  const results =
    threads > 0
      ? inThreads<MatchTask, SegmentMatches>(
          { beside: import.meta.url, name: "match-worker", data: setup },
          threads,
          tasks(),
        )
      : matched(setup, tasks());
  const correlator = new Correlator(request.rules);
  let done = 0;
  for await (const { matches, correlated, records, problems } of results) {
    const { file, bytes: size } = pending.shift() as (typeof pending)[number];
    for (const match of matches) await output.match(match);
    for (const problem of problems) await output.problem(file.path, problem);
    for (const { rule, time, fields } of correlated)
      correlator.add({ rule: request.rules[rule] as SigmaRule, time, field: (name) => fields[name] });
    file.records += records;
    file.matches += matches.length;
    report.records += records;
    report.matches += matches.length;
    done += size;
    progress.report({
      step: "sigma",
      done,
      total: Math.max(done, bytes),
      unit: "bytes",
      rows: report.records,
      item: file.path,
    });
  }
  for (const match of correlator.finish()) {
    report.matches++;
    await output.match(correlationMatch(match));
  }
  report.overflow = [...correlator.overflow].map(([rule, matches]) => ({ rule: rule.title, matches }));
  progress.finish("sigma", "");
  report.seconds = (performance.now() - started) / 1000;
  return report;
}

function fileReport(path: string, refused: string | undefined): FileReport {
  return { path, refused, broken: undefined, records: 0, matches: 0 };
}

/** In this thread. */
async function* matched(setup: MatchSetup, tasks: AsyncIterable<MatchTask>): AsyncGenerator<SegmentMatches> {
  const matcher = new SegmentMatcher(setup);
  for await (const task of tasks) yield matcher.match(task);
}
