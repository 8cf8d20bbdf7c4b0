/** Small words that several sentences need. */

export const percent = (share: number): string => {
  const value = 100 * share;
  if (value > 0 && value < 1) return "less than 1 %";
  if (value >= 99.5 && value <= 100) return "more than 99 %";
  return `${Math.round(value)} %`;
};

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** Words of what is counted: half-hours in which somebody was active. */
export const halfHours = (count: number): string => counted(count, "active half-hour");

/** A ratio with its interval: `32 % (25 % to 42 %)`. */
export function rateWords(ratio: number, [from, to]: readonly [number, number]): string {
  return `${percent(ratio)} (95 % interval ${percent(from)} to ${percent(to)})`;
}
