import type { DetectorRun } from "../assess/index.js";
import type { AllowList, CalendarChoice, DetectContext, Detector } from "../detect/port.js";
import { DETECTORS, inOrder, MESSAGES } from "../detect/registry.js";
import type { RuleSet } from "../detect/sigma/index.js";
import { LongwatchError } from "../kernel/errors.js";
import { joinItems } from "../kernel/lists.js";
import type { Progress } from "../kernel/progress.js";
import { constantsOf, noting, type Statements } from "../kernel/statements.js";
import { parseTime } from "../kernel/time.js";
import { type AssessedSchedule, assessedScheduleSchema } from "../model/assessed-schedule.js";
import type { Config } from "../model/config.js";
import type { HijackCatalogue } from "../model/dll-hijack.js";
import { type Finding, findingSchema, strictestTlp, type Tlp } from "../model/finding.js";
import type { Indicator } from "../model/indicator.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import { saidOf, withStatements } from "../model/statements.js";
import type { Store } from "../store/port.js";
import type { Case } from "./case.js";
import { caseState, DERIVED_STATE, setCaseState } from "./case-state.js";
import { loadHostDirectory } from "./host-directory.js";
import { resolveHosts } from "./hosts.js";
import type { Manifest } from "./ingest/manifest.js";
import { say } from "./run-messages.js";

/** Texts that detectors hold in tables, and do not say anew for each finding. */
const CONSTANTS = constantsOf(MESSAGES);

export interface DetectInput {
  store: Store;
  manifest: Manifest;
  config: Config;
  directory: OrganisationDirectory;
  indicators: readonly Indicator[];
  allow: AllowList;
  calendars: CalendarChoice;
  sigmaRules(): RuleSet;
  dllHijacks(): HijackCatalogue;
  progress: Progress;
}

/** What a detect run leaves in the case. */
export interface Detected {
  findings: Finding[];
  runs: DetectorRun[];
  schedules: AssessedSchedule[];
}

/** Runs every detector that is on, in order, and keeps findings and runs in the case. */
export async function detect(input: DetectInput): Promise<Detected> {
  const { store, manifest } = input;
  await resolveHosts(store, input.directory);
  const detected = await runDetectors(input);
  // While the tables are written nothing is detected: a process that dies here must not leave a case that looks clean.
  await setCaseState(store, "detected_from", "");
  // What was said of an earlier detection does not hold for this one.
  for (const key of DERIVED_STATE) await setCaseState(store, key, "");
  await save(store, detected);
  await setCaseState(store, "detected_from", manifest.digest());
  input.progress.finish("detect", "");
  return detected;
}

/** Runs every detector that is on, in order, over what the store shows. Nothing is kept; whose the hosts are was resolved before. */
export async function runDetectors(input: DetectInput): Promise<Detected> {
  const { store, directory, config } = input;
  const hosts = await loadHostDirectory(store);
  const span = await telemetrySpan(store);
  const rows = await tableRows(store);
  const findings: Finding[] = [];
  const runs: DetectorRun[] = [];
  const schedules: AssessedSchedule[] = [];
  const ordered = inOrder(DETECTORS);
  for (const [index, detector] of ordered.entries()) {
    const { id, title } = detector.manifest;
    input.progress.report({
      step: "detect",
      done: index,
      total: ordered.length,
      unit: "detectors",
      item: id,
    });
    const setting = config.detectors.get(id);
    if (setting?.enabled === false) {
      runs.push(idle(detector, "off", () => say("run.off.reason")));
      continue;
    }
    const missing = detector.manifest.needs.filter((table) => (rows.get(table) ?? 0) === 0);
    if (missing.length > 0) {
      runs.push(idle(detector, "not_tested", () => say("run.missing.reason", joinItems(missing))));
      continue;
    }
    const started = performance.now();
    const context: DetectContext = {
      query: (sql, parameters, options) => store.query(sql, parameters, options),
      stream: (sql, parameters, options) => store.stream(sql, parameters, options),
      directory,
      hosts,
      indicators: input.indicators,
      allow: input.allow,
      parameter: (name) => parameterOf(detector, setting?.parameters ?? {}, name),
      findings: findings.filter((finding) => detector.manifest.after.includes(finding.detector)),
      calendars: input.calendars,
      sigmaRules: () => input.sigmaRules(),
      dllHijacks: () => input.dllHijacks(),
      span,
    };
    const said = new Map([...CONSTANTS, ...saidOf(context.findings)]);
    const result = await noting(said, () => detector.run(context));
    const seconds = (performance.now() - started) / 1000;
    // Every finding passes the schema: a report must never meet a malformed one.
    findings.push(...result.findings.map((finding) => findingSchema.parse(withStatements(finding, said))));
    schedules.push(
      ...(result.schedules ?? []).map((each) => assessedScheduleSchema.parse(withStatements(each, said))),
    );
    const run: DetectorRun = {
      id,
      title,
      status: result.notTested === undefined ? "ran" : "not_tested",
      reason: result.notTested ?? "",
      evaluated: result.evaluated,
      findings: result.findings.length,
      seconds: Math.round(seconds * 1000) / 1000,
    };
    runs.push(withStatements(run, said));
  }
  await markEvidence(store, findings);
  return { findings: inStoredOrder(findings), runs, schedules };
}

/** A detector that did not look at anything, and why. */
function idle({ manifest: { id, title } }: Detector, status: DetectorRun["status"], why: () => string) {
  const said: Statements = new Map();
  const run: DetectorRun = {
    id,
    title,
    status,
    reason: noting(said, why),
    evaluated: [],
    findings: 0,
    seconds: 0,
  };
  return withStatements(run, said);
}

/** As {@link loadFindings} gives them: a report made right after a detection is the same as one made later. */
const inStoredOrder = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));

/** A finding takes the strictest marking of its evidence (design, section 2). */
async function markEvidence(store: Store, findings: readonly Finding[]): Promise<void> {
  const rows = await store.query<{ source_id: string; tlp: Tlp }>("SELECT source_id, tlp FROM source_slice");
  const marks = new Map(rows.map((row) => [row.source_id, row.tlp]));
  for (const finding of findings) {
    const own = finding.evidence.flatMap((each) => marks.get(each.source_id) ?? []);
    finding.tlp = strictestTlp([finding.tlp, ...own]);
  }
}

async function save(store: Store, { findings, runs, schedules }: Detected): Promise<void> {
  await store.command("TRUNCATE TABLE finding");
  await store.command("TRUNCATE TABLE detector_run");
  await store.command("TRUNCATE TABLE schedule_analysis");
  const rows = findings.map((finding) => ({
    id: finding.id,
    detector: finding.detector,
    org_id: finding.org_id ?? "",
    severity: finding.severity,
    score: finding.score,
    first_seen: parseTime(finding.first_seen) / 1000,
    last_seen: parseTime(finding.last_seen) / 1000,
    body: JSON.stringify(finding),
  }));
  for (let index = 0; index < rows.length; index += 1000)
    await store.insert("finding", rows.slice(index, index + 1000));
  await store.insert(
    "detector_run",
    runs.map((run) => ({ detector: run.id, body: JSON.stringify(run) })),
  );
  await store.insert(
    "schedule_analysis",
    schedules.map((each, position) => ({ position, body: JSON.stringify(each) })),
  );
}

/** What the last detection left in the case, and whether the case has other records now than it had then. */
export interface Stored extends Detected {
  outdated: boolean;
}

/** @throws LW_NOT_DETECTED where no detection has come to its end: an empty list would look like a clean network. */
export async function loadFindings({ store, manifest, folder }: Case): Promise<Stored> {
  const detectedFrom = await caseState(store, "detected_from");
  if (detectedFrom === undefined || detectedFrom === "")
    throw new LongwatchError(
      "LW_NOT_DETECTED",
      `no detection has come to its end in this case, so there is nothing to show; run \`longwatch detect --case ${folder}\``,
      { file: folder },
    );
  const findings = await store.query<{ body: string }>("SELECT body FROM finding ORDER BY score DESC, id");
  const runs = await store.query<{ detector: string; body: string }>(
    "SELECT detector, body FROM detector_run",
  );
  const schedules = await store.query<{ body: string }>(
    "SELECT body FROM schedule_analysis ORDER BY position",
  );
  const order = inOrder(DETECTORS).map((detector) => detector.manifest.id);
  return {
    findings: findings.map((row) => findingSchema.parse(JSON.parse(row.body))),
    runs: runs
      .map((row) => JSON.parse(row.body) as DetectorRun)
      .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
    schedules: schedules.map((row) => assessedScheduleSchema.parse(JSON.parse(row.body))),
    outdated: detectedFrom !== manifest.digest(),
  };
}

async function telemetrySpan(store: Store): Promise<{ first: number; last: number }> {
  const [row] = await store.query<{ first: number; last: number; n: number }>(
    "SELECT toUnixTimestamp(min(hour)) AS first, toUnixTimestamp(max(hour)) + 3600 AS last, count() AS n FROM coverage_hourly",
  );
  if (row && row.n > 0) return { first: row.first * 1000, last: row.last * 1000 };
  const [events] = await store.query<{ first: number; last: number; n: number }>(
    `SELECT toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last, count() AS n
     FROM (SELECT time FROM windows_event UNION ALL SELECT time FROM http_activity) WHERE time >= toDateTime64(31536000, 6, 'UTC')`,
  );
  return events && events.n > 0 ? { first: events.first, last: events.last } : { first: 0, last: 0 };
}

async function tableRows(store: Store): Promise<Map<string, number>> {
  const needed = new Set(DETECTORS.flatMap((detector) => [...detector.manifest.needs]));
  const rows = new Map<string, number>();
  for (const table of needed) {
    const [row] = await store.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
    rows.set(table, row?.n ?? 0);
  }
  return rows;
}

function parameterOf(detector: Detector, configured: Readonly<Record<string, number>>, name: string): number {
  const spec = detector.manifest.parameters[name];
  if (spec === undefined)
    throw new Error(`detector ${detector.manifest.id} asks for a parameter it does not declare: ${name}`);
  return configured[name] ?? spec.default;
}
