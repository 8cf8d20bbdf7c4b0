/** Distinct values that a state holds. */
const HELD = 65_536;

/** The same where there are many groups with many values each: one a server, or one a page. */
export const HELD_OF_MANY = 1_000;

/**
 * SQL: the first `most` of a column's distinct values in their own order. Which ones those are does not depend on the order in which rows are read:
 * `groupUniqArray(most)` would keep whatever comes first. Only a group of more than `held` different values (forged names; no estate has so many hosts) gives
 * some of them: the limit bounds the state.
 */
export function firstValuesSql(most: number, value: string, condition = "", held = HELD): string {
  const group =
    condition === ""
      ? `groupUniqArray(${held})(${value})`
      : `groupUniqArrayIf(${held})(${value}, ${condition})`;
  return `arraySlice(arraySort(${group}), 1, ${most})`;
}
