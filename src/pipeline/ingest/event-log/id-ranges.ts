/** Consecutive record ids, both ends inclusive. */
export interface IdRange {
  from: number;
  to: number;
}

/** Ids in the order of their bytes as ranges of consecutive ones; how many come again, and where they run backwards. */
export function rangesOf(ids: readonly number[]): { ranges: IdRange[]; repeated: number; descents: number } {
  let descents = 0;
  for (let index = 1; index < ids.length; index++)
    if ((ids[index] as number) < (ids[index - 1] as number)) descents++;
  const ordered = descents > 0 ? [...ids].sort((a, b) => a - b) : ids;
  const ranges: IdRange[] = [];
  let repeated = 0;
  for (const id of ordered) {
    const last = ranges.at(-1);
    if (last === undefined || id > last.to + 1) ranges.push({ from: id, to: id });
    else if (id === last.to) repeated++;
    else last.to = id;
  }
  return { ranges, repeated, descents };
}

export interface IdSurvey {
  /** 0 where there is none. */
  first: number;
  last: number;
  /** Ids between first and last in none of the ranges, and where. */
  missing: number;
  gaps: IdRange[];
  /** Ids in more than one of the ranges. */
  repeated: number;
}

/** What ranges in any order cover together. */
export function surveyIds(ranges: readonly IdRange[]): IdSurvey {
  const ordered = [...ranges].sort((a, b) => a.from - b.from);
  const survey: IdSurvey = { first: ordered[0]?.from ?? 0, last: 0, missing: 0, gaps: [], repeated: 0 };
  let covered: number | undefined;
  for (const { from, to } of ordered) {
    if (covered !== undefined && from > covered + 1) {
      survey.gaps.push({ from: covered + 1, to: from - 1 });
      survey.missing += from - covered - 1;
    }
    if (covered !== undefined && from <= covered) survey.repeated += Math.min(to, covered) - from + 1;
    covered = Math.max(covered ?? 0, to);
  }
  survey.last = covered ?? 0;
  return survey;
}
