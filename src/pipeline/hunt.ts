import { assess, gather } from "../assess/index.js";
import { isExcluded, readHijackLibs } from "../intel/index.js";
import type { Progress } from "../kernel/progress.js";
import { rfc3339 } from "../kernel/time.js";
import type { Assessment } from "../model/assessment.js";
import type { Config } from "../model/config.js";
import type { HijackCatalogue } from "../model/dll-hijack.js";
import type { IngestReport } from "../model/ingest-report.js";
import { type ExportFormat, type ReportPaths, writeReports } from "../report/index.js";
import { attributeStep } from "./attribute.js";
import { type Audience, audienceFolder, forAudience, requireAudience } from "./audience.js";
import type { Case } from "./case.js";
import { correlateStep } from "./correlate.js";
import { type Detected, detect } from "./detect.js";
import { loadEvidence } from "./evidence.js";
import { deriveContacts } from "./ingest/derive.js";
import { ingest } from "./ingest/ingest.js";
import { MESSAGES } from "./messages.js";
import { configurationFiles, configuredSensor, type Settings } from "./settings.js";
import { huntRules } from "./sigma/rules.js";

/** Evidence lines that the report shows of each finding. */
const REPORTED_LINES = 20;

/** The ingest step with everything the configuration says about it. */
export function ingestStep(
  openCase: Case,
  settings: Settings,
  paths: readonly string[],
  progress: Progress,
): Promise<IngestReport> {
  const { config } = settings;
  return ingest(openCase, {
    paths,
    exclude: [
      openCase.folder,
      ...configurationFiles(config),
      ...settings.rulePaths,
      ...config.sigmaLogSources,
    ],
    settings: { csvMappings: config.csv },
    sensorFor: (path, relativePath) => configuredSensor(config, path, relativePath),
    isExcluded: (relativePath) => isExcluded(config, relativePath),
    progress,
  });
}

export async function detectStep(openCase: Case, settings: Settings, progress: Progress): Promise<Detected> {
  // Current unless the import before was killed.
  await deriveContacts(openCase.store, openCase.manifest);
  return detect({
    store: openCase.store,
    manifest: openCase.manifest,
    ...settings,
    sigmaRules: () => huntRules(settings.rulePaths, settings.config.sigmaLogSources),
    dllHijacks: () => dllHijacks(settings.config),
    progress,
  });
}

function dllHijacks({ hijackLibs }: Config): HijackCatalogue {
  return hijackLibs === undefined ? { entries: [], unreadable: 0 } : readHijackLibs(hijackLibs);
}

export interface Reported {
  assessment: Assessment;
  paths: ReportPaths;
}

/** What to write besides the report itself, and for whom. */
export interface ReportOptions extends Audience {
  exports?: readonly ExportFormat[] | undefined;
}

/** Assessment and reports from what was detected; `generatedAt` is given so that equal input gives an equal report. */
export async function reportStep(
  openCase: Case,
  settings: Settings,
  detected: Detected,
  generatedAt: number,
  progress: Progress,
  { exports = [], ...audience }: ReportOptions = {},
): Promise<Reported> {
  const { config, directory } = settings;
  const { findings, runs, schedules } = detected;
  requireAudience(audience, findings, directory);
  progress.report({ step: "assess", done: 0, total: 1, unit: "steps" });
  const gathered = await gather(
    (sql, parameters, options) => openCase.store.query(sql, parameters, options),
    findings,
  );
  const correlation = await correlateStep(openCase.store, directory, findings);
  const attribution = await attributeStep(openCase.store, settings, detected, correlation);
  const assessment = assess({
    caseName: config.case.name,
    tlp: config.case.tlp,
    synthetic: config.case.synthetic,
    generatedAt: rfc3339(generatedAt),
    findings,
    runs,
    schedules,
    correlation,
    attribution,
    directory,
    gathered,
  });
  progress.finish("assess", "");
  progress.report({ step: "report", done: 0, total: 1, unit: "steps" });
  const evidence = await loadEvidence(openCase.store, findings, REPORTED_LINES);
  const whole = { assessment, findings, messages: MESSAGES, evidence };
  const input = await forAudience(openCase, directory, whole, audience);
  const paths = await writeReports(audienceFolder(openCase.reportFolder, audience), input, exports);
  progress.finish("report", "");
  return { assessment: input.assessment, paths };
}
