import { say } from "./messages.js";

/** Small words that several sentences need. */

export const percent = (share: number): string => {
  const value = 100 * share;
  if (value > 0 && value < 1) return say("words.percent.little");
  if (value >= 99.5 && value <= 100) return say("words.percent.most");
  return say("words.percent", Math.round(value));
};

/** A ratio with its interval: `32 % (25 % to 42 %)`. */
export function rateWords(ratio: number, [from, to]: readonly [number, number]): string {
  return say("words.rate", percent(ratio), percent(from), percent(to));
}
