import { type AssessmentInput, assess, gather } from "../assess/index.js";
import { isExcluded, readHijackLibs } from "../intel/index.js";
import type { Language } from "../kernel/language.js";
import type { Progress } from "../kernel/progress.js";
import { noting } from "../kernel/statements.js";
import { rfc3339 } from "../kernel/time.js";
import type { Assessment } from "../model/assessment.js";
import type { Config } from "../model/config.js";
import type { HijackCatalogue } from "../model/dll-hijack.js";
import type { IngestReport } from "../model/ingest-report.js";
import { saidOf, withStatements } from "../model/statements.js";
import { type ExportFormat, type ReportPaths, writeReports } from "../report/index.js";
import { attributeStep } from "./attribute.js";
import { type Audience, audienceFolder, forAudience, requireAudience } from "./audience.js";
import type { Case } from "./case.js";
import { correlateStep, loadMachines } from "./correlate.js";
import { type Detected, type DetectInput, detect } from "./detect.js";
import { keptDetectionLimits } from "./detection-limits/kept.js";
import { loadEvidence } from "./evidence.js";
import { deriveContacts } from "./ingest/derive.js";
import { ingest } from "./ingest/ingest.js";
import { MESSAGES } from "./messages.js";
import { keptReplay } from "./replay/kept.js";
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
  return detect(detectInput(openCase, settings, progress));
}

/** What a detection needs of case and settings. Rules and catalogues are read once, when they are first asked for. */
export function detectInput(openCase: Case, settings: Settings, progress: Progress): DetectInput {
  return {
    store: openCase.store,
    manifest: openCase.manifest,
    ...settings,
    sigmaRules: once(() => huntRules(settings.rulePaths, settings.config.sigmaLogSources)),
    dllHijacks: once(() => dllHijacks(settings.config)),
    progress,
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
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
  /** Of the page. */
  language?: Language | undefined;
}

/** What an assessment of what was detected is made of; `generatedAt` is given so that equal input gives an equal one. */
export async function assessmentInput(
  openCase: Case,
  settings: Settings,
  detected: Detected,
  generatedAt: number,
): Promise<AssessmentInput> {
  const { config, directory } = settings;
  const { findings, runs, schedules } = detected;
  const gathered = await gather(
    (sql, parameters, options) => openCase.store.query(sql, parameters, options),
    findings,
    directory.assets,
  );
  const machine = await loadMachines(openCase.store, directory);
  const correlation = await correlateStep(openCase.store, directory, findings, machine);
  const attribution = await attributeStep(openCase.store, settings, detected, correlation);
  return {
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
    machine,
    gathered,
    replay: await keptReplay(openCase.store),
    detectionLimits: await keptDetectionLimits(openCase.store),
  };
}

/** Assessment and reports from what was detected. */
export async function reportStep(
  openCase: Case,
  settings: Settings,
  detected: Detected,
  generatedAt: number,
  progress: Progress,
  { exports = [], language, ...audience }: ReportOptions = {},
): Promise<Reported> {
  const { findings } = detected;
  requireAudience(audience, findings, settings.directory);
  progress.report({ step: "assess", done: 0, total: 1, unit: "steps" });
  const assessed = await assessmentInput(openCase, settings, detected, generatedAt);
  const said = saidOf([...findings, ...detected.runs, ...detected.schedules]);
  const assessment = withStatements(
    noting(said, () => assess(assessed)),
    said,
  );
  progress.finish("assess", "");
  progress.report({ step: "report", done: 0, total: 1, unit: "steps" });
  const evidence = await loadEvidence(openCase.store, findings, REPORTED_LINES);
  const whole = { assessment, findings, messages: MESSAGES, evidence };
  const input = await forAudience(openCase, settings.directory, whole, audience);
  const paths = await writeReports(audienceFolder(openCase.reportFolder, audience), input, exports, language);
  progress.finish("report", "");
  return { assessment: input.assessment, paths };
}
