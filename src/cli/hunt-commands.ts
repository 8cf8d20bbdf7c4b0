import { LongwatchError } from "../kernel/errors.js";
import type { Language } from "../kernel/language.js";
import { visible } from "../kernel/visible.js";
import { type Finding, type Severity, severityRank, type Tlp } from "../model/finding.js";
import type { IngestReport } from "../model/ingest-report.js";
import { detectStep, ingestStep, type Reported, reportStep } from "../pipeline/hunt.js";
import { requireInput } from "../pipeline/ingest/walk.js";
import type { ExportFormat } from "../pipeline/options.js";
import { assessmentJson, renderSummary } from "../pipeline/present.js";
import { loadSettings, rememberConfiguration, type Settings, settingsOfCase } from "../pipeline/settings.js";
import { detectedIn } from "./detected-in.js";
import { type LanguageFlags, languageOf, rendered } from "./language.js";
import type { Outcome } from "./outcome.js";
import { note, printData, printJson, printLine, terminalStyle } from "./output.js";
import { terminalProgress } from "./progress.js";
import { type CaseFlags, withCase } from "./with-case.js";

export interface HuntFlags extends CaseFlags, LanguageFlags {
  config?: string;
  json?: boolean;
  failOn?: Severity;
  rules?: string[];
  format?: ExportFormat[];
  tlp?: Tlp;
}

export interface ReportFlags extends HuntFlags {
  for?: string;
  anonymise?: boolean;
}

/** Refused files named on the screen; the rest is in `ingest --json` and in the report. */
const FILES_NAMED = 10;
const WARNINGS_SHOWN = 20;

export async function runHunt(paths: string[], flags: HuntFlags, outcome: Outcome): Promise<void> {
  requireInput(paths);
  const language = languageOf(flags);
  const settings = withRules(loadSettings(flags.config, paths), flags);
  warn(settings, flags);
  const progress = terminalProgress(flags.quiet === true);
  await withCase(flags, false, async (opened) => {
    await rememberConfiguration(opened, settings);
    const ingested = await ingestStep(opened, settings, paths, progress);
    if (!flags.quiet) tellIngest(ingested);
    requireTelemetry(ingested);
    const detected = await detectStep(opened, settings, progress);
    const reported = await reportStep(opened, settings, detected, Date.now(), progress, {
      exports: flags.format,
      tlp: flags.tlp,
      language,
    });
    await show(reported, flags, language);
    applyFailOn(detected.findings, flags.failOn, outcome);
  });
}

export async function runIngest(paths: string[], flags: HuntFlags): Promise<void> {
  requireInput(paths);
  const settings = loadSettings(flags.config, paths);
  warn(settings, flags);
  await withCase(flags, false, async (opened) => {
    await rememberConfiguration(opened, settings);
    const ingested = await ingestStep(opened, settings, paths, terminalProgress(flags.quiet === true));
    if (flags.json) await printJson(ingested);
    if (!flags.quiet) tellIngest(ingested);
    requireTelemetry(ingested);
  });
}

export async function runReport(flags: ReportFlags): Promise<void> {
  const language = languageOf(flags);
  await withCase(flags, true, async (opened) => {
    const settings = await settingsOfCase(opened, flags.config);
    warn(settings, flags);
    const loaded = await detectedIn(opened, flags);
    const progress = terminalProgress(flags.quiet === true);
    const options = {
      exports: flags.format,
      for: flags.for,
      anonymise: flags.anonymise,
      tlp: flags.tlp,
      language,
    };
    await show(await reportStep(opened, settings, loaded, Date.now(), progress, options), flags, language);
  });
}

/** The settings with the rules that the command line names. @throws LW_INPUT_MISSING before any work begins */
export function withRules(settings: Settings, { rules }: Pick<HuntFlags, "rules">): Settings {
  if (rules === undefined) return settings;
  requireInput(rules);
  return { ...settings, rulePaths: [...settings.rulePaths, ...rules] };
}

/** What the user should know of the configuration, before work begins. */
export function warn(settings: Settings, flags: { quiet?: boolean }): void {
  if (flags.quiet) return;
  for (const warning of settings.warnings.slice(0, WARNINGS_SHOWN)) note(`warning: ${warning}`);
  if (settings.warnings.length > WARNINGS_SHOWN)
    note(`warning: … and ${settings.warnings.length - WARNINGS_SHOWN} more of this kind`);
}

export function applyFailOn(
  findings: readonly Finding[],
  failOn: Severity | undefined,
  outcome: Outcome,
): void {
  if (
    failOn !== undefined &&
    findings.some((finding) => severityRank(finding.severity) >= severityRank(failOn))
  )
    outcome.exitCode = 1;
}

async function show(
  { assessment, paths }: Reported,
  flags: HuntFlags,
  language: Language | undefined,
): Promise<void> {
  if (flags.json) await printData(assessmentJson(assessment));
  else printLine(rendered(language, () => renderSummary(assessment, { ...terminalStyle(), paths })));
}

function tellIngest({ files, seconds, bytes }: IngestReport): void {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const rejected = files.reduce((sum, file) => sum + file.rejected, 0);
  const refused = files.filter((file) => file.format === null);
  const known = files.filter((file) => file.known_slices > 0 && file.rows === 0).length;
  note(
    `ingest: ${files.length - refused.length} of ${files.length} files, ${rows.toLocaleString("en")} records, ${rejected.toLocaleString("en")} rejected, ` +
      `${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s${known > 0 ? `; ${known} files were in the case already` : ""}`,
  );
  const telling = files.flatMap(tell);
  for (const line of telling.slice(0, FILES_NAMED)) note(`  ${line}`);
  if (telling.length > FILES_NAMED)
    note(`  … and ${telling.length - FILES_NAMED} more; \`longwatch ingest --json\` names them all`);
  if (rejected > 0)
    note('  what was rejected is kept: longwatch query "SELECT * FROM rejected_record LIMIT 20"');
}

/** What a user should know of one file: why it was not read in whole, and the first line that was no record. */
function tell({
  path: name,
  reason,
  rejected,
  first_reject,
  early_times,
  first_early_line,
  skipped,
  known_slices,
}: IngestReport["files"][number]): string[] {
  // A line end in a file's name must not begin a line of its own.
  const path = visible(name);
  const lines: string[] = [];
  if (reason !== "" && !(skipped && known_slices > 0)) lines.push(`${path}: ${reason}`);
  if (first_reject) {
    lines.push(
      `${path}:${first_reject.line}: rejected: ${first_reject.reason}${andMore(rejected - 1, "rejected line")}`,
    );
  }
  if (first_early_line !== null)
    lines.push(
      `${path}:${first_early_line}: warning: the time lies before 1971 (a wrong clock, or a capture with relative times)${andMore(early_times - 1, "record")}`,
    );
  return lines;
}

function andMore(count: number, what: string): string {
  return count > 0 ? ` (and ${count.toLocaleString("en")} more ${what}${count === 1 ? "" : "s"})` : "";
}

/** Exit code 3 is for input that is unreadable in whole; one broken file never stops the rest. */
function requireTelemetry({ files }: IngestReport): void {
  if (files.some((file) => file.format !== null)) return;
  const [first] = files;
  throw new LongwatchError(
    "LW_INPUT_UNREADABLE",
    `none of the ${files.length} files could be read as a log${first ? `; the first: ${first.reason}` : ""}`,
    {
      ...(first && { file: first.path }),
    },
  );
}
