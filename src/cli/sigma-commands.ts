import { LongwatchError } from "../kernel/errors.js";
import { visible } from "../kernel/visible.js";
import type { SigmaMatch } from "../model/sigma.js";
import { requireInput } from "../pipeline/ingest/walk.js";
import { huntCase } from "../pipeline/sigma/hunt.js";
import { matchEvents, type SigmaMatchReport } from "../pipeline/sigma/match.js";
import { type LoadedRules, loadRules } from "../pipeline/sigma/rules.js";
import type { Outcome } from "./outcome.js";
import { note, printData, printLine } from "./output.js";
import { terminalProgress } from "./progress.js";
import { type CaseFlags, withCase } from "./with-case.js";

interface RuleFlags {
  rules?: string[];
  placeholders?: string;
  logSources?: string[];
  json?: boolean;
}

export async function runSigmaCheck(flags: RuleFlags, outcome: Outcome): Promise<void> {
  const { checked, files } = loadRules(flags.rules, flags);
  for (const rule of checked) {
    if (flags.json) await printData(`${JSON.stringify(rule)}\n`);
    else {
      const { path, line, status, title, reason } = rule;
      await printData(
        `${status.padEnd(11)} ${path}:${line}  ${title}${reason === "" ? "" : `: ${reason}`}\n`,
      );
    }
  }
  const count = (status: string): number => checked.filter((rule) => rule.status === status).length;
  const share = ((100 * count("ok")) / Math.max(1, checked.length)).toFixed(2);
  const untried = checked.filter(({ status, reason }) => status === "ok" && reason !== "").length;
  const summary = `${checked.length} rules in ${files} files: ${count("ok")} ok (${share} %; ${untried} of them for logs that are not read), ${count("unsupported")} unsupported, ${count("invalid")} invalid, ${count("unmapped")} unmapped`;
  if (flags.json) note(summary);
  else printLine(summary);
  if (count("ok") === 0) outcome.exitCode = 3;
}

interface MatchFlags extends RuleFlags {
  quiet?: boolean;
}

/** Files and problems that are named on the screen; the rest is counted. */
const NAMED = 10;

export async function runSigmaMatch(paths: string[], flags: MatchFlags): Promise<void> {
  requireInput(paths);
  const { rules, logSources, checked } = runnableRules(flags);
  const problems: string[] = [];
  let damaged = 0;
  const report = await matchEvents(
    { paths, rules, logSources },
    {
      match: (match) => printData(flags.json ? `${JSON.stringify(match)}\n` : line(match)),
      async problem(path, problem) {
        if (problem.kind !== "record" && problem.kind !== "chunk") return;
        damaged++;
        const place = "line" in problem ? `line ${problem.line}` : `byte ${problem.offset}`;
        if (problems.length < NAMED) problems.push(`${visible(path)}: ${place}: ${problem.reason}`);
      },
    },
    terminalProgress(flags.quiet === true),
  );
  if (!flags.quiet) {
    tellMatches(report, rules.length, damaged);
    tellLeftOut(checked, report.overflow);
    for (const problem of problems) note(`  ${problem}`);
  }
  if (report.files.every(({ refused }) => refused !== undefined)) {
    const [first] = report.files;
    throw new LongwatchError(
      "LW_INPUT_UNREADABLE",
      `none of the ${report.files.length} files holds Windows events${first ? `; the first: ${first.refused}` : ""}`,
      {
        ...(first && { file: first.path }),
      },
    );
  }
}

/** The same rules on the events of a case: what was imported once can be asked again with new rules. */
export async function runSigmaHunt(flags: MatchFlags & CaseFlags): Promise<void> {
  const loaded = runnableRules(flags);
  const { rules, checked } = loaded;
  await withCase(flags, true, async (openCase) => {
    const report = await huntCase(
      openCase,
      loaded,
      (match) => printData(flags.json ? `${JSON.stringify(match)}\n` : line(match)),
      terminalProgress(flags.quiet === true),
    );
    if (flags.quiet) return;
    const { events, matches, seconds } = report;
    const number = (value: number): string => value.toLocaleString("en");
    const all = events.reduce((sum, { count }) => sum + count, 0);
    const tables = events.map(({ table }) => table).join(", ") || "no table";
    note(
      all === 0
        ? `sigma: nothing was tested: the rules ask for ${tables}, and this case has no such events; bring some with \`longwatch ingest\``
        : `sigma: ${number(rules.length)} rules on ${number(all)} stored events: ${number(matches)} matches in ${seconds.toFixed(1)} s`,
    );
    tellLeftOut(checked, report.overflow);
  });
}

function runnableRules(flags: MatchFlags): LoadedRules {
  const loaded = loadRules(flags.rules, flags);
  if (loaded.rules.length === 0)
    throw new LongwatchError("LW_CONFIG", "none of the rules can be run: longwatch sigma check says why");
  return loaded;
}

function tellLeftOut(
  checked: LoadedRules["checked"],
  overflow: readonly { rule: string; matches: number }[],
): void {
  const left = checked.filter(({ status }) => status !== "ok" && status !== "unmapped").length;
  if (left > 0) note(`  ${left} rules cannot be run: longwatch sigma check says why`);
  for (const { rule, matches } of overflow)
    note(
      `  ${visible(rule)}: ${matches.toLocaleString("en")} matches were too many for its correlation and are not in it`,
    );
}

function line({ time, level, rule_title, file, record_id, line, fields }: SigmaMatch): string {
  const where =
    file === null
      ? "correlation"
      : `${visible(file)}${line === undefined ? "" : `:${line}`}#${record_id ?? ""}`;
  const what = Object.entries(fields)
    .map(([name, value]) => `${name}=${visible(value)}`)
    .join(" ");
  return `${time}  ${level.padEnd(13)} ${visible(rule_title)}  ${where}  ${what.length > 300 ? `${what.slice(0, 300)}…` : what}\n`;
}

function tellMatches(report: SigmaMatchReport, rules: number, damaged: number): void {
  const { files, records, matches, bytes, seconds } = report;
  const refused = files.filter((file) => file.refused !== undefined);
  const number = (value: number): string => value.toLocaleString("en");
  note(
    `sigma: ${number(rules)} rules on ${number(records)} records of ${files.length - refused.length} of ${files.length} files: ${number(matches)} matches, ` +
      `${number(damaged)} damaged or rejected, ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s (${number(Math.round(records / Math.max(seconds, 0.001)))} records/s)`,
  );
  for (const { path, refused: reason } of refused.slice(0, NAMED)) note(`  ${visible(path)}: ${reason}`);
  const broken = files.filter((file) => file.broken !== undefined);
  for (const { path, broken: reason } of broken.slice(0, NAMED)) note(`  ${visible(path)}: ${reason}`);
  if (broken.length > NAMED) note(`  … and ${broken.length - NAMED} more that were not read to their end`);
  if (refused.length > NAMED) note(`  … and ${refused.length - NAMED} more that were not read`);
}
