import { groupBy, unique } from "../kernel/group-by.js";
import type { DetectionLimits, DetectionMeasure, LimitKind, LimitShape } from "../model/detection-limits.js";
import { strengthText } from "../model/detection-limits-words.js";
import { say } from "./catalogue.js";
import { formatBytes } from "./format.js";

/** One organisation as one sensor sees it, with a measure for each shape. */
export interface LimitRow {
  name: string;
  sensor: string;
  /** In the order of the shapes. */
  measures: DetectionMeasure[];
}

export function limitRows({ measures }: DetectionLimits): LimitRow[] {
  const rows: LimitRow[] = [];
  let key = "";
  for (const measure of measures) {
    const own = `${measure.org_id}\n${measure.sensor_id}`;
    if (own === key) rows.at(-1)?.measures.push(measure);
    else rows.push({ name: measure.name, sensor: measure.sensor_id, measures: [measure] });
    key = own;
  }
  return rows;
}

/** A limit in a cell: `24 contacts a day over 28 days`, `not seen`. */
export function limitText(shape: LimitShape, measure: DetectionMeasure, kind: LimitKind): string {
  const limit = measure[kind];
  return limit === null ? say("limits.not-seen") : strengthText(shape, limit.level, measure.days);
}

/**
 * The weakest that would have made the organisation suspected, short: `24 a day, 28 d`; in brackets where there is only a finding of medium
 * severity, which suspects nobody.
 */
export function briefly(shape: LimitShape, measure: DetectionMeasure): string {
  const { reason, suspected, medium, days } = measure;
  if (reason !== null) return say("limits.brief.not-measured");
  if (suspected !== null) return brief(shape, suspected.level, days);
  return medium === null ? say("limits.not-seen") : `(${brief(shape, medium.level, days)})`;
}

function brief({ kind, levels }: LimitShape, level: number, days: number | null): string {
  const number = (name: string) => levels[level]?.[name] ?? 0;
  if (kind === "beacon") return say("limits.brief.beacon", number("contacts_per_day"), days ?? 0);
  if (kind === "upload") return `${formatBytes(number("bytes_per_night"))} × ${number("nights")}`;
  return say("limits.brief.dwell", number("days"), number("weeks"));
}

/** What was measured over all organisations, one sentence for each shape, and what it rests on. */
export function detectionLimitSentences(limits: DetectionLimits): string[] {
  const { shapes, measures, plantings, runs } = limits;
  const gaps = gapSentences(limits);
  if (measures.length === 0) return [say("limits.nobody")];
  if (measures.every(({ reason }) => reason !== null)) return [say("limits.nothing"), ...gaps];
  const strongestOf = (shape: LimitShape, some: readonly DetectionMeasure[]) => {
    const [first] = some;
    return strengthText(shape, Math.min(...some.map(({ strongest }) => strongest ?? 0)), first?.days ?? null);
  };
  const sentences = shapes.flatMap((shape) => {
    const own = measures.filter((each) => each.shape === shape.id && each.reason === null);
    if (own.length === 0) return [];
    const seen = own.filter(({ medium }) => medium !== null);
    if (seen.length === 0) return [say("limits.nowhere", shape.title, strongestOf(shape, own))];
    const suspected = own.filter((each) => each.suspected !== null);
    const levels = levelsOf(shape, seen, "medium");
    const alone = suspected.length === 0 ? "" : levelsOf(shape, suspected, "suspected");
    const enough =
      suspected.length === 0
        ? say("limits.somewhere.never")
        : suspected.length === seen.length && alone === levels
          ? say("limits.somewhere.always")
          : say("limits.somewhere.some", suspected.length, alone);
    return [say("limits.somewhere", shape.title, seen.length, own.length, levels, enough)];
  });
  return [...sentences, ...gaps, say("limits.rests-on", runs, plantings)];
}

/** The strength that half of these need, and the one that all do. @param some those that have such a limit */
function levelsOf(shape: LimitShape, some: readonly DetectionMeasure[], kind: LimitKind): string {
  const sorted = [...some].sort((a, b) => (a[kind]?.level ?? 0) - (b[kind]?.level ?? 0));
  const text = (measure: DetectionMeasure | undefined) =>
    measure === undefined ? "" : limitText(shape, measure, kind);
  const middle = text(sorted[sorted.length >> 1]);
  const most = text(sorted[0]);
  return most === middle ? middle : say("limits.levels", middle, most);
}

/** Why it could not be measured, with the number of organisations for each reason. */
function gapSentences({ measures }: DetectionLimits): string[] {
  const unmeasured = measures.flatMap(({ org_id, reason }) => (reason === null ? [] : [{ org_id, reason }]));
  return [...groupBy(unmeasured, ({ reason }) => reason)].map(([reason, some]) =>
    say("limits.gap", reason, unique(some.map(({ org_id }) => org_id)).length),
  );
}
