import { groupBy, unique } from "../kernel/group-by.js";
import type { DetectionLimits, DetectionMeasure, LimitKind, LimitShape } from "../model/detection-limits.js";
import { strengthText } from "../model/detection-limits-words.js";
import { formatBytes } from "./format.js";
import { plural } from "./text.js";

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
  return limit === null ? "not seen" : strengthText(shape, limit.level, measure.days);
}

/**
 * The weakest that would have made the organisation suspected, short: `24 a day, 28 d`; in brackets where there is only a finding of medium
 * severity, which suspects nobody.
 */
export function briefly(shape: LimitShape, measure: DetectionMeasure): string {
  const { reason, suspected, medium, days } = measure;
  if (reason !== null) return "not measured";
  if (suspected !== null) return brief(shape, suspected.level, days);
  return medium === null ? "not seen" : `(${brief(shape, medium.level, days)})`;
}

function brief({ kind, levels }: LimitShape, level: number, days: number | null): string {
  const number = (name: string) => levels[level]?.[name] ?? 0;
  if (kind === "beacon") return `${number("contacts_per_day")} a day, ${days ?? 0} d`;
  if (kind === "upload") return `${formatBytes(number("bytes_per_night"))} × ${number("nights")}`;
  return `${number("days")} d in ${number("weeks")} wk`;
}

/** What was measured over all organisations, one sentence for each shape, and what it rests on. */
export function detectionLimitSentences(limits: DetectionLimits): string[] {
  const { shapes, measures, plantings, runs } = limits;
  const gaps = gapSentences(limits);
  if (measures.length === 0) return ["Nothing could be planted: there is no organisation in the inventory."];
  if (measures.every(({ reason }) => reason !== null)) return ["Nothing could be planted.", ...gaps];
  const strongestOf = (shape: LimitShape, some: readonly DetectionMeasure[]) => {
    const [first] = some;
    return strengthText(shape, Math.min(...some.map(({ strongest }) => strongest ?? 0)), first?.days ?? null);
  };
  const sentences = shapes.flatMap((shape) => {
    const own = measures.filter((each) => each.shape === shape.id && each.reason === null);
    if (own.length === 0) return [];
    const seen = own.filter(({ medium }) => medium !== null);
    const where = `${seen.length} of ${plural(own.length, "place")}`;
    if (seen.length === 0)
      return [
        `${shape.title}: nowhere a finding of medium or above, at any strength that was tried (up to ${strongestOf(shape, own)}).`,
      ];
    const suspected = own.filter((each) => each.suspected !== null);
    const levels = levelsOf(shape, seen, "medium");
    const alone = suspected.length === 0 ? "" : levelsOf(shape, suspected, "suspected");
    const enough =
      suspected.length === 0
        ? "nowhere would it have been enough to suspect the organisation"
        : suspected.length === seen.length && alone === levels
          ? "each time enough to suspect the organisation"
          : `enough to suspect the organisation at ${suspected.length}, from ${alone} on`;
    return [`${shape.title}: a finding of medium or above at ${where}, from ${levels} on; ${enough}.`];
  });
  return [
    ...sentences,
    ...gaps,
    `A place is an organisation as one sensor sees it. Shapes of published campaigns were planted beside the case's own records, in the hours in which the sensor recorded, with servers that no watch list knows and nobody else contacts, and detected again ${plural(runs, "time")}; a level counts as seen where ${plantings === 1 ? "its one planting was" : `each of its ${plantings} plantings was`}. It holds for these shapes alone: an intruder who behaves otherwise may hide better, or worse.`,
  ];
}

/** The strength that half of these need, and the one that all do. @param some those that have such a limit */
function levelsOf(shape: LimitShape, some: readonly DetectionMeasure[], kind: LimitKind): string {
  const sorted = [...some].sort((a, b) => (a[kind]?.level ?? 0) - (b[kind]?.level ?? 0));
  const text = (measure: DetectionMeasure | undefined) =>
    measure === undefined ? "" : limitText(shape, measure, kind);
  const middle = text(sorted[sorted.length >> 1]);
  const most = text(sorted[0]);
  return most === middle ? middle : `${middle} (median; all from ${most})`;
}

/** Why it could not be measured, with the number of organisations for each reason. */
function gapSentences({ measures }: DetectionLimits): string[] {
  const unmeasured = measures.flatMap(({ org_id, reason }) => (reason === null ? [] : [{ org_id, reason }]));
  return [...groupBy(unmeasured, ({ reason }) => reason)].map(
    ([reason, some]) =>
      `Not measured: ${reason} (${plural(unique(some.map(({ org_id }) => org_id)).length, "organisation")}).`,
  );
}
