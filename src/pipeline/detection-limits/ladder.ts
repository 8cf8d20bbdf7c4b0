import { unique } from "../../kernel/group-by.js";
import {
  type DetectionLimit,
  type DetectionMeasure,
  LIMIT_KINDS,
  type LimitKind,
} from "../../model/detection-limits.js";

/** How one planting of one level fared. */
export interface Outcome {
  level: number;
  /** Of the plantings of this level, from 0. */
  planting: number;
  days: number;
  /** Detectors by what they made of it; no detector: it was not seen. */
  detectors: Readonly<Record<LimitKind, readonly string[]>>;
}

/**
 * The limits that follow from the plantings of one shape at one place. A limit is the weakest level of an unbroken row, from the strongest
 * planted on, in which every planting was seen: what is seen only now and then does not count.
 * @param plantings how many each level was to have; one with fewer was given up, because a stronger level was not seen
 */
export function limitsOf(
  outcomes: readonly Outcome[],
  plantings: number,
): Pick<DetectionMeasure, "strongest" | "days" | LimitKind> {
  const levels = unique(outcomes.map(({ level }) => level)).sort((a, b) => a - b);
  const limit = (kind: LimitKind): DetectionLimit | null => {
    let found: DetectionLimit | null = null;
    for (const level of levels) {
      const own = outcomes.filter((each) => each.level === level);
      if (own.length < plantings || own.some(({ detectors }) => detectors[kind].length === 0)) break;
      found = { level, detectors: inAll(own.map(({ detectors }) => detectors[kind])) };
    }
    return found;
  };
  return {
    strongest: levels[0] ?? null,
    days:
      outcomes.length === 0 ? null : outcomes.reduce((least, { days }) => Math.min(least, days), Infinity),
    ...(Object.fromEntries(LIMIT_KINDS.map((kind) => [kind, limit(kind)])) as Record<
      LimitKind,
      DetectionLimit | null
    >),
  };
}

/** Detectors of every planting; where none is, those of any: each was seen, by one or the other. */
function inAll(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists;
  const all = first.filter((id) => others.every((list) => list.includes(id)));
  return (all.length > 0 ? all : unique(lists.flat())).sort();
}

/** Whether a weaker level of the same planting is worth a try. */
export function wasSeen({ detectors }: Outcome): boolean {
  return detectors.listed.length > 0;
}
