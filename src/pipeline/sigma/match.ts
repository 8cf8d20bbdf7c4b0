import { availableParallelism } from "node:os";
import { Correlator, type SigmaRule, windowsLogSources } from "../../detect/sigma/index.js";
import { messageOf } from "../../kernel/errors.js";
import type { Progress } from "../../kernel/progress.js";
import { rfc3339 } from "../../kernel/time.js";
import type { SigmaMatch } from "../../model/sigma.js";
import { openEvtx, type Problem, type Segment, segmentsOf } from "../../sources/evtx/index.js";
import { inThreads } from "../evtx/threads.js";
import { walkInput } from "../ingest/walk.js";
import { inputProblem } from "../system-error.js";
import { type MatchSetup, SegmentMatcher, type SegmentMatches } from "./match-segment.js";

export interface SigmaMatchRequest {
  paths: readonly string[];
  rules: readonly SigmaRule[];
  /** Defaults to as many as there are processors, and to none where there is little to read. */
  threads?: number;
}

export interface SigmaMatchOutput {
  match(match: SigmaMatch): Promise<void>;
  problem(path: string, problem: Problem): Promise<void>;
}

export interface SigmaMatchReport {
  files: { path: string; refused: string | undefined; records: number; matches: number }[];
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
 * Tests all rules on the records of event logs, in one pass. Matches come in the order of the files and their records, those of correlations at the end.
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
    files: walk.unreadable.map(({ path, reason }) => ({ path, refused: reason, records: 0, matches: 0 })),
    records: 0,
    matches: 0,
    overflow: [],
    bytes,
    seconds: 0,
  };
  const pending: { file: SigmaMatchReport["files"][number]; bytes: number }[] = [];

  function* segments(): Generator<Segment> {
    for (const { path } of walk.files) {
      const file = { path, refused: undefined as string | undefined, records: 0, matches: 0 };
      report.files.push(file);
      try {
        const opened = openEvtx(path, false);
        if ("refused" in opened) file.refused = opened.refused;
        else
          for (const segment of segmentsOf(opened, CHUNKS_PER_SEGMENT)) {
            pending.push({ file, bytes: segment.to - segment.from });
            yield segment;
          }
      } catch (error) {
        file.refused = `the file cannot be read: ${inputProblem(error) || messageOf(error)}`;
      }
    }
  }

  const setup: MatchSetup = { rules: request.rules, entries: windowsLogSources() };
  const threads = request.threads ?? Math.min(availableParallelism(), Math.floor(bytes / BYTES_PER_THREAD));
  const results =
    threads > 0
      ? inThreads<Segment, SegmentMatches>(
          { beside: import.meta.url, name: "match-worker", data: setup },
          threads,
          segments(),
        )
      : matched(setup, segments());
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
  for (const { rule, first, last, events, group } of correlator.finish()) {
    report.matches++;
    await output.match({
      rule_id: rule.id,
      rule_title: rule.title,
      level: rule.level,
      file: null,
      record_id: null,
      time: rfc3339(first),
      last_time: rfc3339(last),
      events,
      fields: group,
    });
  }
  report.overflow = [...correlator.overflow].map(([rule, matches]) => ({ rule: rule.title, matches }));
  progress.finish("sigma", "");
  report.seconds = (performance.now() - started) / 1000;
  return report;
}

/** In this thread. */
function* matched(setup: MatchSetup, segments: Iterable<Segment>): Generator<SegmentMatches> {
  const matcher = new SegmentMatcher(setup);
  for (const segment of segments) yield matcher.match(segment);
}
