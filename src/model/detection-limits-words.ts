import { groupBy } from "../kernel/group-by.js";
import { formatNumber, sayer } from "../kernel/language.js";
import { joinList, joinSentences } from "../kernel/lists.js";
import type {
  DetectionLimit,
  DetectionLimits,
  DetectionMeasure,
  LimitKind,
  LimitShape,
} from "./detection-limits.js";
import { PLANTED_MESSAGES } from "./detection-limits-messages.js";

const say = sayer(PLANTED_MESSAGES);

/** `24 contacts a day over 28 days`. @param days of which the planting is made, where they are fewer than the shape has in full */
export function strengthText({ kind, levels }: LimitShape, level: number, days: number | null): string {
  const strength = levels[level] ?? {};
  const number = (name: string) => strength[name] ?? 0;
  if (kind === "beacon") return say("planted.strength.beacon", number("contacts_per_day"), days ?? 0);
  if (kind === "dwell") return say("planted.strength.dwell", number("days"), number("weeks"));
  const size = bytes(number("bytes_per_night"));
  const nights = number("nights");
  return nights === 1
    ? say("planted.strength.upload.one", size)
    : say("planted.strength.upload", size, nights);
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
    limit === null ? [] : [say("planted.at-least", named(shape), strengthText(shape, limit.level, days))];
  const found = measured.flatMap(({ suspected }) => atLeast(suspected));
  const missed = measured.filter(({ suspected }) => suspected.limit === null);
  const onlyTold = missed.flatMap(({ medium }) => atLeast(medium));
  const unseen = missed.flatMap(({ medium: { shape, limit, strongest = 0, days } }) =>
    limit === null ? [say("planted.tried", named(shape), strengthText(shape, strongest, days))] : [],
  );
  return joinSentences([
    found.length > 0 ? say("planted.nothing", joinList(found)) : say("planted.nothing.none"),
    ...(onlyTold.length > 0 ? [say("planted.nothing.only-told", joinList(onlyTold))] : []),
    ...(unseen.length > 0 ? [say("planted.nothing.unseen", joinList(unseen))] : []),
  ]);
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
    if (worst === undefined || worst.limit === null)
      return [say("planted.clean.none", named(shape), own.length)];
    const strength = strengthText(shape, worst.limit.level, worst.days);
    return [say("planted.clean.seen", named(shape), seen.length, own.length, strength)];
  });
  return say("planted.clean", joinList(parts));
}

/** `a beacon to a named server`: the title goes on from the noun. */
export function named({ kind, title }: LimitShape): string {
  return say(`planted.${kind}`, title.replace(/^[A-Z]\w+/, ""));
}

function bytes(number: number): string {
  return number >= 1e9 ? `${tenths(number / 1e9)} GB` : `${tenths(number / 1e6)} MB`;
}

const tenths = (value: number): string => formatNumber(Math.round(value * 10) / 10);
