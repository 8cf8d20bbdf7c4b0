import { groupBy } from "../kernel/group-by.js";
import type {
  DetectionLimit,
  DetectionLimits,
  DetectionMeasure,
  LimitKind,
  LimitShape,
} from "./detection-limits.js";

/** What each kind of shape is called in a sentence. */
const NOUNS: Readonly<Record<LimitShape["kind"], string>> = {
  beacon: "a beacon",
  upload: "an upload",
  dwell: "dwell",
};

/** `24 contacts a day over 28 days`. @param days of which the planting is made, where they are fewer than the shape has in full */
export function strengthText({ kind, levels }: LimitShape, level: number, days: number | null): string {
  const strength = levels[level] ?? {};
  const number = (name: string) => strength[name] ?? 0;
  if (kind === "beacon")
    return `${count(number("contacts_per_day"), "contact")} a day over ${count(days ?? 0, "day")}`;
  if (kind === "upload")
    return number("nights") === 1
      ? `${bytes(number("bytes_per_night"))} in one night`
      : `${bytes(number("bytes_per_night"))} in each of ${number("nights")} nights`;
  return `${count(number("days"), "day")} with contact within ${count(number("weeks"), "week")}`;
}

/** The worst that holds at every sensor: an intruder may use the way that the weakest of them watches. */
export interface OverSensors {
  shape: LimitShape;
  /** Undefined where nothing was measured. */
  strongest: number | undefined;
  days: number | null;
  /** Null where at one sensor not even the strongest level is seen. */
  limit: DetectionLimit | null;
}

/** One entry for each shape. @param measures of one organisation */
export function overSensors(
  { shapes }: Pick<DetectionLimits, "shapes">,
  measures: readonly DetectionMeasure[],
  kind: LimitKind,
): OverSensors[] {
  const byShape = groupBy(
    measures.filter(({ strongest }) => strongest !== null),
    ({ shape }) => shape,
  );
  return shapes.map((shape) => {
    const own = byShape.get(shape.id) ?? [];
    const worst = own.reduce<DetectionMeasure | undefined>(
      (most, each) => (most === undefined || rank(each[kind]) < rank(most[kind]) ? each : most),
      undefined,
    );
    return {
      shape,
      strongest: worst?.strongest ?? undefined,
      days: own.reduce<number | null>(
        (least, { days }) => Math.min(least ?? Infinity, days ?? Infinity),
        null,
      ),
      limit: worst?.[kind] ?? null,
    };
  });
}

/** The lower the worse: not seen at all, then seen only where strong. */
function rank(limit: DetectionLimit | null): number {
  return limit === null ? -1 : limit.level;
}

/**
 * "No evidence" as a measured statement, for one organisation in which nothing was found; undefined where nothing was measured. Found is what
 * would have made it suspected: findings that suspect nobody are there where nothing was found, too.
 */
export function nothingFoundSentence(limits: DetectionLimits, orgId: string): string | undefined {
  const own = limits.measures.filter(({ org_id }) => org_id === orgId);
  const told = overSensors(limits, own, "medium");
  const measured = overSensors(limits, own, "suspected").flatMap((suspected, index) => {
    const medium = told[index];
    return suspected.strongest === undefined || medium === undefined ? [] : [{ suspected, medium }];
  });
  if (measured.length === 0) return undefined;
  const atLeast = ({ shape, limit, days }: OverSensors) =>
    limit === null ? [] : [`${named(shape)} of at least ${strengthText(shape, limit.level, days)}`];
  const found = measured.flatMap(({ suspected }) => atLeast(suspected));
  const missed = measured.filter(({ suspected }) => suspected.limit === null);
  const onlyTold = missed.flatMap(({ medium }) => atLeast(medium));
  const unseen = missed.flatMap(({ medium: { shape, limit, strongest = 0, days } }) =>
    limit === null ? [`${named(shape)} (tried up to ${strengthText(shape, strongest, days)})`] : [],
  );
  return [
    found.length > 0
      ? `Nothing was found; ${list(found)} would have been.`
      : "Nothing was found, and nothing of what was planted to try it would have been.",
    ...(onlyTold.length > 0
      ? [
          `There would have been a finding of medium severity, which alone suspects nobody, for ${list(onlyTold)}.`,
        ]
      : []),
    ...(unseen.length > 0 ? [`What would not have come up at medium: ${list(unseen)}.`] : []),
  ].join(" ");
}

/** The same over several organisations in which nothing was found; undefined where nothing was measured at any of them. */
export function cleanSentence(limits: DetectionLimits, orgIds: readonly string[]): string | undefined {
  const wanted = new Set(orgIds);
  const byOrg = groupBy(
    limits.measures.filter(({ org_id, strongest }) => wanted.has(org_id) && strongest !== null),
    ({ org_id }) => org_id,
  );
  if (byOrg.size === 0) return undefined;
  const all = [...byOrg.values()].map((own) => overSensors(limits, own, "suspected"));
  const parts = limits.shapes.flatMap((shape, index) => {
    const own = all.flatMap((each) => each[index] ?? []).filter(({ strongest }) => strongest !== undefined);
    const seen = own.filter(({ limit }) => limit !== null);
    const [worst] = [...seen].sort((a, b) => rank(a.limit) - rank(b.limit));
    if (own.length === 0) return [];
    if (worst === undefined || worst.limit === null) return [`${named(shape)} at none of ${own.length}`];
    const strength = strengthText(shape, worst.limit.level, worst.days);
    return [`${named(shape)} at ${seen.length} of ${own.length} (from ${strength} on)`];
  });
  return `Planted beside their records to try it, these would have made the organisation suspected: ${list(parts)}.`;
}

/** `a beacon to a named server`: the title goes on from the noun. */
export function named({ kind, title }: LimitShape): string {
  const rest = title.replace(/^[A-Z]\w+/, "");
  return `${NOUNS[kind]}${rest}`;
}

export function list(parts: readonly string[]): string {
  if (parts.length <= 1) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}

function bytes(number: number): string {
  return number >= 1e9 ? `${round(number / 1e9)} GB` : `${round(number / 1e6)} MB`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
